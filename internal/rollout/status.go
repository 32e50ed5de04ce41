package rollout

import (
	"strings"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

// Status is how things stand, for people and programs.
type Status struct {
	InForce Judged       `json:"in_force"`
	Draft   *Judged      `json:"draft,omitempty"`
	Rollout *Underway    `json:"rollout,omitempty"`
	Headers Headers      `json:"headers"`
	Reports Summary      `json:"reports"`
	Falls   []narrow.Due `json:"falls"`             // soonest first
	Barred  []Barred     `json:"barred,omitempty"`  // by a policy that the wiki sends itself
	Problem string       `json:"problem,omitempty"` // why something of this is not sent
	Version int64        `json:"version"`
}

// Judged is a policy with what there is to say about it.
type Judged struct {
	Policy   string    `json:"policy"`
	Bytes    int       `json:"bytes"`
	Enforced bool      `json:"enforced"`
	Code     string    `json:"code"`  // "A" to "F": whose code runs
	Leaks    string    `json:"leaks"` // "A" to "F": what may leave
	By       string    `json:"by,omitempty"`
	Why      string    `json:"why,omitempty"`
	At       time.Time `json:"at,omitzero"` // zero: it is that of the settings
}

// Underway is a roll-out.
type Underway struct {
	Policy  string        `json:"policy"`
	Share   int           `json:"share"` // percent of the readers
	Next    int           `json:"next"`
	Since   time.Time     `json:"since"` // of the share
	Started time.Time     `json:"started"`
	By      string        `json:"by"`
	Why     string        `json:"why"`
	Halted  string        `json:"halted,omitempty"`
	Says    narrow.Saying `json:"halted_says,omitzero"` // the same, when it halted by itself
	Expects []narrow.Loss `json:"expects"`              // what the simulation said
	Lost    []narrow.Loss `json:"lost"`                 // what readers lost since the share was set
}

// Headers are sizes in bytes of what a page carries, without gadgets' own hosts and the address that reports go to.
type Headers struct {
	Anonymous int `json:"anonymous"`
	Reader    int `json:"reader"` // whose turn it is not
	Turn      int `json:"turn"`   // 0: nobody's turn it is
	Most      int `json:"most"`   // with the probe
}

// Summary is what browsers reported, noise left out.
type Summary struct {
	Days    int       `json:"days"`
	Last    time.Time `json:"last,omitzero"`
	People  int       `json:"people"`
	Hosts   int       `json:"hosts"`
	Scripts int       `json:"scripts"`
}

// Status asks how things stand, given the [Keeper.Reports], what was lost ([Keeper.Lost]), and what is barred ([Keeper.Barred]).
func (k *Keeper) Status(rows []violation.Row, lost []narrow.Loss, barred []Barred) Status {
	s := k.State()
	force, enforced := k.InForce()
	st := Status{InForce: k.judge(force, s.InForce), Headers: k.headers(), Reports: Summarise(rows), Falls: append([]narrow.Due{}, k.Falling(rows)...), Barred: barred, Version: s.Version}
	st.InForce.Enforced = enforced
	if one := k.now.Load(); one != nil {
		st.Problem = one.problem
	}
	if s.Draft != nil {
		if p, err := parse(s.Draft.Text); err == nil {
			draft := k.judge(p, s.Draft)
			st.Draft = &draft
		}
	}
	if r := s.Rollout; r != nil {
		st.Rollout = &Underway{
			Policy: r.Policy, Share: r.Share, Next: r.Next(), Since: r.Since, Started: r.Started, By: r.By, Why: r.Why, Halted: r.Halted, Says: r.Says,
			Expects: append([]narrow.Loss{}, r.Expects...), Lost: append([]narrow.Loss{}, lost...),
		}
	}
	return st
}

func (k *Keeper) judge(p *csp.Policy, who *Policy) Judged {
	text := p.Minimise().String()
	grade := narrow.Judge(csp.Set{p}, nil, k.Page)
	j := Judged{Policy: text, Bytes: len(text), Code: grade.Grade(narrow.Code), Leaks: grade.Grade(narrow.Leak)}
	if who != nil {
		j.By, j.Why, j.At = who.By, who.Why, who.At
	}
	return j
}

func (k *Keeper) headers() Headers {
	size := func(list []Served) (n int) {
		for _, p := range list {
			n += len(p.Policy.Minimise().String())
		}
		return n
	}
	h := Headers{Anonymous: size(k.For(""))}
	one := k.now.Load()
	if one == nil {
		h.Reader, h.Most = h.Anonymous, h.Anonymous
		return h
	}
	h.Reader = size(one.others)
	if one.rollout != nil && one.rollout.Share > 0 && one.rollout.Halted == "" {
		h.Turn = size(one.turn)
	}
	h.Most = max(h.Reader, h.Turn)
	if one.probe != nil {
		h.Most += size([]Served{*one.probe})
	}
	return h
}

// Summarise counts what is no noise.
func Summarise(rows []violation.Row) Summary {
	s := Summary{Days: Days}
	var all violation.People
	hosts, scripts := map[string]bool{}, map[string]bool{}
	for i := range rows {
		r := &rows[i]
		if r.Noise != violation.None {
			continue
		}
		if r.Last.After(s.Last) {
			s.Last = r.Last
		}
		all.Merge(&r.Users)
		if strings.Contains(r.Blocked, "://") {
			hosts[r.Blocked] = true
		}
		if r.Source != "" {
			scripts[r.Source] = true
		}
	}
	s.People, s.Hosts, s.Scripts = all.Count(), len(hosts), len(scripts)
	return s
}
