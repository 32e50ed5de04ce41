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
	Proposals []string  `json:"proposals"`
}

// Right is a right that an account holds.
type Right struct {
	Name string    `json:"name"`
	Last time.Time `json:"last,omitzero"` // zero: never, as far as is known
	Idle bool      `json:"idle"`          // for 90 days, during all of which everything was seen
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
		a.Rights = append(a.Rights, Right{right, last, s.idle(last)})
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
	say := func(format string, args ...any) { a.Proposals = append(a.Proposals, fmt.Sprintf(format, args...)) }
	var idle []string
	for _, r := range a.Rights {
		if r.Idle {
			idle = append(idle, r.Name)
		}
	}
	switch groups := s.idleGroups(a, idle); {
	case len(idle) == len(a.Rights):
		say("remove from %s: none of its rights was used for 90 days", strings.Join(a.Groups, ", "))
	case len(groups) > 0:
		say("remove from %s: what only that gives was not used for 90 days", strings.Join(groups, ", "))
	case len(idle) > 0:
		say("%d of %d rights were not used for 90 days: give them for the days they are needed (an expiry in Special:UserRights)", len(idle), len(a.Rights))
	}
	if a.Keys == 0 {
		say("no key: invite the account to make one; until then it can approve nothing")
	}
	if a.Keys == 1 {
		say("one key: a second one spares the recovery when the first is lost")
	}
	if n := len(a.Scripts); n > 0 {
		text := fmt.Sprintf("runs %d scripts by %d others while it holds power", n, len(a.Authors))
		if s.Seen != nil && a.Unseen > 0 {
			text += fmt.Sprintf(", %d of which nobody looked at", a.Unseen)
		}
		say("%s: no user scripts in privileged sessions, or an account of its own for the rights", text)
	}
}

// idleGroups are the groups of an account that give it some power, all of which is idle or comes from another group, too.
func (s *Survey) idleGroups(a *Account, idle []string) []string {
	var out []string
	for _, g := range a.Groups {
		gives, needed := false, false
		for _, r := range a.Rights {
			if !slices.Contains(s.Groups[g], r.Name) || s.elsewhere(a, g, r.Name) {
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
