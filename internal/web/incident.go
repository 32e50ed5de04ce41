package web

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"sallyport/internal/incident"
)

// Breaker is what the incident page asks and does. Letting things through again is not among it: that is done on the server,
// where no script of the wiki can reach.
type Breaker interface {
	State() incident.State
	Quarantined(page string) bool
	Pull(ctx context.Context, who, why string) error
}

// mayPull are the rights of which one lets somebody see the page and switch user code off.
func mayPull() []string { return []string{"editsitejs", "block"} }

// maxWhy bounds the reason somebody gives, in bytes.
const maxWhy = 500

var errNoRight = &fault{http.StatusForbidden, "noright"}

// incidentPage is what is happening, who is affected and what is switched off.
type incidentPage struct {
	incident.State
	Trips    []alarm // newest first
	Accounts []string
	Token    string // empty when nobody can pull it from here
	Switched int    // what is switched off, by people or by itself
	Switches string // where that is said; empty without such a page
	Export   string
}

// alarm is a trip as the page shows it.
type alarm struct {
	incident.Trip
	Titles []template.HTML
}

func (p *pages) incident(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	s := p.Breaker.State()
	body := incidentPage{State: s, Export: p.Base + "/incident.json"}
	if p.Switches != nil {
		body.Switched, body.Switches = len(p.Switches.Active()), p.Base+"/switches"
	}
	for _, t := range slices.Backward(s.Trips) {
		a := alarm{Trip: t}
		for _, title := range t.Pages {
			line := p.pageLink(title)
			if at := p.exposureURL(v, title, ""); at != "" {
				line += " · " + link(at, p.words.Text(v.lang, "exposure-link"))
			}
			a.Titles = append(a.Titles, line)
		}
		body.Trips = append(body.Trips, a)
		for _, name := range t.Accounts {
			if !slices.Contains(body.Accounts, name) {
				body.Accounts = append(body.Accounts, name)
			}
		}
	}
	if v.door == byPerson && !s.Dark {
		body.Token = p.tokens.mint(pulling(v), v.Request)
	}
	return p.show(v, "incident", http.StatusOK, body)
}

// incidentJSON is the same for programs.
func (p *pages) incidentJSON(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(v.w)
	e.SetIndent("", "\t")
	return e.Encode(p.Breaker.State())
}

// pull switches user code off for everybody, for a person who pressed the button of our page.
func (p *pages) pull(v *visit) error {
	switch {
	case v.door == unknown:
		return errOld
	case !sends(v.Request):
		return errScript
	}
	if err := mayLook(v); err != nil {
		return err
	}
	if err := v.ParseForm(); err != nil {
		return errForm
	}
	ok, expired := p.tokens.fits(v.PostForm.Get("token"), pulling(v), v.Request)
	switch {
	case expired:
		return errExpired
	case !ok:
		return errToken
	}
	why := strings.ToValidUTF8(strings.TrimSpace(v.PostForm.Get("why")), "")
	if why == "" || len(why) > maxWhy {
		why = "no reason was given"
	}
	if err := p.Breaker.Pull(v.Context(), v.me.Name, why); err != nil {
		return err
	}
	p.Log.Warn("user code is switched off for everybody", "wiki", p.Site.ID, "user", v.me.Name, "why", why)
	return v.redirect(p.Base + "/incident")
}

// pulling is the deed that a token for it allows.
func pulling(v *visit) deed { return deed{user: v.me.ID, to: "pull"} }

// mayLook says why somebody may not see what is stopped.
func mayLook(v *visit) error {
	switch {
	case v.down != nil:
		return errWikiDown
	case v.me.ID == 0:
		return errNobody
	case !slices.ContainsFunc(mayPull(), v.me.Has):
		return errNoRight
	default:
		return nil
	}
}
