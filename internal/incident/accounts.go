package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Unused is how long a right may lie idle before its removal is proposed.
const Unused = 90 * 24 * time.Hour

// Survey is what [Audit] looks at.
type Survey struct {
	Users  []wiki.User              // who is looked at; accounts without power are left out
	Keys   map[int64]int            // keys with which an account approves
	Groups map[string][]string      // rights by group (siteinfo, siprop=usergroups); nil: groups are not proposed for removal
	Power  []string                 // rights that count; nil: [writedoor.DefaultPower], and block
	Owner  func(page string) string // whose page a script is; empty for the site's
	Seen   func(page string) bool   // somebody looked at the script as it is; nil: unknown
	Hidden []string                 // rights whose use leaves no trace of its own; nothing depends on them
	Usage  *Usage
	Now    time.Time
}

// Account is an account that holds power.
type Account struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Groups    []string  `json:"groups"`
	Keys      int       `json:"keys"`
	Rights    []Right   `json:"rights"`
	LastUse   time.Time `json:"last_use,omitzero"` // of any of the rights
	Scripts   []string  `json:"scripts"`           // of others, that ran while the account held power, in the last 90 days
	Authors   []string  `json:"authors"`           // of those scripts
	Unseen    int       `json:"unseen"`            // of those scripts, that nobody looked at
	Steps     []Step    `json:"steps"`             // proposals, for programs
	Proposals []string  `json:"proposals"`         // and in words
}

// Step is something that would make an account less dangerous.
type Step struct {
	Do     Do       `json:"do"`
	Groups []string `json:"groups,omitempty"` // to remove from
	N      int      `json:"n,omitempty"`      // rights that are idle, or scripts
	Of     int      `json:"of,omitempty"`     // rights in all, or authors of the scripts
	Unseen int      `json:"unseen,omitempty"` // scripts that nobody looked at
}

// Do says what kind of step it is.
type Do string

// Kinds of steps.
const (
	RemoveAll  Do = "remove-all"  // from all groups: no right was used
	RemoveSome Do = "remove-some" // from groups whose rights were not used
	Expire     Do = "expire"      // give rights for some days only
	MakeKey    Do = "make-key"    // there is none
	SecondKey  Do = "second-key"  // there is one
	NoScripts  Do = "no-scripts"  // of others while the account holds power
)

// String says it in words.
func (s Step) String() string {
	switch s.Do {
	case RemoveAll:
		return fmt.Sprintf("remove from %s: none of its rights was used for 90 days", strings.Join(s.Groups, ", "))
	case RemoveSome:
		return fmt.Sprintf("remove from %s: what only that gives was not used for 90 days", strings.Join(s.Groups, ", "))
	case Expire:
		return fmt.Sprintf("%d of %d rights were not used for 90 days: give them for the days they are needed (an expiry in Special:UserRights)", s.N, s.Of)
	case MakeKey:
		return "no key: invite the account to make one; until then it can approve nothing"
	case SecondKey:
		return "one key: a second one spares the recovery when the first is lost"
	case NoScripts:
		text := fmt.Sprintf("runs %d scripts by %d others while it holds power", s.N, s.Of)
		if s.Unseen > 0 {
			text += fmt.Sprintf(", %d of which nobody looked at", s.Unseen)
		}
		return text + ": no user scripts in privileged sessions, or an account of its own for the rights"
	}
	return string(s.Do)
}

// Right is a right that an account holds.
type Right struct {
	Name string    `json:"name"`
	Last time.Time `json:"last,omitzero"`  // zero: never, as far as is known
	Idle bool      `json:"idle"`           // for 90 days, during all of which everything was seen
	Dark bool      `json:"dark,omitempty"` // nobody can see whether it is used
}

// Audit lists the accounts that hold power, the one with the most to do first, and what could be taken away. It proposes; it
// takes nothing.
func Audit(s Survey) []Account {
	power := s.Power
	if power == nil {
		power = append(writedoor.DefaultPower(), "block")
	}
	var all []Account
	for _, u := range s.Users {
		if a, ok := s.account(u, power); ok {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b Account) int {
		return cmp.Or(cmp.Compare(len(b.Proposals), len(a.Proposals)), cmp.Compare(a.Name, b.Name))
	})
	return all
}

func (s *Survey) account(u wiki.User, power []string) (Account, bool) {
	a := Account{ID: u.ID, Name: u.Name, Groups: explicit(u.Groups), Keys: s.Keys[u.ID]}
	for _, right := range power {
		if !u.Has(right) {
			continue
		}
		last := s.Usage.Last(u.ID, right)
		dark := slices.Contains(s.Hidden, right) && last.IsZero()
		a.Rights = append(a.Rights, Right{right, last, !dark && s.idle(last), dark})
		if last.After(a.LastUse) {
			a.LastUse = last
		}
	}
	if len(a.Rights) == 0 {
		return a, false
	}
	s.scripts(&a)
	s.propose(&a)
	return a, true
}

// explicit leaves out the groups that everybody is in.
func explicit(groups []string) []string {
	return slices.DeleteFunc(slices.Clone(groups), func(g string) bool { return g == "*" || g == "user" || g == "autoconfirmed" })
}

// idle says whether a right was not used for 90 days. What was not watched for so long is not called idle.
func (s *Survey) idle(last time.Time) bool {
	edge := s.Now.Add(-Unused)
	return !s.Usage.since.After(edge) && last.Before(edge)
}

func (s *Survey) scripts(a *Account) {
	for _, page := range s.Usage.Loads(a.ID, s.Now.Add(-Unused)) {
		owner := ""
		if s.Owner != nil {
			owner = s.Owner(page)
		}
		if owner == "" || owner == a.Name {
			continue
		}
		a.Scripts = append(a.Scripts, page)
		if !slices.Contains(a.Authors, owner) {
			a.Authors = append(a.Authors, owner)
		}
		if s.Seen != nil && !s.Seen(page) {
			a.Unseen++
		}
	}
}

// propose says what would make an account less dangerous, in the order of what it gains.
func (s *Survey) propose(a *Account) {
	say := func(step Step) {
		a.Steps, a.Proposals = append(a.Steps, step), append(a.Proposals, step.String())
	}
	var idle []string
	seen := 0
	for _, r := range a.Rights {
		if r.Idle {
			idle = append(idle, r.Name)
		}
		if !r.Dark {
			seen++
		}
	}
	switch groups := s.idleGroups(a, idle); {
	case len(idle) == seen && seen > 0:
		say(Step{Do: RemoveAll, Groups: a.Groups})
	case len(groups) > 0:
		say(Step{Do: RemoveSome, Groups: groups})
	case len(idle) > 0:
		say(Step{Do: Expire, N: len(idle), Of: seen})
	}
	if a.Keys == 0 {
		say(Step{Do: MakeKey})
	}
	if a.Keys == 1 {
		say(Step{Do: SecondKey})
	}
	if n := len(a.Scripts); n > 0 {
		say(Step{Do: NoScripts, N: n, Of: len(a.Authors), Unseen: a.Unseen})
	}
}

// idleGroups are the groups of an account that give it some power, all of which is idle or comes from another group, too.
func (s *Survey) idleGroups(a *Account, idle []string) []string {
	var out []string
	for _, g := range a.Groups {
		gives, needed := false, false
		for _, r := range a.Rights {
			if r.Dark || !slices.Contains(s.Groups[g], r.Name) || s.elsewhere(a, g, r.Name) {
				continue
			}
			gives = true
			needed = needed || !slices.Contains(idle, r.Name)
		}
		if gives && !needed {
			out = append(out, g)
		}
	}
	return out
}

func (s *Survey) elsewhere(a *Account, group, right string) bool {
	return slices.ContainsFunc(a.Groups, func(g string) bool { return g != group && slices.Contains(s.Groups[g], right) })
}
