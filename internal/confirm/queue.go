package confirm

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"sallyport/internal/pending"
)

// maxQueue bounds how many changes a page lists.
const maxQueue = 100

type queuePage struct {
	User string
	Rows []queueRow
	More bool
}

// queueRow is a change as reviewers choose among them.
type queueRow struct {
	*pending.Change
	Page  string
	Gains int // things a script could do that it could not before
	Grave bool
	Age   string
	Mine  bool // the reader sent it
	Lacks int  // approvals
}

func (c *origin) askQueue(v *visit) error {
	return c.askWho(v, "queue", "What waits", "Show a key of yours, and you see which changes wait for people.")
}

// queue lists what waits: what is grave first, then the oldest.
func (c *origin) queue(v *visit) error {
	key, err := c.who(v, "queue", "", time.Hour)
	if err != nil {
		return err
	}
	list, err := c.Store.Queue(v.Context(), c.Desk.Site().ID, c.Now(), maxQueue+1)
	if err != nil {
		return err
	}
	body := queuePage{User: key.User, More: len(list) > maxQueue}
	for _, w := range list[:min(len(list), maxQueue)] {
		ch, err := c.Desk.Change(v.Context(), w.ID)
		if err != nil {
			return err
		}
		body.Rows = append(body.Rows, c.row(ch, key.UserID))
	}
	slices.SortStableFunc(body.Rows, func(a, b queueRow) int { return cmp.Compare(grade(b), grade(a)) })
	return c.show(v, http.StatusOK, "queue", "What waits", body)
}

func grade(r queueRow) int {
	if r.Grave {
		return 1000 + r.Gains
	}
	return r.Gains
}

func (c *origin) row(ch *pending.Change, reader int64) queueRow {
	r := queueRow{Change: ch, Page: ch.Action, Age: c.Now().Sub(ch.Created).Round(time.Minute).String(), Mine: ch.UserID == reader, Lacks: c.Desk.Lacks(ch)}
	for i := range ch.Changes {
		if i == 0 {
			r.Page = c.Desk.Site().PrefixedText(ch.Changes[i].Title)
		}
		says := c.known.judge(c.Desk.Site(), &ch.Changes[i])
		r.Gains, r.Grave = r.Gains+len(says.Gains), r.Grave || says.Grave
	}
	return r
}
