package confirm

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// Bounds of what a page lists: changes that wait, and changes of the reader's own.
const (
	maxQueue = 100
	maxOwn   = 20
)

type queuePage struct {
	User   string
	Rows   []queueRow
	More   bool
	Wishes []wishRow
	Own    []queueRow
	Sort   string

	// What another order is asked for with: no second signature is needed to look at the same list again.
	Key   string
	Until int64
	Proof string
}

// queueRow is a change as reviewers choose among them.
type queueRow struct {
	*pending.Change
	Page  string
	Gains int // things a script could do that it could not before
	Grave bool
	Age   time.Duration
	Mine  bool // the reader sent it
	Lacks int  // approvals
	Said  int  // comments
}

// wishRow is a key that people are asked to vouch for.
type wishRow struct {
	store.Recovery
	Age time.Duration
}

func (c *origin) askQueue(v *visit) error {
	return c.askWho(v, "queue")
}

// reader is who looks at the queue: who signed just now, or proves that they did a while ago.
func (c *origin) reader(v *visit) (store.Key, error) {
	if v.FormValue("proof") == "" {
		return c.who(v, "queue", "", time.Hour)
	}
	until, err := c.soon(v, time.Hour)
	if err != nil {
		return store.Key{}, err
	}
	id := v.FormValue("key")
	if !c.proves("queue", id, until, v.FormValue("proof")) {
		return store.Key{}, pending.ErrSignature
	}
	key, err := c.Store.Key(v.Context(), c.Desk.Site().ID, id)
	if err == nil && !key.Good(c.Now()) {
		err = pending.ErrKey
	}
	return key, err
}

// queue lists what waits, in the order that was asked for: what is grave first, unless something else was.
func (c *origin) queue(v *visit) error {
	key, err := c.reader(v)
	if err != nil {
		return err
	}
	list, err := c.Store.Queue(v.Context(), c.Desk.Site().ID, c.Now(), maxQueue+1)
	if err != nil {
		return err
	}
	until := c.Now().Add(15 * time.Minute).Unix()
	body := queuePage{User: key.User, More: len(list) > maxQueue, Key: key.ID, Until: until, Proof: c.proof("queue", key.ID, until)}
	for _, w := range list[:min(len(list), maxQueue)] {
		ch, err := c.Desk.Change(v.Context(), w.ID)
		if err != nil {
			return err
		}
		body.Rows = append(body.Rows, c.row(ch, key.UserID))
	}
	own, err := c.Desk.Of(v.Context(), key.UserID, maxOwn)
	if err != nil {
		return err
	}
	for _, ch := range own {
		body.Own = append(body.Own, c.row(ch, key.UserID))
	}
	if body.Wishes, err = c.wishes(v); err != nil {
		return err
	}
	body.Sort = sortRows(body.Rows, v.FormValue("sort"))
	return c.show(v, http.StatusOK, "queue", "queue-title", body)
}

func (c *origin) wishes(v *visit) (rows []wishRow, err error) {
	if c.vouching == nil {
		return nil, nil
	}
	list, err := c.vouching.Open(v.Context())
	for _, r := range list {
		rows = append(rows, wishRow{r, c.Now().Sub(r.Created)})
	}
	return rows, err
}

// sortRows puts rows into an order, within which the oldest come first, and says which one it was.
func sortRows(rows []queueRow, by string) string {
	orders := map[string]func(a, b queueRow) int{
		"risk": func(a, b queueRow) int { return cmp.Compare(grade(b), grade(a)) },
		"age":  func(queueRow, queueRow) int { return 0 },
		"page": func(a, b queueRow) int { return strings.Compare(a.Page, b.Page) },
		"by":   func(a, b queueRow) int { return strings.Compare(a.User, b.User) },
		"lack": func(a, b queueRow) int { return cmp.Compare(a.Lacks, b.Lacks) },
	}
	if orders[by] == nil {
		by = "risk"
	}
	slices.SortStableFunc(rows, func(a, b queueRow) int { return cmp.Or(orders[by](a, b), cmp.Compare(b.Age, a.Age)) })
	return by
}

func grade(r queueRow) int {
	if r.Grave {
		return 1000 + r.Gains
	}
	return r.Gains
}

func (c *origin) row(ch *pending.Change, reader int64) queueRow {
	r := queueRow{
		Change: ch, Page: c.nameOf(ch), Age: c.Now().Sub(ch.Created), Mine: ch.UserID == reader, Lacks: c.Desk.Lacks(ch), Said: len(ch.Told.Said),
	}
	for i := range ch.Changes {
		says := c.known.judge(c.Desk.Site(), &ch.Changes[i])
		r.Gains, r.Grave = r.Gains+len(says.Gains), r.Grave || says.Grave
	}
	return r
}
