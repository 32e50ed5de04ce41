package incident

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// State is how things stand.
type State struct {
	Open     bool     `json:"open"` // all code writes are held
	Dark     bool     `json:"dark"` // user code is off for everybody
	DryRun   bool     `json:"dry_run"`
	Sessions int      `json:"sessions"` // for which user code is off
	Accounts int      `json:"accounts"` // likewise, because their owners reported a change
	Pages    []string `json:"pages"`    // that are served to nobody, folded
	Trips    []Trip   `json:"trips"`    // oldest first
	Steps    int      `json:"steps"`    // that wait for a second one
}

// State says how things stand.
func (b *Breaker) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := State{Open: b.dark || b.open && !b.set.DryRun, Dark: b.dark, DryRun: b.set.DryRun, Accounts: len(b.reported), Trips: slices.Clone(b.last), Steps: len(b.steps)}
	if !b.set.DryRun {
		s.Sessions, s.Pages = len(b.off), slices.Sorted(maps.Keys(b.bad))
	}
	return s
}

// Explain says how things stand, why, and by which numbers, in lines for people.
func (b *Breaker) Explain() string {
	s := b.State()
	var text strings.Builder
	switch {
	case s.Dark:
		text.WriteString("Pulled: user code is off for everybody, and all changes of code are held, until somebody resets it.\n")
	case s.Open:
		text.WriteString("Tripped: all changes of code are held until somebody resets it.\n")
	case s.Sessions+s.Accounts > 0:
		text.WriteString("Changes of code go on.\n")
	default:
		text.WriteString("Nothing is held.\n")
	}
	if !s.Dark && s.Sessions+s.Accounts > 0 {
		fmt.Fprintf(&text, "User code is off for %d sessions and %d accounts.\n", s.Sessions, s.Accounts)
	}
	if len(s.Pages) > 0 {
		fmt.Fprintf(&text, "Served to nobody: %s.\n", strings.Join(s.Pages, ", "))
	}
	if s.DryRun {
		text.WriteString("A dry run: what is below would have been held, and was not.\n")
	}
	for i := range s.Trips {
		text.WriteString("\n" + s.Trips[i].String())
	}
	fmt.Fprintf(&text, "\n%d steps are remembered, each a text that a session wrote after being served it.\nThe numbers:\n", s.Steps)
	for _, n := range b.set.Numbers() {
		fmt.Fprintf(&text, "  %-14s %-10v %s\n", n.Name, n.Value, n.Why)
	}
	return text.String()
}

// String is the alarm: what happened, whom it concerns, and what to do next.
func (t Trip) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", t.At.UTC().Format("2006-01-02 15:04:05"), t.Rule)
	for _, r := range t.Reasons {
		fmt.Fprintf(&text, "  %s\n", r)
	}
	if len(t.Accounts) > 0 {
		fmt.Fprintf(&text, "  accounts: %s\n", strings.Join(t.Accounts, ", "))
	}
	if len(t.Pages) > 0 {
		fmt.Fprintf(&text, "  pages: %s\n", strings.Join(t.Pages, ", "))
	}
	text.WriteString("  next: read these pages in safe mode; put them back if they are hostile; then reset, saying whether it was harmless\n")
	return text.String()
}
