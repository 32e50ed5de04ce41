package confirm

import (
	"net/http"
	"strconv"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/pending"
)

// sayPage shows what somebody is about to sign about a change.
type sayPage struct {
	pending.Statement
	Name    string // of the page that the change is about
	Options string
	Until   int64
}

// say shows words as they will stand there, and asks for a signature over them.
func (c *origin) say(v *visit) error {
	ch, err := c.Desk.Change(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	until := c.Now().Add(5 * time.Minute).Truncate(time.Second)
	s, record, err := c.Desk.ToSay(ch.ID, pending.Verdict(v.FormValue("verdict")), v.FormValue("words"), until)
	if err != nil {
		return err
	}
	return c.show(v, http.StatusOK, "say", "say-title", sayPage{s, c.nameOf(ch), c.getOptions(pending.StatementChallenge(record)), until.Unix()})
}

// nameOf is the page that a change is about first, or what is asked of the wiki.
func (c *origin) nameOf(ch *pending.Change) string {
	if len(ch.Changes) == 0 {
		return ch.Action
	}
	return c.Desk.Site().PrefixedText(ch.Changes[0].Title)
}

// said takes a signed comment or rejection.
func (c *origin) said(v *visit) error {
	until, err := strconv.ParseInt(v.FormValue("until"), 10, 64)
	if err != nil || v.FormValue("answer") == "" {
		return oops(http.StatusBadRequest, "unsigned")
	}
	answer, err := passkey.Parse([]byte(v.FormValue("answer")))
	if err != nil {
		return err
	}
	ch, err := c.Desk.Say(v.Context(), v.PathValue("id"), pending.Verdict(v.FormValue("verdict")), v.FormValue("words"), time.Unix(until, 0), answer)
	if err != nil {
		return err
	}
	c.Log.Info("somebody commented", "change", ch.ID, "user", ch.User, "state", string(ch.State))
	http.Redirect(v.w, v.Request, "/a/"+ch.ID, http.StatusSeeOther)
	return nil
}
