package confirm

import (
	"errors"
	"html/template"
	"net/http"
	"time"

	"sallyport/internal/notice"
	"sallyport/internal/notice/mail"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// noticesPage is what somebody was told, and where they want to be told by mail.
type noticesPage struct {
	User    string
	Rows    []told
	Mails   bool // mail is sent from here
	Address store.Address
	Until   int64
	Key     string
	Proof   string // allows the forms below
}

// told is one notice.
type told struct {
	notice.Notice
	Text template.HTML
}

// askNotices asks whose notices to show.
func (c *origin) askNotices(v *visit) error {
	if c.Notices == nil {
		return oops(http.StatusNotFound, "nopage")
	}
	return c.askWho(v, "notices")
}

// notices shows what whoever signed was told.
func (c *origin) notices(v *visit) error {
	if c.Notices == nil {
		return oops(http.StatusNotFound, "nopage")
	}
	key, err := c.who(v, "notices", "", time.Hour)
	if err != nil {
		return err
	}
	return c.showNotices(v, key, c.Now().Add(inviteLife).Unix())
}

func (c *origin) showNotices(v *visit, key store.Key, until int64) error {
	list, err := c.Notices.Of(v.Context(), key.UserID)
	if err != nil {
		return err
	}
	body := noticesPage{User: key.User, Mails: c.Notices.Mails(), Until: until, Key: key.ID, Proof: c.proof("notices", key.ID, until)}
	if body.Address, err = c.Notices.Address(v.Context(), key.UserID); err != nil {
		return err
	}
	if c.Now().Sub(body.Address.Sent) > time.Hour {
		body.Address.Asked = "" // its code is too old
	}
	for _, n := range list {
		body.Rows = append(body.Rows, told{n, c.noticeText(v, &n)})
	}
	return c.show(v, http.StatusOK, "notices", "notices-title", body)
}

// noticeText says a notice in the reader's language: the message "notice-KIND", with who did it and whom it is about.
func (c *origin) noticeText(v *visit, n *notice.Notice) template.HTML {
	name := func(text string) template.HTML { return c.name(v.lang, text) }
	key := "notice-" + string(n.Kind())
	if !c.words.Has(key) {
		return name(string(n.Kind()))
	}
	return v.words.HTML(v.lang, key, name(n.By), name(n.For))
}

// mayTell finds the key of a form of the notices' page.
func (c *origin) mayTell(v *visit) (store.Key, int64, error) {
	if c.Notices == nil {
		return store.Key{}, 0, oops(http.StatusNotFound, "nopage")
	}
	until, err := c.soon(v, time.Hour)
	if err != nil {
		return store.Key{}, 0, err
	}
	id := v.FormValue("key")
	if !c.proves("notices", id, until, v.FormValue("proof")) {
		return store.Key{}, 0, pending.ErrSignature
	}
	key, err := c.Store.Key(v.Context(), c.Desk.Site().ID, id)
	if err == nil && !key.Good(c.Now()) {
		err = pending.ErrKey
	}
	return key, until, err
}

// setAddress does what a form of the notices' page asks for, and shows the page again.
func (c *origin) setAddress(v *visit) error {
	key, until, err := c.mayTell(v)
	if err != nil {
		return err
	}
	who := wiki.User{ID: key.UserID, Name: key.User}
	switch v.PathValue("what") {
	case "address":
		err = c.Notices.Ask(v.Context(), who, v.FormValue("address"))
	case "code":
		err = c.Notices.Confirm(v.Context(), who, v.FormValue("code"))
	case "choose":
		err = c.Notices.Choose(v.Context(), who, v.FormValue("all") != "")
	case "forget":
		err = c.Notices.Forget(v.Context(), who)
	default:
		return oops(http.StatusNotFound, "nopage")
	}
	switch {
	case errors.Is(err, notice.ErrAddress), errors.Is(err, mail.ErrRefused):
		return oops(http.StatusBadRequest, "address")
	case errors.Is(err, notice.ErrCode):
		return oops(http.StatusForbidden, "mail-code")
	case errors.Is(err, notice.ErrSoon):
		return oops(http.StatusTooManyRequests, "often")
	case errors.Is(err, notice.ErrNoMail), errors.Is(err, mail.ErrNoServer), errors.Is(err, mail.ErrLater):
		c.Log.Warn("no code sent for an address", "user", key.User, "err", err)
		return oops(http.StatusServiceUnavailable, "nomail")
	case err != nil:
		return err
	}
	return c.showNotices(v, key, until)
}
