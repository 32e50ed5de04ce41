package exposure

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Named is somebody who was served something, with what the wiki says of the account now.
type Named struct {
	Person
	Name     string   `json:"name"` // empty where the wiki knows none
	Groups   []string `json:"groups,omitempty"`
	Powerful bool     `json:"powerful"` // could harm others
}

// Answer is a [List] with names, those with power first, as pages, commands and JSON give it.
type Answer struct {
	Title    string       `json:"title,omitempty"`
	SHA256   store.Digest `json:"sha256,omitempty"`
	From     time.Time    `json:"from"` // minutes
	To       time.Time    `json:"to"`
	Power    int          `json:"powerful"` // of the people
	People   []Named      `json:"people"`
	Nobody   *Times       `json:"not_logged_in,omitempty"`
	Unknown  *Times       `json:"not_known,omitempty"`
	Texts    []Text       `json:"texts"`
	Missed   int          `json:"missed"`
	Nameless bool         `json:"nameless,omitempty"` // the wiki was not asked for all names
}

// Asking is what it takes to answer.
type Asking struct {
	Store store.Exposures
	Wiki  string
	Days  int // that are kept
	// Users says what the wiki says of accounts now.
	Users func(ctx context.Context, ids []int64) (map[int64]wiki.User, error)
	// Powerful says whether an account could harm others.
	Powerful func(u wiki.User) bool
}

// mostNames bounds how many accounts the wiki is asked about for one answer.
const mostNames = 5000

// Answer answers a question. Where the wiki does not say who people are, they are told by their numbers.
func (a *Asking) Answer(ctx context.Context, q store.ExposureQuery) (*Answer, error) {
	l, err := Read(ctx, a.Store, a.Wiki, q)
	if err != nil {
		return nil, err
	}
	all := &Answer{Title: q.Title, SHA256: q.Digest, From: q.From, To: q.To, Texts: l.Texts, Missed: l.Missed, People: make([]Named, len(l.People))}
	for _, t := range []struct {
		from Times
		to   **Times
	}{{l.Nobody, &all.Nobody}, {l.Unknown, &all.Unknown}} {
		if t.from.Minutes > 0 {
			*t.to = &t.from
		}
	}
	ids := make([]int64, 0, len(l.People))
	for i, p := range l.People {
		all.People[i].Person = p
		ids = append(ids, p.ID)
	}
	users, err := a.Users(ctx, ids[:min(len(ids), mostNames)])
	all.Nameless = err != nil || len(ids) > mostNames
	for i := range all.People {
		n := &all.People[i]
		if u, ok := users[n.ID]; ok {
			n.Name, n.Groups, n.Powerful = u.Name, u.Groups, a.Powerful(u)
		}
		if n.Powerful {
			all.Power++
		}
	}
	slices.SortStableFunc(all.People, func(x, y Named) int { return cmp.Compare(rank(x.Powerful), rank(y.Powerful)) })
	return all, ctx.Err()
}

func rank(powerful bool) int {
	if powerful {
		return 0
	}
	return 1
}

// Table is the people as rows for a spreadsheet, with a heading; those who are no account come last.
func (a *Answer) Table() [][]string {
	table := [][]string{{"id", "name", "powerful", "first", "last", "minutes"}}
	row := func(id, name, powerful string, t Times) {
		table = append(table, []string{id, name, powerful, t.First.UTC().Format(time.RFC3339), t.Last.UTC().Format(time.RFC3339), strconv.Itoa(t.Minutes)})
	}
	for _, n := range a.People {
		row(strconv.FormatInt(n.ID, 10), n.Name, strconv.FormatBool(n.Powerful), n.Times)
	}
	if a.Nobody != nil {
		row("", "(not logged in)", "false", *a.Nobody)
	}
	if a.Unknown != nil {
		row("", "(not known)", "", *a.Unknown)
	}
	return table
}
