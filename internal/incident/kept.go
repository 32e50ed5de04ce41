package incident

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// memory is what a breaker must not forget when the program ends: what is stopped, why, and the steps that wait for a second
// one. What was served to whom is not in it: pages that people open tell it anew.
type memory struct {
	Resets   int        `json:"resets"`
	Open     bool       `json:"open,omitempty"`
	Dark     bool       `json:"dark,omitempty"`
	Sessions []Session  `json:"sessions,omitempty"`
	Accounts []int64    `json:"accounts,omitempty"`
	Pages    []string   `json:"pages,omitempty"`
	Known    []string   `json:"known,omitempty"`
	Trips    []Trip     `json:"trips,omitempty"`
	Steps    []keptStep `json:"steps,omitempty"`
}

// keptStep is a step in writing.
type keptStep struct {
	At      time.Time    `json:"at"`
	User    int64        `json:"user"`
	Name    string       `json:"name"`
	Session Session      `json:"session"`
	Title   string       `json:"title"`
	Victim  string       `json:"victim"`
	Own     bool         `json:"own,omitempty"`
	Quick   bool         `json:"quick,omitempty"`
	Pressed bool         `json:"pressed,omitempty"`
	Waits   bool         `json:"waits,omitempty"`
	Further bool         `json:"further,omitempty"`
	Relays  bool         `json:"relays,omitempty"`
	ID      []byte       `json:"id"`
	Prints  []uint64     `json:"prints,omitempty"`
	Cut     bool         `json:"cut,omitempty"`
	Names   []string     `json:"names,omitempty"`
	Sources []keptSource `json:"sources,omitempty"`
}

type keptSource struct {
	Key   string    `json:"key"`
	Title string    `json:"title,omitempty"`
	At    time.Time `json:"at"`
	How   string    `json:"how"`
}

// maxKeptSteps bounds the steps in writing: the newest. Each may have 8 kB of fingerprints.
const maxKeptSteps = 200

// Changes counts what happened to the part of a breaker that [Breaker.Keep] writes down.
func (b *Breaker) Changes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changes
}

// Keep writes down what must survive a restart. changes is what [Breaker.Changes] was at that moment.
func (b *Breaker) Keep() (text []byte, changes int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	text, err = json.Marshal(b.memory())
	return text, b.changes, err
}

func (b *Breaker) memory() *memory {
	k := &memory{
		Resets: b.resets, Open: b.open, Dark: b.dark, Accounts: slices.Sorted(maps.Keys(b.reported)), Pages: slices.Sorted(maps.Keys(b.bad)),
		Known: slices.Sorted(maps.Keys(b.known)), Trips: b.last,
	}
	for s := range b.off {
		k.Sessions = append(k.Sessions, s)
	}
	if b.set.DryRun { // what it would have stopped must not be stopped once the run is no longer dry
		k.Open, k.Sessions, k.Pages = false, nil, nil
	}
	slices.SortFunc(k.Sessions, func(a, b Session) int { return slices.Compare(a[:], b[:]) })
	for _, s := range b.steps[max(0, len(b.steps)-maxKeptSteps):] {
		k.Steps = append(k.Steps, s.keep())
	}
	return k
}

// Restore takes over what was written down. What this breaker stopped itself since then stays stopped, unless somebody has
// reset the other since.
func (b *Breaker) Restore(text []byte) error {
	var k memory
	if err := json.Unmarshal(text, &k); err != nil {
		return fmt.Errorf("read what a breaker kept: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if k.Resets > b.resets {
		b.open, b.dark, b.steps, b.saved = false, false, nil, nil
		clear(b.off)
		clear(b.reported)
		clear(b.bad)
	}
	if k.Resets >= b.resets {
		b.open, b.dark = b.open || k.Open, b.dark || k.Dark
		b.add(&k)
	}
	b.resets = max(b.resets, k.Resets)
	b.changes++
	return nil
}

// add takes in what another knows.
func (b *Breaker) add(k *memory) {
	b.close(k.Sessions, k.Pages)
	for _, user := range k.Accounts[:min(len(k.Accounts), b.set.Accounts)] {
		b.reported[user] = true
	}
	for _, key := range k.Known[:min(len(k.Known), b.set.Scripts)] {
		b.known[key] = true
	}
	for i := range k.Trips {
		t := &k.Trips[i]
		if !slices.ContainsFunc(b.last, func(o Trip) bool { return o.At.Equal(t.At) && o.Rule == t.Rule }) {
			b.last = append(b.last, *t)
		}
	}
	slices.SortStableFunc(b.last, func(a, b Trip) int { return a.At.Compare(b.At) })
	b.last = b.last[max(0, len(b.last)-maxTrips):]
	for i := range k.Steps {
		s := k.Steps[i].step()
		if !slices.ContainsFunc(b.steps, func(o step) bool { return o.at.Equal(s.at) && o.user == s.user && o.page == s.page }) {
			b.steps = append(b.steps, s)
		}
	}
	slices.SortStableFunc(b.steps, func(a, b step) int { return a.at.Compare(b.at) })
	b.steps = b.steps[max(0, len(b.steps)-b.set.Steps):]
}

func (s *step) keep() keptStep {
	k := keptStep{
		At: s.at, User: s.user, Name: s.name, Session: s.session, Title: s.title, Victim: s.victim, Own: s.own, Quick: s.quick, Pressed: s.pressed,
		Waits: s.waits, Further: s.further, Relays: s.relays, ID: s.added.ID[:], Prints: s.added.prints, Cut: s.added.cut, Names: s.added.names,
	}
	for _, from := range s.sources {
		k.Sources = append(k.Sources, keptSource{from.key, from.title, from.at, from.how})
	}
	return k
}

func (k *keptStep) step() step {
	s := step{
		at: k.At, user: k.User, name: k.Name, session: k.Session, page: fold(k.Title), title: k.Title, victim: k.Victim, own: k.Own, quick: k.Quick,
		pressed: k.Pressed, waits: k.Waits, further: k.Further, relays: k.Relays,
		added: Sketch{prints: k.Prints[:min(len(k.Prints), maxPrints)], cut: k.Cut, names: k.Names[:min(len(k.Names), maxNames)]},
	}
	copy(s.added.ID[:], k.ID)
	for _, from := range k.Sources {
		s.sources = append(s.sources, source{from.Key, fold(from.Title), from.Title, from.At, from.How})
	}
	return s
}
