package rollout

import (
	"fmt"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

// probed is the share of readers, in percent, who have the probe on a day. Over thirty days it is 96 of a hundred.
const probed = 10

// snapshot is a state made ready to be served.
type snapshot struct {
	state   *State
	rollout *narrow.Rollout // nil: none
	others  []Served        // for everybody whose turn it is not
	turn    []Served
	probe   *Served // nil: the policy in force has no outside host
	problem string  // why something of the state is not served
}

// snapshot parses what a state names. The wiki may have moved since, or its settings changed, so that a policy that was fine
// would stop its own pages: then that of the settings is sent.
func (k *Keeper) snapshot(s *State) *snapshot {
	force, enforced := k.Settings.Policy, k.Settings.Enforced
	problem := ""
	if s.InForce != nil {
		if p, err := k.read(s.InForce.Text); err == nil {
			force, enforced = p, true
		} else {
			problem = fmt.Sprintf("what was put in force is not sent: %v", err)
		}
	}
	one := &snapshot{state: s, problem: problem, others: []Served{{"in force", force, !enforced}}}
	if len(k.outside(force)) > 0 {
		one.probe = &Served{"probe", k.Own, true}
	}
	if s.Rollout != nil {
		candidate, err := k.read(s.Rollout.Policy)
		if err != nil {
			one.problem = fmt.Sprintf("what is rolled out is not sent: %v", err)
			return one
		}
		one.rollout = &s.Rollout.Rollout
		if enforced || candidate.String() != force.String() { // else everybody has it already
			one.others = append(one.others, Served{"candidate", candidate, true})
		}
		one.turn = []Served{{"candidate", candidate, false}}
	}
	return one
}

// For says which policies a reader gets: the account's id, or "" for everybody who is not known to be logged in, whose
// answers are cached for all alike. It asks nobody.
func (k *Keeper) For(reader string) []Served {
	s := k.now.Load()
	if s == nil {
		return []Served{{"in force", k.Settings.Policy, !k.Settings.Enforced}}
	}
	list := s.others
	if s.rollout != nil && s.rollout.Enforced(reader) {
		list = s.turn
	}
	if s.probe != nil && reader != "" && hasProbe(reader, k.Now()) {
		list = append(list[:len(list):len(list)], *s.probe)
	}
	return list
}

// hasProbe says whether it is a reader's day.
func hasProbe(reader string, now time.Time) bool {
	day := narrow.Rollout{ID: "probe " + violation.DayOf(now).String(), Share: probed}
	return day.Enforced(reader)
}

// InForce is the policy in force, and whether it is enforced.
func (k *Keeper) InForce() (p *csp.Policy, enforced bool) {
	p, enforced = k.Settings.Policy, k.Settings.Enforced
	if s := k.now.Load(); s != nil {
		p, enforced = s.others[0].Policy, !s.others[0].ReportOnly
	}
	return p, enforced
}

// Sent are the policies that readers' pages are sent, apart from the probe.
func (k *Keeper) Sent() []*csp.Policy {
	s := k.now.Load()
	if s == nil {
		return []*csp.Policy{k.Settings.Policy}
	}
	var list []*csp.Policy
	for _, p := range append(s.others[:len(s.others):len(s.others)], s.turn...) {
		list = append(list, p.Policy)
	}
	return list
}

// Allows asks the policy in force about something that browsers reported: a directive as they name it, and what was blocked.
func (k *Keeper) Allows(directive, blocked string) bool {
	force, _ := k.InForce()
	return k.allows(force, narrow.Loss{Directive: directive, Blocked: blocked})
}
