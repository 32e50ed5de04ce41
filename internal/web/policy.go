package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/rollout"
	"sallyport/internal/violation"
)

// policyPage is what would break if a policy went live.
type policyPage struct {
	rollout.Status
	Weak    []narrow.Weakness // of the policy in force
	Steps   []step            // of the roll-out
	Edit    editor
	Sources []source
	Sort    string
	By      map[string]string
	Idle    int              // sources nobody needs any more
	Past    []rollout.Change // newest first
	Token   string           // empty when the reader cannot change anything from here
	Address string
	CSV     string
	JSON    string
}

// step is a share of readers that a roll-out goes through.
type step struct {
	Share int
	State string // "done", "now" or "later"
}

// editor is the draft somebody works on, and what it would do.
type editor struct {
	Text    string
	Kept    bool // it is the draft that is kept
	Problem string
	Tried   bool
	Impact  narrow.Impact
	Wider   []narrow.Change
	Tighter []narrow.Change
	Judged  rollout.Judged
	Weak    []narrow.Weakness
	Derived []narrow.Candidate // of a derived draft, each with why it is in or out
	Working string             // share of what people do that goes on, in percent
	Share   string             // what was asked for
}

// source is an outside source of the policy in force.
type source struct {
	narrow.Due
	Gone  bool // it should go now
	Never bool // nobody was seen to use it
}

// maxLosses is how many losses are listed; all of them are in the JSON.
const maxLosses = 50

// policy shows how things stand, and the draft that was asked for.
func (p *pages) policy(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	if err := p.Policy.Sync(v.Context()); err != nil {
		return err
	}
	rows, err := p.Policy.Reports(v.Context())
	if err != nil {
		return err
	}
	var e editor
	q := v.URL.Query()
	switch {
	case q.Get("derive") != "":
		e = p.derived(rows, q.Get("derive"))
	case q.Get("from") == "narrower":
		e.Text = p.Policy.Narrower(rows).String()
	case q.Get("from") == "force" || p.Policy.State().Draft == nil:
		force, _ := p.Policy.InForce()
		e.Text = force.Minimise().String()
	default:
		e.Text, e.Kept = p.Policy.State().Draft.Text, true
	}
	return p.showPolicy(v, http.StatusOK, e, rows)
}

// showPolicy shows the page around a draft.
func (p *pages) showPolicy(v *visit, status int, e editor, rows []violation.Row) error {
	lost, err := p.Policy.Lost(v.Context())
	if err != nil {
		return err
	}
	if err := p.try(v.Context(), &e); err != nil {
		return err
	}
	barred, err := p.Policy.Barred(v.Context())
	if err != nil {
		return err
	}
	q := v.URL.Query()
	body := policyPage{Status: p.Policy.Status(rows, lost, barred), Edit: e, Sort: sortOfSources(q.Get("sort")), By: map[string]string{}, Address: p.Base + "/policy", CSV: p.Base + "/policy.csv", JSON: p.Base + "/policy.json"}
	force, _ := p.Policy.InForce()
	body.Weak = narrow.Judge(csp.Set{force}, nil, p.Policy.Page).Weaknesses
	if body.Rollout != nil {
		body.Steps = steps(body.Rollout.Share)
	}
	body.Sources = p.sources(rows, body.Sort)
	for _, s := range body.Sources {
		if s.Gone {
			body.Idle++
		}
	}
	for _, s := range []string{"falls", "source", "owner"} {
		body.By[s] = withQuery(p.Base+"/policy", v.URL.Query(), "sort", s) + "#sources"
	}
	body.Past = slices.Clone(p.Policy.State().Past)
	slices.Reverse(body.Past)
	if mayChange(v) == nil && v.door == byPerson {
		body.Token = p.tokens.mint(deed{user: v.me.ID, to: "policy"}, v.Request)
	}
	return p.show(v, "policy", status, body)
}

// mayChange says why somebody may not change the policy: it is as good as a script that runs for everybody.
func mayChange(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	if !v.me.Has("editsitejs") {
		return errNoRight
	}
	return nil
}

func steps(share int) []step {
	var list []step
	r := narrow.Rollout{}
	for {
		s := step{r.Share, "later"}
		switch {
		case r.Share < share:
			s.State = "done"
		case r.Share == share:
			s.State = "now"
		}
		list = append(list, s)
		if r.Share == 100 {
			return list
		}
		r.Share = r.Next()
	}
}

// try simulates a draft, and compares it with the policy in force.
func (p *pages) try(ctx context.Context, e *editor) (err error) {
	set, problems := csp.ParseHeader(e.Text)
	if e.Problem == "" {
		if err := p.Policy.Check(e.Text); err != nil {
			e.Problem = err.Error()
		}
	}
	if len(set) != 1 {
		return nil
	}
	if e.Impact, err = p.Policy.Simulate(ctx, set[0]); err != nil {
		return err
	}
	e.Tried = true
	e.Impact.Lost, e.Impact.Unclear = firstOf(e.Impact.Lost), firstOf(e.Impact.Unclear)
	force, _ := p.Policy.InForce()
	for _, c := range narrow.Diff(force, set[0]) {
		if c.Wider {
			e.Wider = append(e.Wider, c)
		} else {
			e.Tighter = append(e.Tighter, c)
		}
	}
	j := narrow.Judge(set, problems, p.Policy.Page)
	text := set[0].Minimise().String()
	e.Judged = rollout.Judged{Policy: text, Bytes: len(text), Code: j.Grade(narrow.Code), Leaks: j.Grade(narrow.Leak)}
	e.Weak = j.Weaknesses
	return nil
}

func firstOf(list []narrow.Loss) []narrow.Loss { return list[:min(len(list), maxLosses)] }

// derived is the smallest policy under which a share, in percent, of what people do with their scripts goes on.
func (p *pages) derived(rows []violation.Row, percent string) editor {
	share, err := strconv.ParseFloat(percent, 64)
	if err != nil || !(share >= 50 && share <= 100) {
		share = 99.9
	}
	made := narrow.Remember(rows).Derive(narrow.Wanted{Page: p.Policy.Page, Base: p.Policy.Own, Share: share / 100, People: fewPeople, Days: 2})
	e := editor{Text: made.Policy.String(), Derived: made.Candidates[:min(len(made.Candidates), maxLosses)], Share: strconv.FormatFloat(share, 'f', -1, 64), Working: "100"}
	if made.Pairs > 0 {
		e.Working = strconv.FormatFloat(float64(made.Working)*100/float64(made.Pairs), 'f', 1, 64)
	}
	return e
}

// sources are the outside sources of the policy in force.
func (p *pages) sources(rows []violation.Row, by string) []source {
	now := p.Policy.Now()
	var list []source
	for _, d := range p.Policy.Falling(rows) {
		list = append(list, source{d, !d.When.After(now), d.Used.IsZero()})
	}
	slices.SortStableFunc(list, func(a, b source) int {
		switch by {
		case "source":
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Directive, b.Directive))
		case "owner":
			return cmp.Compare(a.Owner, b.Owner)
		}
		return 0 // they come as they fall
	})
	return list
}

func sortOfSources(s string) string {
	if s == "source" || s == "owner" {
		return s
	}
	return "falls"
}

// policyJSON is how things stand, for programs: the same as "sallyport csp status --format json".
func (p *pages) policyJSON(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	if err := p.Policy.Sync(v.Context()); err != nil {
		return err
	}
	rows, err := p.Policy.Reports(v.Context())
	if err != nil {
		return err
	}
	lost, err := p.Policy.Lost(v.Context())
	if err != nil {
		return err
	}
	barred, err := p.Policy.Barred(v.Context())
	if err != nil {
		return err
	}
	return v.json(struct {
		Schema string `json:"schema"`
		rollout.Status
	}{"sallyport.csp.status/1", p.Policy.Status(rows, lost, barred)})
}

// policyCSV is the outside sources of the policy in force.
func (p *pages) policyCSV(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	rows, err := p.Policy.Reports(v.Context())
	if err != nil {
		return err
	}
	table := [][]string{{"directive", "source", "owner", "reason", "given", "expires", "used", "falls", "why"}}
	for _, s := range p.sources(rows, sortOfSources(v.URL.Query().Get("sort"))) {
		table = append(table, []string{s.Directive, s.Source, s.Owner, s.Reason, stamp(s.Given), stamp(s.Expires), stamp(s.Used), stamp(s.When), s.Why})
	}
	return v.csv(table)
}

// untilOf reads the date of a form: the first moment of the day after it; zero for none.
func untilOf(text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, errForm
	}
	return t.AddDate(0, 0, 1), nil
}
