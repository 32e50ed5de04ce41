package incident

import (
	"fmt"
	"strings"
	"time"
)

// State is how things stand.
type State struct {
	Open     bool // all code writes are held
	DryRun   bool
	Sessions int // for which user code is off
	Pages    []string
	Trips    []Trip // oldest first
	Steps    int    // that wait for a second one
	Now      time.Time
}

// State says how things stand.
func (b *Breaker) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := State{Open: b.open && !b.set.DryRun, DryRun: b.set.DryRun, Sessions: len(b.off), Trips: append([]Trip{}, b.last...), Steps: len(b.steps), Now: b.seen}
	if n := len(b.last); n > 0 {
		s.Pages = b.last[n-1].Pages
	}
	return s
}

// Explain says how things stand, why, and by which numbers, in lines for people.
func (b *Breaker) Explain() string {
	s := b.State()
	var text strings.Builder
	switch {
	case s.Open:
		text.WriteString("Tripped: all changes of code are held until somebody resets it.\n")
	case s.Sessions > 0 && !s.DryRun:
		fmt.Fprintf(&text, "User code is off for %d sessions; other changes of code go on.\n", s.Sessions)
	default:
		text.WriteString("Nothing is held.\n")
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
