package collect

import (
	"sync"
	"time"
)

// Limits bound what one reader, one network or everybody can make a collector remember. Zero values mean the defaults.
type Limits struct {
	UserRate, UserBurst       float64 // reports a second, and at once: 2, 600
	NetworkRate, NetworkBurst float64 // 50, 5,000

	NewByUser    int // keys that one person (or, not logged in, one network) may be the first to report in an hour: 40
	NewByAll     int // and everybody together in a minute: 600
	KeysADay     int // and altogether on a day: 50,000
	NeededPeople int // so many senders get a key in in spite of the first two: 3

	KeysAtOnce int // keys in memory between two flushes: 20,000
}

func (l Limits) withDefaults() Limits {
	set := func(v *float64, or float64) {
		if *v == 0 {
			*v = or
		}
	}
	count := func(v *int, or int) {
		if *v == 0 {
			*v = or
		}
	}
	set(&l.UserRate, 2)
	set(&l.UserBurst, 600)
	set(&l.NetworkRate, 50)
	set(&l.NetworkBurst, 5000)
	count(&l.NewByUser, 40)
	count(&l.NewByAll, 600)
	count(&l.KeysADay, 50_000)
	count(&l.NeededPeople, 3)
	count(&l.KeysAtOnce, 20_000)
	return l
}

// buckets are token buckets in a table of fixed size. Two senders whose numbers fall into one slot share it.
type buckets struct {
	rate, most float64
	mu         sync.Mutex
	slots      [4096]struct {
		used float64
		at   int64 // nanoseconds
	}
}

// allow takes a token for a sender.
func (b *buckets) allow(who uint64, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.slots[who>>1%uint64(len(b.slots))]
	at := now.UnixNano()
	s.used = max(0, s.used-b.rate*float64(at-s.at)/1e9)
	s.at = at
	if s.used+1 > b.most {
		return false
	}
	s.used++
	return true
}
