package confirm

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// setPage is several changes of one account that one signature approves.
type setPage struct {
	User    string
	Wiki    string // its origin
	Lines   []changePage
	Left    int // others that wait, and have to be decided alone
	Notes   []template.HTML
	Options string
	Until   int64
	Minutes int
}

// together shows everything that waits with a change, each with its difference folded away.
func (c *origin) together(v *visit) error {
	set, left, err := c.Desk.Together(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	body := setPage{Wiki: c.Wiki, Left: left}
	var kept []*pending.Change
	for _, ch := range set {
		line := changePage{Change: ch, ByPerson: ch.Parcel.Sent.ByPerson(), Foreign: ch.Parcel.Sent.Elsewhere(), ByScript: ch.Parcel.Sent.ByBrowser() && !ch.Parcel.Sent.ByPerson()}
		for i := range ch.Changes {
			line.add(c, &ch.Changes[i])
		}
		if line.Grave { // it has to be read by itself
			body.Left++
			continue
		}
		body.Lines, kept = append(body.Lines, line), append(kept, ch)
	}
	if len(kept) == 0 {
		return oops(http.StatusConflict, "noset")
	}
	body.User = kept[0].User
	until := c.Desk.UntilSet(kept)
	text, _, err := c.Desk.ShownSet(kept, until)
	if err != nil {
		return err
	}
	body.Until, body.Minutes, body.Options = until.Unix(), int(until.Sub(c.Now()).Minutes()), c.getOptions(pending.SetChallenge(text))
	if body.Notes, err = c.keyNotes(v, kept[0]); err != nil {
		return err
	}
	return c.show(v, http.StatusOK, "set", "set-title", body)
}

// approveSet takes one signature over a set, and leads back to the wiki, where each change is made.
func (c *origin) approveSet(v *visit) error {
	until, err := strconv.ParseInt(v.FormValue("until"), 10, 64)
	if err != nil || v.FormValue("answer") == "" {
		return oops(http.StatusBadRequest, "unsigned")
	}
	ids := v.PostForm["id"]
	set, err := c.Desk.Set(v.Context(), ids)
	if err != nil {
		return err
	}
	for _, ch := range set {
		for i := range ch.Changes {
			if c.known.judge(c.Desk.Site(), &ch.Changes[i]).Grave {
				return oops(http.StatusConflict, "set-grave")
			}
		}
	}
	answer, err := passkey.Parse([]byte(v.FormValue("answer")))
	if err != nil {
		return err
	}
	set, err = c.Desk.ApproveSet(v.Context(), ids, time.Unix(until, 0), answer)
	if err != nil {
		c.Log.Warn("approval of several changes refused", "changes", ids, "err", err)
		return err
	}
	var ready []string
	for _, ch := range set {
		c.Log.Info("approved", "change", ch.ID, "user", ch.User, "state", string(ch.State), "together", len(set))
		if ch.State == store.Approved {
			ready = append(ready, ch.ID)
		}
	}
	if len(ready) == 0 {
		return c.tell(v, "two-people-wait", plain(c.Desk.Address(ids[0])+"/all"), plain(c.back(strings.Join(ids, ","))))
	}
	http.Redirect(v.w, v.Request, c.back(strings.Join(ready, ",")), http.StatusSeeOther)
	return nil
}
