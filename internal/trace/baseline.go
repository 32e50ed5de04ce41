package trace

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// without is the log with its baselines taken out: what also happens without the script, for the same persona on the same
// page, is the wiki's own doing.
//
// What is known to come from analysed code, that a companion was loaded, and what holds a canary that the wiki's own traffic
// does not, is never taken out.
func (l *Log) without() (kept []*Event, compared map[*Run]bool) {
	type visit struct{ persona, page string }
	bases := map[visit]map[string]bool{}
	canaries := map[visit]map[string]bool{}
	for _, r := range l.Runs {
		if !r.Setup.Base {
			continue
		}
		at := visit{r.Persona, r.Page}
		if bases[at] == nil {
			bases[at], canaries[at] = map[string]bool{}, map[string]bool{}
		}
		for _, e := range r.Events {
			bases[at][e.likeness()] = true
			for _, c := range e.Canary {
				canaries[at][e.likeness()+c] = true
			}
		}
	}
	compared = map[*Run]bool{}
	for _, r := range l.Runs {
		if r.Setup.Base {
			continue
		}
		at := visit{r.Persona, r.Page}
		compared[r] = bases[at] != nil
		for _, e := range r.Events {
			like := e.likeness()
			known := !slices.ContainsFunc(e.Canary, func(c string) bool { return !canaries[at][like+c] })
			if e.Script != nil || e.companion() || !bases[at][like] || !known {
				kept = append(kept, e)
			}
		}
	}
	return kept, compared
}

// likeness is what two events have in common that are the same thing done twice. Numbers that change from run to run do not
// count.
func (e *Event) likeness() string {
	d := &e.Data
	return strings.Join([]string{
		string(e.Kind), e.Target, plainAddress(d.URL), d.Method, d.How, d.Action, d.Title, d.Class, d.Name, d.On, d.From, volatile.ReplaceAllString(d.Text, "#"),
	}, "\x00")
}

// plainAddress is an address with the names of its parameters alone, and the values of those that say what is done.
func plainAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	for name := range q {
		switch name {
		case "action", "title", "modules", "list", "prop", "meta", "format", "titles", "page":
		default:
			q.Set(name, "")
		}
	}
	u.RawQuery, u.Fragment = q.Encode(), ""
	return u.String()
}

// volatile are times, tokens, hashes and counters.
var volatile = regexp.MustCompile(`[0-9a-fA-F]{16,}|[0-9]{4,}|[A-Za-z0-9+/=_-]{24,}`)
