package sandbox

import (
	"maps"
	"slices"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/gate"
	"sallyport/internal/trace"
)

// spec says what one run is made of.
type spec struct {
	persona  decoy.Persona
	page     Page
	stage    trace.Stage
	base     bool // without the script
	host     string
	id       string // wgDBname
	skin     string
	lang     string
	locale   string
	timezone string
	clock    time.Time
	forward  time.Duration
	referrer string
	visits   int
	answer   decoy.Answer
	turns    map[int]gate.Turn
	call     bool  // at the end, what has not run in any run so far
	calls    []int // these functions, then
	chance   *float64
	active   bool // somebody reads the page: moves, types, scrolls, looks elsewhere
	explore  int  // rounds of pressing what the script made
	storage  map[string]string
	agent    string
	width    int
	height   int
	offline  bool
	config   map[string]any
	options  map[string]any // preferences
	cookies  map[string]string
	query    string // further parameters of the address, or a fragment
	honey    bool   // with the elements that the script looks for
	picture  bool
}

// setup is what the log says of the run.
func (s *spec) setup(u *subject, tier Tier) *trace.Setup {
	out := &trace.Setup{
		Base: s.base, Tier: string(tier), Host: s.host, Skin: s.skin, Language: s.lang, Referrer: s.referrer, Answer: string(s.answer), Forward: float64(s.forward / time.Millisecond),
		Visit: s.visits, Gates: slices.Sorted(maps.Keys(s.turns)),
	}
	if !s.clock.IsZero() {
		out.Clock = float64(s.clock.UnixMilli())
	}
	if !s.base && u != nil {
		out.Path, out.SHA256, out.Title = u.Path, u.sum, u.Title
	}
	return out
}
