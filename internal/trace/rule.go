package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

// Rule looks for one thing in what a script did. A rule that package rule has too has the same name there.
type Rule struct {
	Name         string           // stable: it stands in JSON
	Severity     finding.Severity // the worst it says
	CWE          []int            // numbers in the Common Weakness Enumeration
	Doc          string           // first line: the title; then what is wrong with it and what to do
	Capabilities []capability.Name
	Run          func(*Pass)
}

// Title is the first line of the document.
func (r *Rule) Title() string {
	title, _, _ := strings.Cut(r.Doc, "\n")
	return title
}

// Pass is one log that all rules read.
type Pass struct {
	o         *Options
	log       *Log
	events    []*Event // without what the wiki does by itself
	runs      map[int]*Run
	compared  map[int]bool // runs whose page was also seen without the script
	confirmed map[*Event]bool
	pressed   map[*Event]bool // after the explorer began to press, where conditions are turned
	misled    map[*Event]bool // what leads elsewhere than the link said that was pressed
	gates     map[*Event]*Turned
	turned    []Turned
	self      *Self
	changes   map[change]bool
	marked    map[*Event][]string
	rule      *Rule

	findings     []Finding
	index        map[findingKey]int
	capabilities []Capability
}

// findingKey is what tells findings apart.
type findingKey struct {
	rule, message string
	asked         bool
}

// maxFindings and maxCapabilities bound a report; a script may do a million different things.
const (
	maxFindings     = 500
	maxCapabilities = 2000
)

// Of are the events of some kinds, run by run.
func (p *Pass) Of(kinds ...Kind) []*Event {
	var out []*Event
	for _, e := range p.events {
		if slices.Contains(kinds, e.Kind) {
			out = append(out, e)
		}
	}
	return out
}

// Asked says whether the person had a part in it: a button of the script's that was pressed, a question that was answered.
func (p *Pass) Asked(e *Event) bool { return e.Stage == Explored || p.pressed[e] || p.confirmed[e] }

// Weigh is the severity of what happens by itself, and of what happens when the person acts. A question on load is not
// yet a person who wanted something. What was only seen behind a turned condition is possible, not seen, and counts one
// less: unless it is as bad when the person acts, for then no condition in which it stands can make it good.
func (p *Pass) Weigh(e *Event, itself, asked finding.Severity) finding.Severity {
	s := itself
	switch {
	case e.Stage == Explored || p.pressed[e]:
		s = asked
	case p.confirmed[e]:
		s = max(asked, itself-2)
	}
	if e.Stage == Forced && asked < finding.Critical {
		s = max(s-1, finding.Note)
	}
	return s
}

// Report says that something is wrong, seen in an event. The same message is one finding however often it is seen, but what
// happens when the person acts and what happens by itself are two.
func (p *Pass) Report(e *Event, s finding.Severity, format string, args ...any) {
	p.report(e, s, false, format, args...)
}

// ReportWhen is Report for a message that goes on with what sets it off: "…, on load, without asking".
func (p *Pass) ReportWhen(e *Event, s finding.Severity, format string, args ...any) {
	p.report(e, s, true, format, args...)
}

func (p *Pass) report(e *Event, s finding.Severity, timed bool, format string, args ...any) {
	if s == finding.Note {
		return
	}
	message := clip(fmt.Sprintf(format, args...), maxWord)
	key := findingKey{p.rule.Name, message, p.Asked(e)}
	at, had := p.index[key]
	if !had {
		if len(p.findings) >= maxFindings {
			return
		}
		at = len(p.findings)
		p.index[key] = at
		p.findings = append(p.findings, Finding{Rule: p.rule.Name, Message: message, timed: timed})
	}
	p.findings[at].see(e, s, p.gates[e], p.when(e))
}

// Can says what the script can do, seen in an event.
func (p *Pass) Can(e *Event, c capability.Capability) {
	c.Target = clip(c.Target, 120)
	c.Trigger = p.trigger(e)
	c.Certainty = p.certainty(e)
	if e.Script != nil {
		c.Line = e.Script.Line
	}
	if len(p.capabilities) < maxCapabilities {
		p.capabilities = append(p.capabilities, Capability{c, e.Stage})
	}
}

func (p *Pass) trigger(e *Event) capability.Trigger {
	switch {
	case p.confirmed[e]:
		return capability.OnConfirmation
	case e.Stage == Explored:
		return capability.OnClick
	case e.Stage == Clock:
		return capability.OnTimer
	case e.Stage == Natural:
		return capability.OnLoad
	}
	return ""
}

// certainty: what was turned is possible; what nobody could be seen to cause, on a page that was never seen without the
// script, may be the wiki's own doing.
func (p *Pass) certainty(e *Event) capability.Certainty {
	switch {
	case e.Stage == Forced:
		return capability.Possible
	case e.Script == nil && !p.compared[e.Run]:
		return capability.Likely
	}
	return capability.Certain
}

// Turned is a condition that was forced.
type Turned struct {
	Text   string `json:"text"`             // its source
	Line   int    `json:"line,omitempty"`   // where it stands in the script
	Column int    `json:"column,omitempty"` //
	Asks   string `json:"asks,omitempty"`   // what it asks about: user, group, date, …
	To     string `json:"to,omitempty"`     // what it was turned to
}

func turnedBy(e *Event) *Turned {
	t := &Turned{Text: e.Data.Text, Asks: e.Data.Class, To: e.Data.Name}
	if e.Script != nil {
		t.Line, t.Column = e.Script.Line, e.Script.Column
	}
	return t
}

// waits says in words what a turned condition waits for, as package rule does.
func (t *Turned) waits() string {
	switch t.Asks {
	case "date", "visits":
		return "a date"
	case "user":
		return "a person"
	case "group", "right", "edit-count":
		return "people with rights"
	case "chance":
		return "a chance"
	case "referrer":
		return "where you come from"
	case "host", "database":
		return "a wiki"
	}
	return clip(t.Text, 80)
}

// see adds one sighting. What goes with the strongest stage is kept.
func (f *Finding) see(e *Event, s finding.Severity, t *Turned, when string) {
	f.Seen++
	if e.Stage.weight() > f.Stage.weight() {
		f.Stage, f.Gate, f.When = e.Stage, t, when
		f.Line, f.Column, f.Script = 0, 0, ""
		f.Personas, f.Pages, f.Evidence = nil, nil, nil
	}
	f.Severity = max(f.Severity, s)
	if e.Stage != f.Stage {
		return
	}
	if f.Line == 0 && e.Script != nil {
		f.Line, f.Column, f.Script = e.Script.Line, e.Script.Column, e.Script.URL
	}
	f.Personas, f.Pages = oneMore(f.Personas, e.Persona), oneMore(f.Pages, e.Page)
	if len(f.Evidence) < 10 {
		f.Evidence = append(f.Evidence, Evidence{e.Run, e.T})
	}
}

// said is the message with what sets it off, where that belongs to it.
func (f *Finding) said() string {
	if !f.timed || f.When == "" {
		return f.Message
	}
	return f.Message + ", " + f.When
}

// oneMore keeps a short list of different words in order.
func oneMore(list []string, word string) []string {
	if word == "" || len(list) >= maxNames {
		return list
	}
	at, had := slices.BinarySearch(list, word)
	if had {
		return list
	}
	return slices.Insert(list, at, word)
}

// compareFindings puts what is worst first.
func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Stage.weight(), a.Stage.weight()), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
}
