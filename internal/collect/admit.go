package collect

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"sallyport/internal/violation"
)

// admission holds back invented hosts: folding is of no use against somebody who reports a new host each time. A key that
// several senders report gets in all the same.
type admission struct {
	limits  Limits
	seed    maphash.Seed
	mu      *sync.Mutex
	day     violation.Day
	keys    map[uint64]struct{} // admitted today, by hash
	hour    int64
	firsts  map[uint64]int // by sender, this hour
	minute  int64
	all     int
	waiting map[uint64][]uint64 // senders of keys that are not in yet
}

// maxWaiting bounds the keys that wait for more senders. When it is full, all of them start again.
const maxWaiting = 4096

func newAdmission(l Limits) admission {
	return admission{limits: l, seed: maphash.MakeSeed(), mu: &sync.Mutex{}}
}

// key says whether a key is told apart, or counted under [violation.Other].
func (a *admission) key(k *violation.Key, from *sender, now time.Time) bool {
	h := maphash.Comparable(a.seed, *k)
	who := from.user
	if who == 0 {
		who = from.network
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(k.Day, now)
	if _, ok := a.keys[h]; ok {
		return true
	}
	if len(a.keys) >= a.limits.KeysADay || !a.fits(who) && !a.enough(h, who) {
		return false
	}
	a.keys[h] = struct{}{}
	delete(a.waiting, h)
	return true
}

// turn starts new counts when a day, an hour or a minute has begun.
func (a *admission) turn(day violation.Day, now time.Time) {
	if a.keys == nil || a.day != day {
		a.day, a.keys, a.waiting = day, map[uint64]struct{}{}, map[uint64][]uint64{}
	}
	if hour := now.Unix() / 3600; a.firsts == nil || a.hour != hour {
		a.hour, a.firsts = hour, map[uint64]int{}
	}
	if minute := now.Unix() / 60; a.minute != minute {
		a.minute, a.all = minute, 0
	}
}

// fits takes one of the new keys a sender and everybody may bring.
func (a *admission) fits(who uint64) bool {
	if a.all >= a.limits.NewByAll || a.firsts[who] >= a.limits.NewByUser || len(a.firsts) >= a.limits.KeysADay {
		return false
	}
	a.all++
	a.firsts[who]++
	return true
}

// enough says whether so many different senders have reported a key that nobody made it up.
func (a *admission) enough(h, who uint64) bool {
	if slices.Contains(a.waiting[h], who) {
		return false
	}
	if len(a.waiting) >= maxWaiting && a.waiting[h] == nil {
		clear(a.waiting)
	}
	a.waiting[h] = append(a.waiting[h], who)
	return len(a.waiting[h]) >= a.limits.NeededPeople
}
