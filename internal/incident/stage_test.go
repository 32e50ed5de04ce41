package incident

import (
	"fmt"
	"math/rand/v2"
	"time"

	"sallyport/internal/writedoor"
)

// stage is a wiki without a wiki: pages with their texts, and a breaker that sees who gets and who writes them.
type stage struct {
	*Breaker
	r     *rand.Rand
	now   time.Time
	pages map[string]string
	read  map[string]Sketch // of texts
	trips []Trip
	held  int
	asked int
}

func newStage(seed uint64, s Settings) *stage {
	at := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	return &stage{Breaker: New(s, at), r: rand.New(rand.NewPCG(seed, 7)), now: at, pages: map[string]string{}, read: map[string]Sketch{}}
}

func (s *stage) pass(d time.Duration) { s.now = s.now.Add(d) }

// between is a time from low to high, many short ones and few long.
func (s *stage) between(low, high time.Duration) time.Duration {
	x := s.r.Float64()
	return low + time.Duration(x*x*float64(high-low))
}

func (s *stage) sketch(text string) Sketch {
	k, ok := s.read[text]
	if !ok {
		k = Read(text)
		s.read[text] = k
	}
	return k
}

type someone struct {
	id   int64
	name string
}

func person(i int) someone { return someone{int64(i), fmt.Sprintf("P%d", i)} }

func (p someone) page(name string) string { return "User:" + p.name + "/" + name }

func (p someone) session() Session { return SessionOf(p.name) }

// serve sends pages to somebody's browser.
func (s *stage) serve(p someone, pages ...string) {
	for _, page := range pages {
		owner := ""
		if rest, ok := cutPrefix(page, "User:"); ok {
			owner = rest
		}
		s.Served(Serving{Time: s.now, User: p.id, Session: p.session(), Page: page, Owner: owner, Code: s.sketch(s.pages[page])})
	}
}

func cutPrefix(page, prefix string) (owner string, ok bool) {
	if len(page) < len(prefix) || page[:len(prefix)] != prefix {
		return "", false
	}
	for i, c := range page[len(prefix):] {
		if c == '/' {
			return page[len(prefix) : len(prefix)+i], true
		}
	}
	return page[len(prefix):], true
}

type how struct{ approved, waits, pressed, bot bool }

// write saves a page of code, unless it is held.
func (s *stage) write(p someone, page, text string, h how) Decision {
	e := Event{Time: s.now, User: p.id, Name: p.name, Session: p.session(), Kind: writedoor.Edit, Page: page, Added: Added(s.pages[page], text),
		Approved: h.approved, Waits: h.waits, Pressed: h.pressed, Bot: h.bot, Victim: Site, Tier: writedoor.SiteCode}
	if owner, ok := cutPrefix(page, "User:"); ok {
		e.Victim, e.Tier = owner, writedoor.OthersCode
		if owner == p.name {
			e.Tier = writedoor.OwnCode
		}
	}
	d := s.saw(e)
	if !d.Hold && !h.waits {
		s.pages[page] = text
	}
	return d
}

func (s *stage) saw(e Event) Decision {
	d := s.Saw(e)
	s.asked++
	if d.Trip != nil {
		s.trips = append(s.trips, *d.Trip)
	}
	if d.Hold {
		s.held++
	}
	return d
}

// does is a write that changes no code.
func (s *stage) does(p someone, kind writedoor.Kind, h how) Decision {
	return s.saw(Event{Time: s.now, User: p.id, Name: p.name, Session: p.session(), Kind: kind, Tier: writedoor.None, Pressed: h.pressed, Bot: h.bot})
}

func loader(page string) string { return "importScript('" + page + "');\n" }
