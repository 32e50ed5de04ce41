package narrow

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// Stages are the shares of people, in percent, that a policy is rolled out in.
var stages = []int{1, 5, 25, 100}

// Rollout is a policy on its way from a draft to what everybody has. Until a reader's turn it only reports.
type Rollout struct {
	ID      string    `json:"id"`
	Policy  string    `json:"policy"`
	Share   int       `json:"share"` // percent; 0: for nobody yet
	Since   time.Time `json:"since"` // of this share
	Halted  string    `json:"halted,omitempty"`
	Says    Saying    `json:"halted_says,omitzero"` // the same, when it halted by itself
	Expects []Loss    `json:"expects,omitempty"`    // what the simulation said would be lost
}

// Next is the share after this one; 100 stays.
func (r *Rollout) Next() int {
	for _, s := range stages {
		if s > r.Share {
			return s
		}
	}
	return 100
}

// Enforced says whether it is somebody's turn. Who has it once keeps it while the share grows; who comes first is different
// in every roll-out. An empty name is a reader who is not logged in: their pages are cached, so they change last and at once.
func (r *Rollout) Enforced(user string) bool {
	switch {
	case r.Halted != "" || r.Share == 0:
		return false
	case user == "" || r.Share >= 100:
		return r.Share >= 100
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.ID + "\x00" + user)) // a hash takes everything
	return mix(h.Sum64())%100 < uint64(r.Share)
}

// mix spreads a sum whose last bits are those of the last letter (the finaliser of MurmurHash3).
func mix(x uint64) uint64 {
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// Limits say when a roll-out halts by itself.
type Limits struct {
	People int // who lose something that the simulation did not foresee; one more halts
	// Percent of the people whom the simulation foresaw, of the share they are asked with: more halt it.
	Percent int
}

// Surprise compares what was lost since the share was set with what was foreseen. It is zero when all is well.
func (r *Rollout) Surprise(lost []Loss, l Limits) Saying {
	for _, x := range lost {
		i := slices.IndexFunc(r.Expects, func(e Loss) bool { return e.Directive == x.Directive && e.Blocked == x.Blocked })
		said, unknown := []any{x.People, x.Blocked, x.Directive}, "-unknown"
		if len(x.Scripts) > 0 {
			said, unknown = append(said, strings.Join(x.Scripts, ", ")), ""
		}
		switch {
		case i < 0 && x.People > l.People:
			return say("surprise-new"+unknown, said...)
		case i >= 0 && x.People > l.People && x.People*100*100 > r.Expects[i].People*r.Share*l.Percent:
			return say("surprise-more"+unknown, append(said, r.Expects[i].People)...)
		}
	}
	return Saying{}
}
