// Package exposure remembers who was served which text: what somebody needs who has to say, after an incident, whom it reached.
//
//	an answer went out ──► [Log.Served], in memory: text and minute ──► set of accounts
//	                             │ every second, and at the end
//	                             ▼
//	                       the store ──► [Read]: each person's first minute and last, and in how many
//
// A process that is killed loses what it noted since the last second; nothing else is lost, and nothing counts twice: what is kept
// are sets, which are written again as they grow. What finds no room in memory is counted, and every answer says how much that was.
// The clock, the store and the numbers that tell sets apart are handed in.
package exposure

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"sallyport/internal/store"
)

// Options are what [New] needs; all are required.
type Options struct {
	Wiki  string // its id
	Store store.Exposures
	Days  int          // that are kept; 0: nothing is noted
	Part  func() int64 // a number at random
	Now   func() time.Time
	Log   *slog.Logger
}

// Log notes who was served what on one wiki. It is safe for concurrent use; a nil one notes nothing.
type Log struct {
	o Options

	mu   sync.Mutex
	sets map[key]*set
	most int // sets
	room int // people who still fit

	saving sync.Mutex // held while the store writes, so that no set is overtaken by what it was before
}

// key is one text of one page within a minute. No digest is everything that found no room.
type key struct {
	title  string
	digest store.Digest
	minute int64 // since 1970
}

// set is the people of a key. They are written again while they change, under the same part.
type set struct {
	part    int64
	people  map[int64]struct{}
	missed  int
	changed bool
}

// Bounds of what waits for the store.
const (
	maxSets   = 20_000
	maxPeople = 500_000
)

// New makes a log.
func New(o Options) *Log {
	return &Log{o: o, sets: map[key]*set{}, most: maxSets, room: maxPeople}
}

// On says whether anything is noted.
func (l *Log) On() bool { return l != nil && l.o.Days > 0 }

// Served notes that somebody got a text at a time: an account, [store.Nobody] or [store.Unknown]. It waits for nobody. The title is as
// people read it, and empty where it is not known.
func (l *Log) Served(at time.Time, title string, d store.Digest, person int64) {
	if !l.On() || d == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.set(key{title, d, minuteOf(at)})
	if _, there := s.people[person]; there {
		return
	}
	if s.changed = true; s.people == nil || l.room == 0 {
		s.missed++
		return
	}
	l.room--
	s.people[person] = struct{}{}
}

// Missed notes that somebody got something of which is not known what.
func (l *Log) Missed(at time.Time) {
	if !l.On() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.set(key{minute: minuteOf(at)})
	s.missed, s.changed = s.missed+1, true
}

// set finds or makes one; of what has no room, that of the minute.
func (l *Log) set(k key) *set {
	if s := l.sets[k]; s != nil {
		return s
	}
	if len(l.sets) >= l.most && k.digest != "" {
		return l.set(key{minute: k.minute})
	}
	s := &set{part: l.o.Part()}
	if k.digest != "" {
		s.people = map[int64]struct{}{}
	}
	l.sets[k] = s
	return s
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// Flush gives the store what it has not got. When that fails, it is all still here for the next time.
func (l *Log) Flush(ctx context.Context) error {
	if !l.On() {
		return nil
	}
	l.saving.Lock()
	defer l.saving.Unlock()
	rows := l.due()
	for _, r := range rows {
		slices.Sort(r.People)
	}
	err := l.o.Store.SaveExposures(ctx, rows...)
	if err != nil {
		l.again(rows)
		return err
	}
	l.forget()
	return nil
}

// due takes copies of the sets that changed.
func (l *Log) due() (rows []store.Exposure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, s := range l.sets {
		if s.changed {
			s.changed = false
			rows = append(rows, store.Exposure{
				Wiki: l.o.Wiki, Title: k.title, Digest: k.digest, Minute: time.Unix(60*k.minute, 0), Part: s.part,
				People: slices.Collect(maps.Keys(s.people)), Missed: s.missed,
			})
		}
	}
	return rows
}

// again has sets written once more.
func (l *Log) again(rows []store.Exposure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rows {
		l.sets[key{r.Title, r.Digest, minuteOf(r.Minute)}].changed = true
	}
}

// forget drops sets of minutes that are over, once they are written. Who is found to belong to one later begins another part of it.
func (l *Log) forget() {
	now := minuteOf(l.o.Now())
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, s := range l.sets {
		if !s.changed && k.minute < now {
			l.room += len(s.people)
			delete(l.sets, k)
		}
	}
}

// How often the store gets what was noted, and how often what is too old is removed.
const (
	flushEvery = time.Second
	purgeEvery = time.Hour
)

// Run gives the store what is noted, and removes what is older than is kept, until ctx ends. What is noted after that wants one more
// [Log.Flush].
func (l *Log) Run(ctx context.Context) error {
	if !l.On() {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var purged time.Time
	for silent := false; ; {
		err := l.Flush(ctx)
		if now := l.o.Now(); err == nil && now.Sub(purged) >= purgeEvery {
			purged = now
			err = l.o.Store.ForgetExposures(ctx, l.o.Wiki, now.AddDate(0, 0, -l.o.Days))
		}
		if err != nil && ctx.Err() == nil && !silent {
			l.o.Log.Error("who was served what is not kept; it waits in memory", "wiki", l.o.Wiki, "err", err)
		}
		silent = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
