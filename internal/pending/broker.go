package pending

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// ErrBroker refuses a change that the gateway's own account does not make, or not for this person.
var ErrBroker = errors.New("the gateway's own account does not make this change")

// Broker makes approved changes where people hold no rights to make them: it saves the text that was approved with an
// account of the gateway's own, and names in the summary whose change it is.
//
// Who may propose and approve is not what the wiki lets an account edit, then, but a list: it is compared with the groups
// that the wiki names when a change arrives, and again right before it is made.
type Broker struct {
	Account   Committer
	People    Brokered
	Standings func(ctx context.Context, names []string) ([]mediawiki.Standing, error)
	Tag       string // a change tag for its edits; empty: none

	one sync.Mutex
}

// Committer is the gateway's own account; [mediawiki.Account] is one.
type Committer interface {
	Name() string
	Ask(ctx context.Context, params map[string]string) ([]byte, error)
	Write(ctx context.Context, params map[string]string, header, value string) ([]byte, error)
}

// Brokered says for each tier whose changes the gateway's own account makes: "group:NAME" or "user:NAME". People change
// pages of other tiers by themselves.
type Brokered map[writedoor.Tier]People

// People are entries of such a list.
type People []string

func (p People) names(u wiki.User) bool {
	return slices.ContainsFunc(p, func(who string) bool {
		kind, name, _ := strings.Cut(who, ":")
		return kind == "user" && name == u.Name || kind == "group" && slices.Contains(u.Groups, name)
	})
}

// ReadBrokered reads the list as it stands in a settings file. What the account makes must wait for an approval.
func ReadBrokered(settings map[string][]string, policies Policies) (Brokered, error) {
	b := Brokered{}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		tier, people := writedoor.Tier(name), settings[name]
		if !slices.Contains(pageTiers, tier) {
			return nil, fmt.Errorf("write_door.brokers has %q: the gateway's account saves pages; there are %q", name, pageTiers)
		}
		for _, who := range people {
			if kind, rest, _ := strings.Cut(who, ":"); kind != "group" && kind != "user" || rest == "" {
				return nil, fmt.Errorf("write_door.brokers: %s names %q: write \"group:NAME\" or \"user:NAME\"", name, who)
			}
		}
		if len(people) == 0 {
			continue
		}
		if !policies[tier].Waits() {
			return nil, fmt.Errorf("write_door.brokers names %s, and write_door.tiers lets it through: what the gateway's account saves must be approved; write %s = \"approve\"", name, name)
		}
		b[tier] = people
	}
	return b, nil
}

// pageTiers are tiers that a page has, not a deed.
var pageTiers = []writedoor.Tier{
	writedoor.SiteCode, writedoor.DefaultGadget, writedoor.RawHTML, writedoor.Gadget, writedoor.OthersCode, writedoor.SiteJSON,
	writedoor.PopularGadget, writedoor.Definition, writedoor.Script, writedoor.Interface,
}

// savings are kinds of changes that end in one page's whole text. They are what can be shown in full and made by somebody else.
var savings = []writedoor.Kind{writedoor.Edit, writedoor.Rollback, writedoor.Undo, writedoor.ContentModel}

// brokered says whether the gateway's own account makes a change.
func (d *Desk) brokered(kind string, tiers []writedoor.Tier) bool {
	return d.o.Broker != nil && slices.Contains(savings, writedoor.Kind(kind)) && len(d.o.Broker.People.among(tiers)) > 0
}

// among picks the tiers whose changes the account makes.
func (b Brokered) among(tiers []writedoor.Tier) (list []writedoor.Tier) {
	for _, t := range tiers {
		if b[t] != nil {
			list = append(list, t)
		}
	}
	return list
}

// takes refuses a change that has just arrived when the account would not make it, and its sender cannot.
func (b *Broker) takes(ctx context.Context, op *writedoor.Operation, actor wiki.User) error {
	if b == nil || len(b.People.among(op.Tiers)) == 0 {
		return nil
	}
	if slices.Contains(savings, op.Kind) {
		return b.listed(ctx, op.Tiers, map[int64]string{actor.ID: actor.Name})
	}
	for _, p := range op.Pages {
		if p.Title.NS == wiki.NSMediaWiki && !actor.Has("editinterface") {
			return fmt.Errorf("%w: it saves texts, and this is a %s, which only an account can make that may edit the page itself", ErrBroker, op.Kind)
		}
	}
	return nil
}

// listed asks the wiki whether each of these accounts may let these tiers be changed.
func (b *Broker) listed(ctx context.Context, tiers []writedoor.Tier, people map[int64]string) error {
	ids := slices.Sorted(maps.Keys(people))
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = people[id]
	}
	now, err := b.Standings(ctx, names)
	if err != nil {
		return fmt.Errorf("ask the wiki for the groups of %q: %w", names, err)
	}
	for i, s := range now {
		switch {
		case s.ID != ids[i] || s.ID == 0:
			return fmt.Errorf("%w: the account is no longer called %s", ErrBroker, names[i])
		case s.Blocked:
			return fmt.Errorf("%w: %s is blocked on the wiki", ErrBroker, s.Name)
		}
		for _, t := range b.People.among(tiers) {
			if !b.People[t].names(s.User) {
				return fmt.Errorf("%w: %s is none of those who may change %s (%s)", ErrBroker, s.Name, t, strings.Join(b.People[t], ", "))
			}
		}
	}
	return nil
}
