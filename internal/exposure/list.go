package exposure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/store"
)

// ErrTooMany says that more people were served something than are listed at once.
var ErrTooMany = errors.New("more people than are listed at once: ask for less time, or for one text")

// maxListed bounds the people, and the texts, of one answer.
const maxListed = 1_000_000

// Times are when something was served: the first minute and the last, and in how many minutes it was.
type Times struct {
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Minutes int       `json:"minutes"`
}

// add notes a minute; they come in order.
func (t *Times) add(minute time.Time) {
	if t.Minutes == 0 {
		t.First = minute
	}
	if t.Minutes == 0 || t.Last.Before(minute) {
		t.Last = minute
		t.Minutes++
	}
}

// Person is somebody who was served it.
type Person struct {
	ID int64 `json:"id"`
	Times
}

// Text is one of the texts.
type Text struct {
	Title  string       `json:"title"`
	SHA256 store.Digest `json:"sha256"`
	People int          `json:"people"` // accounts
	Times
}

// List answers who was served something.
type List struct {
	People  []Person // accounts, the earliest first
	Nobody  Times    // to people who were not logged in; Minutes is 0 when there were none
	Unknown Times    // to people of whom the wiki did not say who they were
	Texts   []Text   // the newest first
	Missed  int      // times that something was served of which is not known what, or to whom
}

// Read asks a store. Each person and each text is listed once; people who are no account are not counted, only when they came.
func Read(ctx context.Context, s store.Exposures, wiki string, q store.ExposureQuery) (*List, error) {
	l := &listing{people: map[int64]*Times{}, texts: map[key]*text{}}
	err := s.EachExposure(ctx, wiki, q, l.add)
	if err != nil {
		return nil, err
	}
	return l.list(), nil
}

// Popular counts accounts that were served a page since a time. It stops counting at most.
func Popular(ctx context.Context, s store.Exposures, wiki, title string, since, now time.Time, most int) (int, error) {
	seen := map[int64]struct{}{}
	err := s.EachExposure(ctx, wiki, store.ExposureQuery{Title: title, From: since, To: now}, func(e store.Exposure) error {
		for _, id := range e.People {
			if id > store.Nobody {
				seen[id] = struct{}{}
			}
		}
		if len(seen) >= most {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return min(len(seen), most), err
}

var errEnough = errors.New("enough")

type text struct {
	Times
	people map[int64]struct{}
}

type listing struct {
	people map[int64]*Times
	texts  map[key]*text
	missed int
}

func (l *listing) add(e store.Exposure) error {
	l.missed += e.Missed
	if e.Digest == "" {
		return nil
	}
	k := key{title: e.Title, digest: e.Digest}
	t := l.texts[k]
	if t == nil {
		t = &text{people: map[int64]struct{}{}}
		l.texts[k] = t
	}
	t.add(e.Minute)
	for _, id := range e.People {
		p := l.people[id]
		if p == nil {
			p = &Times{}
			l.people[id] = p
		}
		p.add(e.Minute)
		if id > store.Nobody {
			t.people[id] = struct{}{}
		}
	}
	if len(l.people) > maxListed || len(l.texts) > maxListed {
		return fmt.Errorf("%w (%d)", ErrTooMany, maxListed)
	}
	return nil
}

func (l *listing) list() *List {
	all := &List{Missed: l.missed}
	for id, t := range l.people {
		switch id {
		case store.Nobody:
			all.Nobody = *t
		case store.Unknown:
			all.Unknown = *t
		default:
			all.People = append(all.People, Person{id, *t})
		}
	}
	slices.SortFunc(all.People, func(a, b Person) int { return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.ID, b.ID)) })
	for k, t := range l.texts {
		all.Texts = append(all.Texts, Text{k.title, k.digest, len(t.people), t.Times})
	}
	slices.SortFunc(all.Texts, func(a, b Text) int {
		return cmp.Or(b.Last.Compare(a.Last), b.First.Compare(a.First), cmp.Compare(a.Title, b.Title), cmp.Compare(a.SHA256, b.SHA256))
	})
	return all
}
