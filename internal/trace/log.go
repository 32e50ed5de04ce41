package trace

import (
	"cmp"
	"maps"
	"slices"
)

// Log is a whole log in memory, run by run.
type Log struct {
	Runs []*Run // by number
}

// Run is one visit of one persona to one page.
type Run struct {
	Number  int
	Setup   Setup
	Persona string
	Page    string
	Stage   Stage
	Events  []*Event // in the order of the log; each has a stage
	Invalid string   // why nothing follows from what the run does not show; "" for a run that ran
}

// NewLog puts events in order.
func NewLog(events []Event) *Log {
	byNumber := map[int]*Run{}
	for i := range events {
		e := &events[i]
		r := byNumber[e.Run]
		if r == nil {
			r = &Run{Number: e.Run}
			byNumber[e.Run] = r
		}
		r.add(e)
	}
	l := &Log{Runs: slices.SortedFunc(maps.Values(byNumber), func(a, b *Run) int { return cmp.Compare(a.Number, b.Number) })}
	for _, r := range l.Runs {
		r.settle()
	}
	return l
}

func (r *Run) add(e *Event) {
	r.Events = append(r.Events, e)
	r.Persona, r.Page = cmp.Or(r.Persona, e.Persona), cmp.Or(r.Page, e.Page)
	if e.Kind == Begin && e.Setup != nil {
		r.Setup = *e.Setup
	}
	if e.Kind == Begin || e.Kind == Hello {
		r.Stage = cmp.Or(r.Stage, e.Stage)
	}
}

// settle gives every event what its run knows, and says whether the run is one.
func (r *Run) settle() {
	r.Stage = cmp.Or(r.Stage, Natural)
	var hello, end bool
	for _, e := range r.Events {
		e.Persona, e.Page = cmp.Or(e.Persona, r.Persona), cmp.Or(e.Page, r.Page)
		e.Stage = cmp.Or(e.Stage, r.Stage)
		hello = hello || e.Kind == Hello
		end = end || e.Kind == End
	}
	switch {
	case !hello:
		r.Invalid = "its page never came up (no hello)"
	case !end:
		r.Invalid = "it was cut off (no end)"
	}
}

// Isolation is the weakest level that kept any of the runs in: A, B or C; "" where the log does not say.
func (l *Log) Isolation() string {
	weakest := ""
	for _, r := range l.Runs {
		weakest = max(weakest, r.Setup.Isolation)
	}
	return weakest
}

// Has says whether something of a kind happened.
func (r *Run) Has(kinds ...Kind) bool {
	return slices.ContainsFunc(r.Events, func(e *Event) bool { return slices.Contains(kinds, e.Kind) })
}

// Of are the events of some kinds, run by run.
func (l *Log) Of(kinds ...Kind) []*Event {
	var out []*Event
	for _, r := range l.Runs {
		for _, e := range r.Events {
			if slices.Contains(kinds, e.Kind) {
				out = append(out, e)
			}
		}
	}
	return out
}

// Scripts are the logs of the scripts that a log holds, in the order of their paths, each with all baselines. A log of
// one script, or of runs that do not say, is given back as it is.
func (l *Log) Scripts() []*Log {
	type script struct{ path, sum string }
	byScript := map[script]*Log{}
	var bases []*Run
	for _, r := range l.Runs {
		if r.Setup.Base {
			bases = append(bases, r)
			continue
		}
		key := script{r.Setup.Path, r.Setup.SHA256}
		if byScript[key] == nil {
			byScript[key] = &Log{}
		}
		byScript[key].Runs = append(byScript[key].Runs, r)
	}
	if len(byScript) < 2 {
		return []*Log{l}
	}
	keys := slices.SortedFunc(maps.Keys(byScript), func(a, b script) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.sum, b.sum))
	})
	var out []*Log
	for _, k := range keys {
		one := byScript[k]
		one.Runs = append(slices.Clone(bases), one.Runs...)
		out = append(out, one)
	}
	return out
}

// Merge joins logs into one: runs keep their order and get new numbers.
func Merge(logs ...*Log) *Log {
	var events []Event
	number := 0
	for _, l := range logs {
		for _, r := range l.Runs {
			number++
			for _, e := range r.Events {
				moved := *e
				moved.Run = number
				events = append(events, moved)
			}
		}
	}
	return NewLog(events)
}
