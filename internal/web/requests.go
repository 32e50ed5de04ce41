package web

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/gadget"
	"sallyport/internal/hosting"
	"sallyport/internal/narrow"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

var (
	errNoDecider = &fault{http.StatusForbidden, "nodecider"}
	errNoRequest = &fault{http.StatusNotFound, "norequest"}
	errDecided   = &fault{http.StatusConflict, "decided"}
	errNoReason  = &fault{http.StatusBadRequest, "noreason"}
)

// mayDecide says why somebody may not decide what the wiki's pages contact: it is for those who could change their code.
func mayDecide(v *visit) error {
	switch {
	case v.down != nil:
		return errUncertain
	case v.me.ID == 0:
		return errNobody
	case !v.me.Has("editsitejs"):
		return errNoDecider
	default:
		return nil
	}
}

// requestRow is a request as lists show it.
type requestRow struct {
	store.Request
	By   template.HTML // the script
	Line string        // of the settings, when it was granted to everybody
	At   string        // address of its page's form
}

// openRequest is one that waits, with what speaks for it and against it.
type openRequest struct {
	requestRow
	Askers   template.HTML
	Evidence []keptRow
	Met      int // people who met it, each counted once
	Risks    []narrow.Weakness
	Library  bool // the host hands out libraries
	Barred   bool // the wiki's own policy blocks it: what is decided here does not help
	Title    string
	Token    string
}

// asks is what the sentence about a request says.
type asks struct {
	Directive, Host string
	Script          template.HTML
}

func newAsks(directive, host string, script template.HTML) asks { return asks{directive, host, script} }

type requestsPage struct {
	Open    []openRequest
	Granted []requestRow // for a gadget, and still
	Decided []requestRow
	Token   string // for taking back
	Mirror  bool
	Draft   bool // there is a page on which the policy can be changed
	JSON    string
}

func (p *pages) requestRow(ctx context.Context, r store.Request) requestRow {
	row := requestRow{Request: r, By: p.scriptName(ctx, r.Script), At: p.Base + "/requests/" + url.PathEscape(r.ID)}
	if r.State == store.RequestForAll {
		row.Line = settingsLine(r.Directive, r.Host)
	}
	return row
}

// settingsLine is what makes a grant to everybody true.
func settingsLine(directive, host string) string {
	return "[policy.allow]\n" + directive + ` = ["` + host + `"]`
}

// requests is the queue.
func (p *pages) requests(v *visit) error {
	if err := mayDecide(v); err != nil {
		return err
	}
	open, err := p.Requests.Requests(v.Context(), p.Site.ID, store.RequestOpen, shownRequests)
	if err != nil {
		return err
	}
	body := requestsPage{Mirror: p.Mirror != nil, Draft: p.Policy != nil, JSON: p.Base + "/requests.json"}
	for _, r := range open {
		one, err := p.weigh(v, r)
		if err != nil {
			return err
		}
		body.Open = append(body.Open, one)
	}
	for _, state := range []store.RequestState{store.RequestGranted, store.RequestForAll, store.RequestRefused, store.RequestWithdrawn} {
		list, err := p.Requests.Requests(v.Context(), p.Site.ID, state, shownRequests)
		if err != nil {
			return err
		}
		for _, r := range list {
			row := p.requestRow(v.Context(), r)
			if state == store.RequestGranted {
				body.Granted = append(body.Granted, row)
			} else {
				body.Decided = append(body.Decided, row)
			}
		}
	}
	slices.SortStableFunc(body.Decided, func(a, b requestRow) int { return b.Decided.Compare(a.Decided) })
	body.Decided = body.Decided[:min(len(body.Decided), shownRequests)]
	if v.door == byPerson {
		body.Token = p.tokens.mint(deciding(v), v.Request)
	}
	return p.show(v, "requests", http.StatusOK, body)
}

// weigh puts together what there is to know before a request is decided.
func (p *pages) weigh(v *visit, r store.Request) (openRequest, error) {
	one := openRequest{requestRow: p.requestRow(v.Context(), r), Risks: risks(r.Directive, r.Host, p.Origin), Title: readable(r.Script)}
	if s, ok := server(r.Host); ok {
		one.Library, one.Barred = hosting.Libraries(s.Host), p.bars(v, r.Directive, s)
	}
	askers, err := p.Requests.Askers(v.Context(), p.Site.ID, r.ID)
	if err != nil {
		return one, err
	}
	names := make([]string, len(askers))
	for i, a := range askers {
		names[i] = a.User
	}
	one.Askers = p.people(v.lang, names)
	rows, err := p.kept(v.Context(), store.About{Blocked: r.Host})
	if err != nil {
		return one, err
	}
	for _, row := range rows {
		if row.Directive == r.Directive {
			one.Evidence = append(one.Evidence, p.keptRow(v.Context(), row))
		}
	}
	if len(one.Evidence) > 0 {
		all := one.Evidence[0].Users.Clone()
		for i := range one.Evidence[1:] {
			all.Merge(&one.Evidence[i+1].Users)
		}
		one.Met = all.Count()
	}
	one.Evidence = one.Evidence[:min(len(one.Evidence), 10)]
	return one, nil
}

// risks is what is known against a server in a policy: who can publish there, and whose lists of ways around a policy name it.
func risks(directive, host, page string) []narrow.Weakness {
	set, _ := csp.ParseHeader(directive + " " + host)
	var list []narrow.Weakness
	for _, w := range narrow.Judge(set, nil, csp.ParseAddress(page)).Weaknesses {
		if w.Source == host {
			list = append(list, w)
		}
	}
	return list
}

// requestsJSON is the queue for programs: no names of those who ask.
func (p *pages) requestsJSON(v *visit) error {
	if err := mayDecide(v); err != nil {
		return err
	}
	type line struct {
		ID        string             `json:"id"`
		State     store.RequestState `json:"state"`
		Host      string             `json:"host"`
		Directive string             `json:"directive"`
		Script    string             `json:"script,omitempty"`
		People    int                `json:"people"`
		Why       string             `json:"why,omitempty"`
		Asked     string             `json:"asked"`
		Decided   string             `json:"decided,omitempty"`
		By        string             `json:"by,omitempty"`
		Reason    string             `json:"reason,omitempty"`
	}
	all := []line{}
	for _, state := range []store.RequestState{store.RequestOpen, store.RequestGranted, store.RequestForAll, store.RequestRefused, store.RequestWithdrawn} {
		list, err := p.Requests.Requests(v.Context(), p.Site.ID, state, 500)
		if err != nil {
			return err
		}
		for _, r := range list {
			all = append(all, line{r.ID, r.State, r.Host, r.Directive, r.Script, r.People, r.Why, stamp(r.Asked), stamp(r.Decided), r.By, r.Reason})
		}
	}
	return v.json(map[string]any{"schema": "sallyport/requests/1", "wiki": p.Site.ID, "requests": all})
}

// deciding is the deed that the tokens of the queue allow.
func deciding(v *visit) deed { return deed{user: v.me.ID, to: "decide"} }

// decide settles a request, or takes a grant back.
func (p *pages) decide(v *visit) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	if err := mayDecide(v); err != nil {
		return err
	}
	if err := p.permits(v, deciding(v)); err != nil {
		return err
	}
	r, err := p.Requests.Request(v.Context(), p.Site.ID, v.PathValue("id"))
	if err != nil {
		return errNoRequest
	}
	r.By, r.Reason, r.Decided = v.me.Name, words(v.PostForm.Get("reason")), p.Now().UTC()
	from, kind := store.RequestOpen, ""
	switch v.PostForm.Get("to") {
	case "gadget":
		if r.Gadget == 0 {
			return errForm
		}
		r.State, kind = store.RequestGranted, "host granted"
	case "everybody":
		r.State, kind = store.RequestForAll, "host granted"
	case "refuse":
		r.State, kind = store.RequestRefused, "host refused"
	case "withdraw":
		r.State, kind, from = store.RequestWithdrawn, "host refused", store.RequestGranted
	default:
		return errForm
	}
	if kind == "host refused" && r.Reason == "" {
		return errNoReason
	}
	entry, err := requestEntry(kind, &r, v.me.Name, p.Now(), p.author(v.Context(), r.Gadget))
	if err != nil {
		return err
	}
	first, err := p.Requests.Decide(v.Context(), r, from, entry)
	switch {
	case err != nil:
		return err
	case !first:
		return errDecided
	}
	p.Registry.RequestsChanged()
	if r.State == store.RequestGranted {
		if err := p.agree(v.Context(), r); err != nil {
			return err
		}
	}
	return v.redirect(p.Base + "/requests")
}

// agree notes that those who asked for a server agree to it. The gadget's other readers are asked, as if its definition had
// asked for the server.
func (p *pages) agree(ctx context.Context, r store.Request) error {
	s, ok := server(r.Host)
	if !ok {
		return errForm
	}
	askers, err := p.Requests.Askers(ctx, p.Site.ID, r.ID)
	if err != nil {
		return err
	}
	for _, a := range askers {
		if err := p.Registry.Grant(ctx, a.UserID, r.Gadget, []gadget.Host{{Directive: r.Directive, Source: s}}); err != nil {
			return err
		}
	}
	return nil
}

// author is who owns a gadget now; nobody, when it is none or is gone.
func (p *pages) author(ctx context.Context, id int64) wiki.User {
	if id == 0 {
		return wiki.User{}
	}
	g, err := p.Registry.Gadget(ctx, id)
	if err != nil {
		return wiki.User{}
	}
	return wiki.User{ID: g.Row.OwnerID, Name: g.Row.Owner}
}

// requestEntry is a line of the log about a request.
func requestEntry(kind string, r *store.Request, by string, at time.Time, author wiki.User) (store.Entry, error) {
	body := struct {
		Request string `json:"request,omitempty"`
		What    string `json:"what"` // directive and server
		State   string `json:"state,omitempty"`
		Script  string `json:"script,omitempty"`
		Gadget  int64  `json:"gadget,omitempty"`
		Author  int64  `json:"author,omitempty"` // of the gadget
		Name    string `json:"author_name,omitempty"`
		By      string `json:"by"`
		Reason  string `json:"reason,omitempty"`
	}{r.ID, r.Directive + " " + r.Host, string(r.State), r.Script, r.Gadget, author.ID, author.Name, by, r.Reason}
	if kind == "host asked" {
		body.Request = "" // it may join another one
	}
	text, err := json.Marshal(body)
	return store.Entry{Kind: kind, At: at, Body: string(text)}, err
}
