package confirm

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/writedoor"
)

// maxText bounds what is written here, in bytes of the form: MediaWiki keeps 2 MiB.
const maxText = 8 << 20

type composePage struct {
	pending.Draft
	Options string
	Until   int64
}

// compose shows a page to write in: a plain text area, and nothing of the wiki's.
func (c *origin) compose(v *visit) error {
	if c.Composer == nil {
		return oops(http.StatusNotFound, "nopage")
	}
	title := strings.TrimSpace(v.URL.Query().Get("title"))
	if title == "" {
		return c.show(v, http.StatusOK, "compose", "compose-title", composePage{})
	}
	draft, err := c.Composer.Read(v.Context(), title)
	if err != nil {
		return composeTrouble(err)
	}
	until := c.Now().Add(8 * time.Hour).Unix()
	return c.show(v, http.StatusOK, "compose", "compose-title", composePage{draft, c.getOptions(c.challenge("compose", draft.Title, until)), until})
}

// composedBy parks what was written, as the owner of the key, and shows it for approval.
func (c *origin) composedBy(v *visit) error {
	if c.Composer == nil {
		return oops(http.StatusNotFound, "nopage")
	}
	draft := pending.Draft{Title: v.FormValue("title"), Text: strings.ReplaceAll(v.FormValue("text"), "\r\n", "\n"), Summary: v.FormValue("summary")}
	base, err := strconv.ParseInt(v.FormValue("base"), 10, 64)
	if err != nil {
		return oops(http.StatusBadRequest, "form")
	}
	draft.Base = base
	key, err := c.who(v, "compose", draft.Title, 9*time.Hour)
	if err != nil {
		return err
	}
	ch, err := c.Composer.Park(v.Context(), key.UserID, key.User, draft)
	if err != nil {
		return composeTrouble(err)
	}
	http.Redirect(v.w, v.Request, "/a/"+ch.ID, http.StatusSeeOther)
	return nil
}

func composeTrouble(err error) error {
	switch {
	case errors.Is(err, pending.ErrCompose), errors.Is(err, pending.ErrBroker), errors.Is(err, writedoor.ErrUnclear), errors.Is(err, writedoor.ErrUncomputable),
		errors.Is(err, pending.ErrTooMany), errors.Is(err, pending.ErrTooLarge), errors.Is(err, pending.ErrHeld), errors.Is(err, pending.ErrStale):
		return oops(http.StatusConflict, "compose").because(err, pending.ErrCompose)
	}
	return err
}
