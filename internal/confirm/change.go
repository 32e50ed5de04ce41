package confirm

import (
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/diff"
	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

// changePage is a change that waits.
type changePage struct {
	*pending.Change
	Wiki     string // its origin
	Pages    []changedPage
	Grave    bool   // the page's name has to be typed
	Name     string // of the first page, for that
	ByPerson bool
	ByScript bool
	Foreign  bool   // a page of another site sent it
	Options  string // for navigator.credentials.get, JSON
	Until    int64
	Holds    time.Duration   // how long an approval of what is shown here is taken
	Decides  bool            // it can be decided now
	Code     bool            // a password and a code are enough
	Others   int             // changes of the same account that wait as well
	Says     bool            // something can be said about it
	Notes    []template.HTML // what else the reader should know
	Back     string          // where the change is made
}

type changedPage struct {
	writedoor.Change
	Name  string
	Rows  []diff.Row
	Whole []diff.Row
	Says  verdict
	Same  bool
}

// change shows a change and everything that can be said about it.
func (c *origin) change(v *visit) error {
	ch, err := c.Desk.Change(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	body := &changePage{Change: ch, Wiki: c.Wiki, ByPerson: ch.Parcel.Sent.ByPerson(), Foreign: ch.Parcel.Sent.Elsewhere(), ByScript: ch.Parcel.Sent.ByBrowser() && !ch.Parcel.Sent.ByPerson()}
	for i := range ch.Changes {
		body.add(c, &ch.Changes[i])
	}
	body.Back = c.back(ch.ID)
	body.Decides = ch.State == store.Parked && !c.Desk.Over(ch)
	body.Says = body.Decides || ch.State == store.Approved
	if body.Decides {
		if err := c.offer(v, body); err != nil {
			return err
		}
	}
	return c.show(v, http.StatusOK, "change", "change-title", body)
}

func (b *changePage) add(c *origin, ch *writedoor.Change) {
	site := c.Desk.Site()
	p := changedPage{Change: *ch, Name: site.PrefixedText(ch.Title), Says: c.known.judge(site, ch), Same: ch.Old == ch.New}
	if !p.Same {
		p.Rows = diff.Of(ch.Old, ch.New)
	}
	if !ch.Gone {
		p.Whole = diff.Whole(ch.New)
	}
	b.Grave = b.Grave || p.Says.Grave
	if b.Name == "" {
		b.Name = p.Name
	}
	b.Pages = append(b.Pages, p)
}

// offer adds what an approval signs.
func (c *origin) offer(v *visit, b *changePage) error {
	until := c.Desk.Until(b.Change)
	record, err := c.Desk.Shown(b.Change, until)
	if err != nil {
		return err
	}
	b.Until, b.Holds = until.Unix(), until.Sub(c.Now())
	b.Options, b.Code = c.getOptions(pending.Challenge(record)), c.Desk.TakesCode(b.Change)
	if b.Notes, err = c.keyNotes(v, b.Change); err != nil {
		return err
	}
	set, left, err := c.Desk.Together(v.Context(), b.ID)
	b.Others = len(set) + left - 1
	return err
}

// keyNotes say what the sender of a change should know about their keys.
func (c *origin) keyNotes(v *visit, ch *pending.Change) (notes []template.HTML, err error) {
	keys, err := c.Store.Keys(v.Context(), ch.Wiki, ch.UserID)
	if err != nil {
		return nil, err
	}
	good := 0
	for _, k := range keys {
		if k.Good(c.Now()) && k.Kind == "passkey" {
			good++
		}
		if k.Revoked.IsZero() && c.Now().Before(k.Counts) {
			notes = append(notes, v.say("note-key-added", v.date(k.Added), v.moment(k.Counts)))
		}
	}
	switch good {
	case 0:
		notes = append(notes, v.say("note-no-key", v.moment(ch.Expires)))
	case 1:
		notes = append(notes, v.say("note-one-key"))
	}
	return notes, nil
}

func (c *origin) getOptions(challenge []byte) string {
	text, _ := json.Marshal(map[string]any{ // strings and numbers alone
		"challenge": base64.RawURLEncoding.EncodeToString(challenge), "rpId": c.Desk.Confirm().Host, "userVerification": "required", "timeout": 300_000,
	})
	return string(text)
}

func (c *origin) back(id string) string { return c.Wiki + c.Resume + id }

// text hands out the text of a change, for whoever wants to keep it.
func (c *origin) text(v *visit) error {
	ch, err := c.Desk.Change(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	text := ch.Typed
	if text == "" && len(ch.Changes) > 0 {
		text = ch.Changes[0].New
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="text.txt"`)
	_, _ = v.w.Write([]byte(text))
	return nil
}

// approve takes a signature, and leads back to the wiki, where the change is made.
func (c *origin) approve(v *visit) error {
	id := v.PathValue("id")
	until, err := strconv.ParseInt(v.FormValue("until"), 10, 64)
	if err != nil || v.FormValue("answer") == "" {
		return oops(http.StatusBadRequest, "unsigned")
	}
	ch, err := c.Desk.Change(v.Context(), id)
	if err != nil {
		return err
	}
	body := &changePage{}
	for i := range ch.Changes {
		body.add(c, &ch.Changes[i])
	}
	if body.Grave && strings.TrimSpace(v.FormValue("name")) != body.Name {
		return oops(http.StatusBadRequest, "name")
	}
	answer, err := passkey.Parse([]byte(v.FormValue("answer")))
	if err != nil {
		return err
	}
	ch, err = c.Desk.Approve(v.Context(), id, time.Unix(until, 0), answer)
	if err != nil {
		c.Log.Warn("approval refused", "change", id, "err", err)
		return err
	}
	c.Log.Info("approved", "change", id, "user", ch.User, "state", string(ch.State))
	if ch.State == store.Approved {
		http.Redirect(v.w, v.Request, c.back(id), http.StatusSeeOther)
		return nil
	}
	return c.tell(v, "two-people-wait", plain(c.Desk.Address(id)), plain(c.back(id)))
}

func (c *origin) reject(v *visit) error {
	if _, err := c.Desk.Reject(v.Context(), v.PathValue("id")); err != nil {
		return err
	}
	return c.tell(v, "rejected")
}

func (c *origin) report(v *visit) error {
	if _, err := c.Desk.Report(v.Context(), v.PathValue("id")); err != nil {
		return err
	}
	return c.tell(v, "stopped")
}
