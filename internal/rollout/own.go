package rollout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/csp"
)

// kinds are the requests whose address decides.
var kinds = []csp.Kind{csp.Script, csp.Style, csp.Image, csp.Font, csp.Media, csp.Frame, csp.Connect, csp.Manifest, csp.Worker, csp.Form, csp.Base, csp.Ancestor}

// read turns what somebody wrote into a policy that lets the wiki's own pages work.
func (k *Keeper) read(text string) (*csp.Policy, error) {
	p, err := parse(text)
	if err != nil {
		return nil, err
	}
	if needs := k.missing(p); len(needs) > 0 {
		return nil, fmt.Errorf("%w: the wiki's own pages need %s", ErrDraft, strings.Join(needs[:min(len(needs), 5)], ", "))
	}
	return p, nil
}

// parse reads one policy of things browsers understand. Where reports go to is not for the draft to say. What browsers would
// ignore is an error here, because the author meant something by it.
func parse(text string) (*csp.Policy, error) {
	if len(text) > MaxPolicy {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(text), MaxPolicy)
	}
	set, problems := csp.ParseHeader(strings.Join(strings.Fields(text), " "))
	switch {
	case len(problems) > 0:
		return nil, fmt.Errorf("%w: %s", ErrDraft, problems[0])
	case len(set) != 1:
		return nil, fmt.Errorf("%w: it is %d policies, not one; a comma begins another", ErrDraft, len(set))
	}
	p := set[0].Clone()
	p.Directives = slices.DeleteFunc(p.Directives, func(d csp.Directive) bool { return d.Name == "report-uri" || d.Name == "report-to" })
	return p, nil
}

// missing is what the wiki's own pages need and a policy does not allow.
func (k *Keeper) missing(p *csp.Policy) []string {
	var list []string
	ask := func(r csp.Request, what string) {
		r.Page = k.Page
		if own := k.Own.Allows(r); own.Allowed && own.Directive != "" && !p.Allows(r).Allowed {
			list = append(list, what)
		}
	}
	for _, kind := range []csp.Kind{csp.InlineScript, csp.Handler, csp.Eval, csp.InlineStyle, csp.StyleAttribute} {
		ask(csp.Request{Kind: kind, ParserInserted: true}, kind.Directive()+" of the page itself")
	}
	for _, url := range k.ownAddresses() {
		for _, kind := range kinds {
			ask(csp.Request{Kind: kind, URL: csp.ParseAddress(url)}, kind.Directive()+" from "+url)
		}
	}
	return list
}

// ownAddresses are one address for every source of the wiki's own policy.
func (k *Keeper) ownAddresses() []string {
	var list []string
	for i := range k.Own.Directives {
		for _, s := range k.Own.Directives[i].Sources {
			url := s.String()
			switch {
			case s == csp.Word(csp.Self):
				url = k.Page.Origin() + "/"
			case s.Kind != csp.Host && s.Kind != csp.Scheme:
				continue
			}
			if !slices.Contains(list, url) {
				list = append(list, url)
			}
		}
	}
	return list
}

// Outside is a source that a policy has besides the wiki's own.
type Outside struct {
	Directive string
	Source    csp.Source
}

// outside are the sources of addresses that the wiki's own policy does not cover, in the order of the policy.
func (k *Keeper) outside(p *csp.Policy) []Outside {
	var list []Outside
	for i := range p.Directives {
		d := &p.Directives[i]
		own := cmp.Or(k.Own.Find(d.Name), k.Own.Governing(d.Name))
		for _, s := range d.Sources {
			covered := own != nil && slices.ContainsFunc(own.Sources, func(o csp.Source) bool { return o.Covers(s) })
			if (s.Kind == csp.Host || s.Kind == csp.Scheme) && !covered {
				list = append(list, Outside{d.Name, s})
			}
		}
	}
	return list
}

// without is a policy that lacks some sources.
func without(p *csp.Policy, gone []Outside) *csp.Policy {
	p = p.Clone()
	for i := range p.Directives {
		d := &p.Directives[i]
		d.Sources = slices.DeleteFunc(d.Sources, func(s csp.Source) bool { return slices.Contains(gone, Outside{d.Name, s}) })
	}
	return p
}

// Check says why a text cannot be the policy of the wiki.
func (k *Keeper) Check(text string) error {
	_, err := k.read(text)
	return err
}
