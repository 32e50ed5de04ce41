package confirm

import (
	"net/http"
	"strconv"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// recoverPage is where somebody asks for a key whose own are all lost, or who never had one.
type recoverPage struct {
	User    string // empty: not said yet
	Options string // for navigator.credentials.create
	Until   int64
	Hours   int // of delay
}

// recover asks for a name, and then for a new key of that account.
func (c *origin) recover(v *visit) error {
	if c.vouching == nil {
		return oops(http.StatusNotFound, "nopage")
	}
	name := v.URL.Query().Get("user")
	if name == "" {
		return c.show(v, http.StatusOK, "recover", "recover-title", recoverPage{Hours: int(c.Delay.Hours())})
	}
	user, err := c.vouching.Account(v.Context(), name)
	if err != nil {
		return err
	}
	until := c.Now().Add(10 * time.Minute).Unix()
	options, err := c.createOptions(v, user.ID, user.Name, c.challenge("recover", strconv.FormatInt(user.ID, 10), until))
	if err != nil {
		return err
	}
	return c.show(v, http.StatusOK, "recover", "recover-title", recoverPage{user.Name, options, until, int(c.Delay.Hours())})
}

// asked keeps the wish, and shows the words that only this page shows.
func (c *origin) asked(v *visit) error {
	if c.vouching == nil {
		return oops(http.StatusNotFound, "nopage")
	}
	if v.FormValue("answer") == "" {
		return oops(http.StatusBadRequest, "unmade")
	}
	until, err := c.soon(v, time.Hour)
	if err != nil {
		return err
	}
	user, err := c.vouching.Account(v.Context(), v.FormValue("user"))
	if err != nil {
		return err
	}
	made, err := c.Desk.Confirm().Register(c.challenge("recover", strconv.FormatInt(user.ID, 10), until), []byte(v.FormValue("answer")))
	if err != nil {
		return err
	}
	r, words, err := c.vouching.Ask(v.Context(), user, made, label(v.FormValue("label")), prefix(v.Request))
	if err != nil {
		return err
	}
	address := c.Desk.Confirm().Origin + "/recovery/" + r.ID
	return c.tell(v, "asked", pending.Vouchers, plain(address), "<strong>"+plain(words)+"</strong>", v.moment(r.Expires))
}

// recoveryPage is a wish as those see it who may vouch.
type recoveryPage struct {
	*pending.Recovery
	Lacks   int    // people
	Vouch   string // for navigator.credentials.get
	Stop    string
	Until   int64
	Keys    []store.Key // of the same account, good ones
	Hours   int
	Decides bool // somebody can vouch now
	Stops   bool // somebody can stop it now
}

// recovery shows a wish.
func (c *origin) recovery(v *visit) error {
	r, err := c.wish(v)
	if err != nil {
		return err
	}
	until := c.Now().Add(5 * time.Minute).Truncate(time.Second)
	body := recoveryPage{Recovery: r, Lacks: max(0, pending.Vouchers-len(r.Vouches)), Until: until.Unix(), Hours: int(c.Delay.Hours())}
	body.Decides = r.State == store.Asked && c.Now().Before(r.Expires)
	body.Stops = body.Decides || r.State == store.Vouched && c.Now().Before(r.Counts)
	for stop, options := range map[bool]*string{false: &body.Vouch, true: &body.Stop} {
		record, err := c.vouching.Shown(r, stop, until)
		if err != nil {
			return err
		}
		*options = c.getOptions(pending.VouchChallenge(record))
	}
	keys, err := c.Store.Keys(v.Context(), r.Wiki, r.UserID)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Good(c.Now()) && k.Kind == "passkey" {
			body.Keys = append(body.Keys, k)
		}
	}
	return c.show(v, http.StatusOK, "recovery", "recovery-title", body)
}

func (c *origin) wish(v *visit) (*pending.Recovery, error) {
	if c.vouching == nil {
		return nil, oops(http.StatusNotFound, "nopage")
	}
	return c.vouching.Recovery(v.Context(), v.PathValue("id"))
}

// signature reads what somebody signed, and until when.
func (c *origin) signature(v *visit) (time.Time, passkey.Assertion, error) {
	until, err := strconv.ParseInt(v.FormValue("until"), 10, 64)
	if err != nil || v.FormValue("answer") == "" {
		return time.Time{}, passkey.Assertion{}, oops(http.StatusBadRequest, "unsigned")
	}
	answer, err := passkey.Parse([]byte(v.FormValue("answer")))
	return time.Unix(until, 0), answer, err
}

// vouch takes the signature of somebody who knows that the key is its account's.
func (c *origin) vouch(v *visit) error {
	r, err := c.wish(v)
	if err != nil {
		return err
	}
	until, answer, err := c.signature(v)
	if err != nil {
		return err
	}
	if r, err = c.vouching.Vouch(v.Context(), r.ID, v.FormValue("words"), until, answer); err != nil {
		c.Log.Warn("nobody vouched for a key", "recovery", v.PathValue("id"), "err", err)
		return err
	}
	if r.State == store.Vouched {
		return c.tell(v, "vouched", v.moment(r.Counts))
	}
	return c.tell(v, "vouched-one", pending.Vouchers-len(r.Vouches))
}

// stop takes the signature of somebody who says that it is not.
func (c *origin) stop(v *visit) error {
	r, err := c.wish(v)
	if err != nil {
		return err
	}
	until, answer, err := c.signature(v)
	if err != nil {
		return err
	}
	if _, err := c.vouching.Stop(v.Context(), r.ID, until, answer); err != nil {
		return err
	}
	return c.tell(v, "key-stopped")
}
