package narrow

import (
	"cmp"
	"slices"

	"sallyport/internal/csp"
	"sallyport/internal/finding"
)

// Area is what a policy is for.
type Area string

// Areas.
const (
	Code Area = "code" // whose code runs
	Leak Area = "leak" // where what code learns may go
	Form Area = "form" // whether browsers read the policy as its author does
)

// Weakness is something that a policy does not stop, or does not say.
type Weakness struct {
	Code      string           `json:"code"` // stable name, for instance "open-hosting"
	Area      Area             `json:"area"`
	Severity  finding.Severity `json:"-"`
	Directive string           `json:"directive,omitempty"`
	Source    string           `json:"source,omitempty"` // as it stands in the policy
	Message   string           `json:"message"`          // Says, in English
	Advice    string           `json:"advice,omitempty"` // Do, in English
	Says      Saying           `json:"says"`
	Do        Saying           `json:"do,omitzero"`
}

// Judgement is what there is to say about a policy, worst first.
type Judgement struct {
	Weaknesses []Weakness
}

// Judge asks a policy what an attacker would: may my script run, may what I took leave? It answers for the whole set as
// browsers enforce it, so that a weakness of one policy counts only when no other makes up for it. problems are those of
// [csp.ParseHeader]; page is where the policy holds.
func Judge(set csp.Set, problems []csp.Problem, page csp.Address) Judgement {
	j := &judge{set: enforced(set), page: page}
	j.anyScript()
	j.textScripts()
	j.knownBypasses()
	j.openHosts()
	j.plugins()
	j.base()
	j.self()
	j.leaks()
	j.framing()
	j.shape(problems)
	slices.SortStableFunc(j.found, func(a, b Weakness) int { return cmp.Compare(b.Severity, a.Severity) })
	return Judgement{j.found}
}

// Grade is "A" (nothing above a note) to "F" (anything goes) for an area; that of no area is the worst of both aims.
func (j Judgement) Grade(a Area) string {
	worst := finding.Note
	for _, w := range j.Weaknesses {
		if w.Area == a || a == "" && w.Area != Form {
			worst = max(worst, w.Severity)
		}
	}
	return [...]string{finding.Note: "A", finding.Low: "B", finding.Medium: "C", finding.High: "D", finding.Critical: "F"}[worst]
}

// judge is one policy being judged.
type judge struct {
	set   csp.Set
	page  csp.Address
	found []Weakness
	any   bool // scripts of any host run: that one source is open says nothing new
}

func (j *judge) add(w Weakness) {
	if w.Message == "" {
		w.Message = w.Says.String()
	}
	w.Advice = w.Do.String()
	j.found = append(j.found, w)
}

// ask returns what the policies say, with the first of them when they agree: a weakness is shown where somebody can mend it.
func (j *judge) ask(r csp.Request) (v csp.Verdict, allowed bool) {
	r.Page = j.page
	if v = j.set.Allows(r); !v.Allowed {
		return v, false
	}
	if len(j.set) > 0 {
		v = j.set[0].Allows(r)
	}
	if v.Directive == "" {
		v.Directive = r.Kind.Directive()
	}
	return v, true
}

// enforced leaves out policies that only report, unless there are no others: then those are meant.
func enforced(set csp.Set) csp.Set {
	var list csp.Set
	for _, p := range set {
		if !p.ReportOnly {
			list = append(list, p)
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, p := range set {
		draft := p.Clone()
		draft.ReportOnly = false
		list = append(list, draft)
	}
	return list
}

// sources calls do for every source that decides about a directive, with the name of the directive it stands in.
func (j *judge) sources(name string, do func(directive string, d *csp.Directive, s csp.Source)) {
	for _, p := range j.set {
		if d := p.Governing(name); d != nil {
			for _, s := range d.Sources {
				do(d.Name, d, s)
			}
		}
	}
}
