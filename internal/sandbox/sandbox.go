// Package sandbox finds out what a script does by running it: as several people, on several pages, on several days, in a sealed
// browser in front of a decoy of the wiki.
//
//	script ──► read: what it compares the world with ──► plan: personas × pages × clocks × … ──► runs ──► log ──► verdict
//	                                                                                              │
//	                        a browser of its own, a window for each run                           │
//	                        ┌─────────────────────────────────────────────────────────┐          │
//	                        │ load · let a moment pass · read the page · let days pass │ ◄────────┘
//	                        │ · press what the script made · turn its conditions       │
//	                        └─────────────────────────────────────────────────────────┘
//
// What is seen is told in stages, because it weighs differently: what happens by loading the page (natural), when time passes
// (clock), when somebody presses what the script itself put there (explored), and only when one of its conditions is turned
// (forced: possible, not seen). The same persona on the same page without the script is the baseline, and is taken out.
//
// The log is all that counts: package trace reads the verdict from it. A run whose instrumentation was not heard of, or that a
// limit ended, is invalid and makes the verdict unknown, never clean.
package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// Tier is how much trouble is taken.
type Tier string

// Tiers.
const (
	Quick    Tier = "quick"    // about ten runs
	Standard Tier = "standard" // about eighty
	Deep     Tier = "deep"     // until coverage stops growing, at most a minute
)

// Options say how scripts are run. The zero value is fine.
type Options struct {
	Tier     Tier // [Standard]
	Windows  int  // runs at once in one browser [2]
	Browser  browser.Options
	Library  *decoy.Library  // scripts that others import
	Snapshot decoy.Source    // a recorded wiki; nil: the pretend one
	People   []decoy.Persona // as whom scripts are run; empty: the pretend wiki's
	Pages    []Page          // on which scripts are run; empty: [StandardPages]
	Host     string          // of the decoy ["wiki.test"]
	Hosts    []string
	Allowed  []string // hosts that scripts may contact
	Now      time.Time
	Budget   time.Duration // of a deep look at one script [60 s]
	Pictures bool
	Limits   browser.Limits // of one run [30 s, and 3 s without yielding]
	Log      *slog.Logger
	Progress func(Progress) // one call at a time for each script
	// Until ends the look early once what is known so far is enough. It is asked after every run; nil never is enough.
	Until func(*trace.Report) bool
}

// Progress is how far the look at one script has come.
type Progress struct {
	Path      string
	Runs      int
	Expected  int
	Ran, All  int // functions
	Seconds   float64
	Functions float64
}

// Picture is what a page looked like.
type Picture struct {
	Caption string
	PNG     []byte
}

// Result is what is known of one script.
type Result struct {
	Log       *trace.Log
	Report    *trace.Report
	Pictures  []Picture
	Isolation browser.Isolation
	Runs      int
	Took      time.Duration
}

// Sandbox runs scripts. Its methods may be called from several goroutines.
type Sandbox struct {
	o        Options
	people   []decoy.Persona
	revision string // of a diff on the pretend wiki
	limits   browser.Limits
	word     string // random, in our people's names
	*memory
}

// memory is what looks at different scripts have in common.
type memory struct {
	mu        sync.Mutex
	baselines map[string][]trace.Event
	names     map[string]names // of scripts in the library, by their text
}

// New makes a sandbox.
func New(o Options) (*Sandbox, error) {
	o.Tier, o.Windows, o.Host = cmp.Or(o.Tier, Standard), cmp.Or(o.Windows, 2), cmp.Or(o.Host, "wiki.test")
	o.Budget = cmp.Or(o.Budget, time.Minute)
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Library == nil {
		o.Library = &decoy.Library{}
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Browser.Proof == nil {
		o.Browser.Proof = &browser.Proof{}
	}
	s := &Sandbox{o: o, people: o.People, revision: "6", memory: &memory{baselines: map[string][]trace.Event{}, names: map[string]names{}}}
	s.word = capital(decoy.Word(6))
	if len(s.people) == 0 {
		s.people = decoy.People(s.word, o.Now)
	}
	s.limits = o.Limits
	s.limits.Wall, s.limits.Loop = cmp.Or(s.limits.Wall, 30*time.Second), cmp.Or(s.limits.Loop, 3*time.Second)
	return s, nil
}

func capital(w string) string { return strings.ToUpper(w[:1]) + w[1:] }

// Run looks at one script.
func (s *Sandbox) Run(ctx context.Context, script Script) (*Result, error) {
	began := time.Now()
	u := s.read(script)
	b, err := browser.Start(ctx, s.o.Browser)
	if err != nil {
		return nil, fmt.Errorf("start the sealed browser: %w", err)
	}
	defer func() { _ = b.Close() }() // it kills what is left
	l := &look{s: s, u: u, b: b, began: began, isolation: b.Isolation()}
	if err := l.furnish(); err != nil {
		return nil, fmt.Errorf("make a decoy for %s: %w", script.Path, err)
	}
	if err := l.all(ctx); err != nil {
		return nil, err
	}
	if len(l.events) == 0 {
		return nil, errors.New("no run was made")
	}
	log := trace.NewLog(l.events)
	return &Result{Log: log, Report: l.judge(log), Pictures: l.pictures, Isolation: l.isolation, Runs: l.runs, Took: time.Since(began)}, nil
}
