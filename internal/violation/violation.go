// Package violation holds what browsers report about a Content Security Policy, folded so that no row says what one person
// did: how many people met a blocked host on a day, and which script wanted it.
//
// Package collect makes rows, a store keeps them, package narrow reads them. Users are numbers that a key which is not
// here made of names; addresses have lost their query and, unless they are the wiki's own, their path.
package violation

import (
	"math/bits"
	"strings"
	"time"
)

// Day is a day in UTC: days since 1970-01-01.
type Day int32

// DayOf is the day of a moment.
func DayOf(t time.Time) Day { return Day(t.Unix() / 86400) }

// String is for instance "2026-11-21".
func (d Day) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

// Other stands for a host or a script of which too many came too fast to be told apart.
const Other = "(other)"

// Key is what reports are folded by.
type Key struct {
	Wiki      string
	Directive string // effective directive, for instance "script-src-elem"
	// Blocked is an origin ("https://cdn.example"), with the path when it is the wiki's own; or "inline", "eval",
	// "wasm-eval", "data:", "blob:"; or [Other].
	Blocked    string
	Source     string // the script that wanted it: a gadget, a path of the wiki, or an origin; empty when unknown
	ReportOnly bool
	Noise      Noise
	Day        Day
}

// Noise says why a report is probably not about the wiki. Such rows are kept apart, not thrown away.
type Noise string

// Kinds of noise.
const (
	None       Noise = ""
	Extension  Noise = "extension"  // a browser extension
	Injector   Noise = "injector"   // a virus scanner or a provider writes into pages
	Translator Noise = "translator" // a translation service shows the page
	InApp      Noise = "in-app"     // the browser inside another app
)

// Engines is a set of browser engines.
type Engines uint8

// Engines.
const (
	Chromium Engines = 1 << iota
	Firefox
	WebKit
	Unknown
)

// String is for instance "chromium, firefox".
func (e Engines) String() string {
	names := []string{"chromium", "firefox", "webkit", "unknown"}
	var list []string
	for ; e != 0; e &= e - 1 {
		if i := bits.TrailingZeros8(uint8(e)); i < len(names) {
			list = append(list, names[i])
		}
	}
	return strings.Join(list, ", ")
}

// Row is what is known about a key.
type Row struct {
	Key
	Count    int64 // of reports: a lower bound, and browsers differ; compare people, not counts
	Users    People
	Networks People // address prefixes the reports came from
	Engines  Engines
	First    time.Time
	Last     time.Time
}

// Add joins what another row knows about the same key.
func (r *Row) Add(o *Row) {
	r.Count += o.Count
	r.Users.Merge(&o.Users)
	r.Networks.Merge(&o.Networks)
	r.Engines |= o.Engines
	if r.First.IsZero() || !o.First.IsZero() && o.First.Before(r.First) {
		r.First = o.First
	}
	if o.Last.After(r.Last) {
		r.Last = o.Last
	}
}

// Batch is what one process folded in a few seconds. A store adds the rows of each ID once.
type Batch struct {
	ID   string
	Rows []Row
}
