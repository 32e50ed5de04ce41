package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/switches"
)

// Switched says that what the operators switched off is something else by now: what was remembered is looked at again.
func (r *Registry) Switched() { r.generation.Add(1) }

// inService returns a gadget as it may be handed out: itself, or a copy that says why it must not be.
func (r *Registry) inService(ctx context.Context, g *Gadget) *Gadget {
	if g == nil {
		return nil
	}
	if r.stops != nil {
		if by := r.stops(ctx, g); by != nil {
			off := g.broken(whyStopped(by))
			off.Stopped = by
			return off
		}
	}
	if len(r.publishers) > 0 && g.Problem == "" && !r.mayPublish(ctx, g.Row.Owner) {
		return g.broken(r.whyUnpublished(g.Row.Owner))
	}
	return g
}

// whyStopped is for consoles and authors; pages say it in the reader's language.
func whyStopped(by *switches.Switch) string {
	return fmt.Sprintf("%s switched it off on %s: %s", by.By, by.At.UTC().Format(time.DateOnly), by.Reason)
}

func (r *Registry) whyUnpublished(owner string) string {
	return fmt.Sprintf("on this wiki gadgets come from people in the groups %s, and %s is in none of them", strings.Join(r.publishers, ", "), owner)
}

// mayPublish says whether somebody's gadgets are handed out. Who may is asked about again when recent changes show that their rights
// changed, and after an hour; who may not, soon, because MediaWiki confirms people without a word. Of somebody whom the wiki does not
// tell about it is not known that they may.
func (r *Registry) mayPublish(ctx context.Context, name string) bool {
	a, err := r.people.get(ctx, name, idAge)
	if err == nil && !r.publishes(a) {
		a, err = r.people.get(ctx, name, rightsAge)
	}
	return err == nil && r.publishes(a)
}

func (r *Registry) publishes(a store.Account) bool {
	return slices.ContainsFunc(r.publishers, func(group string) bool { return slices.Contains(a.Groups, group) })
}

// unlisted takes gadgets out of a page of the gallery whose owners may not publish, as far as that is known without asking.
func (r *Registry) unlisted(ctx context.Context, rows []store.Listed) []store.Listed {
	if len(r.publishers) == 0 {
		return rows
	}
	may := map[string]bool{}
	return slices.DeleteFunc(rows, func(g store.Listed) bool {
		if _, known := may[g.Owner]; !known {
			a, err := r.store.Account(ctx, r.Site.ID, g.Owner)
			may[g.Owner] = err == nil && r.publishes(a)
		}
		return !may[g.Owner]
	})
}
