package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// sendTime is how long the wiki may take to make an approved change. Whoever asked for it may go away meanwhile.
const sendTime = 3 * time.Minute

// maxReply bounds what is kept of the wiki's answer to a change, in bytes.
const maxReply = 32 << 20

// Resume makes an approved change: GET Base/resume/{id}, a navigation by the account that sent it. Its cookies are the ones
// that are sent along; nothing of a session was kept.
func (d *Door) Resume() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.Header.Get("Sec-Purpose") != "" || r.Header.Get("Sec-Fetch-Dest") != "" && r.Header.Get("Sec-Fetch-Dest") != "document" {
			d.page(w, r, http.StatusForbidden, doorPage{Title: "yourself", Code: "yourself"})
			return
		}
		if ids := strings.Split(r.PathValue("id"), ","); len(ids) > 1 {
			d.commitAll(w, r, ids)
			return
		}
		d.commit(w, r, r.PathValue("id"), false)
	})
}

// commit sends an approved change. To the program that sent it again the wiki's own answer is passed on; a person is taken to
// the page.
func (d *Door) commit(w http.ResponseWriter, r *http.Request, id string, asSent bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), sendTime)
	defer cancel()
	actor, err := d.Who(ctx, r)
	if err != nil {
		d.refuse(w, r, http.StatusServiceUnavailable, "sallyport-unavailable", "The wiki does not say who you are. Your change is kept; try again in a minute.")
		return
	}
	ask := d.ask(r)
	s, err := d.Desk.Begin(ctx, id, actor, ask)
	if err != nil {
		d.notBegun(w, r, s, err)
		return
	}
	d.made(r, actor, s)
	if d.Desk.ByBroker(s.Change) {
		d.byBroker(ctx, w, r, s, asSent)
		return
	}
	reply := &replyBuffer{header: http.Header{}}
	d.send(reply, carrier(ctx, r), s.Forward, s.Grant)
	if err := d.Desk.Finish(ctx, s, pending.Reply{Status: reply.status, Refusal: refusal(reply)}, ask); err != nil {
		d.Log.Error("what came of a change is not known yet", "change", id, "err", err)
	}
	d.Log.Info("approved change sent", "change", id, "user", actor.Name, "state", string(s.State), "revision", s.Told.Revision)
	if asSent || s.Via != "api.php" && s.Via != "rest.php" {
		reply.copyTo(w)
		return
	}
	d.ended(w, r, s)
}

// notBegun says why nothing is sent.
func (d *Door) notBegun(w http.ResponseWriter, r *http.Request, s *pending.Sending, err error) {
	switch {
	case s != nil && s.Change != nil && (s.State == store.Done || s.State == store.Parked):
		d.ended(w, r, s)
	case errors.Is(err, pending.ErrGone):
		d.refuse(w, r, http.StatusNotFound, "sallyport-gone", "There is no such change any more.")
	case errors.Is(err, pending.ErrNotYours):
		d.refuse(w, r, http.StatusForbidden, "sallyport-not-yours", "Another account sent this change. Log in with that account and open this address again.")
	case errors.Is(err, pending.ErrStale):
		d.told(w, r, http.StatusConflict, s, "The page has changed meanwhile, so nothing was saved: what you approved would undo that. Open the page again, and put your text in anew.")
	case errors.Is(err, pending.ErrNotNow):
		d.told(w, r, http.StatusConflict, s, "Nothing was sent now: "+err.Error()+".")
	default:
		d.Log.Error("approved change not sent", "err", err)
		d.refuse(w, r, http.StatusServiceUnavailable, "sallyport-unavailable", "The change is kept, but it cannot be sent right now. Open this address again in a minute.")
	}
}

func (d *Door) told(w http.ResponseWriter, r *http.Request, status int, s *pending.Sending, what string) {
	if machine(r) {
		d.problem(w, r, status, "sallyport-not-made", what, nil)
		return
	}
	p := doorPage{Title: "not-saved", Code: "sallyport-not-made", Info: what}
	if s != nil && s.Change != nil {
		p.Text = s.Typed
	}
	d.page(w, r, status, p)
}

// ended takes somebody to where a change stands now.
func (d *Door) ended(w http.ResponseWriter, r *http.Request, s *pending.Sending) {
	switch {
	case s.State == store.Done && machine(r):
		d.problem(w, r, http.StatusConflict, "sallyport-done", "This change has been made already.", nil)
	case s.State == store.Done:
		http.Redirect(w, r, d.after(s.Change), http.StatusSeeOther) //nolint:gosec // a page of the wiki
	case s.State == store.Parked && machine(r):
		d.waits(w, r, s.Change)
	case s.State == store.Parked:
		http.Redirect(w, r, d.Desk.Address(s.ID), http.StatusSeeOther) //nolint:gosec // a page of ours
	default:
		d.told(w, r, http.StatusConflict, s, "The wiki did not make the change: "+s.Told.Outcome)
	}
}

// after is the page to look at when a change was made.
func (d *Door) after(c *pending.Change) string {
	site := d.Desk.Site()
	if len(c.Changes) == 0 {
		return site.Path(wiki.Title{NS: wiki.NSSpecial, Key: "Log"})
	}
	return site.Path(c.Changes[0].Title)
}

// carrier is a request with what identifies somebody, and nothing else of the one they made.
func carrier(ctx context.Context, r *http.Request) *http.Request {
	out := r.Clone(ctx)
	out.Header = http.Header{}
	for _, name := range []string{"Cookie", "User-Agent", "Accept", "Accept-Language", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"} {
		if v := r.Header[name]; v != nil {
			out.Header[name] = v
		}
	}
	return out
}

// refusal is the error that api.php answered, or rest.php.
func refusal(b *replyBuffer) string {
	if b.header.Get("MediaWiki-API-Error") == "" && b.status < http.StatusBadRequest {
		return ""
	}
	var answer struct {
		Error  struct{ Code, Info string }
		Errors []struct{ Code, Text string }
		Key    string `json:"errorKey"`
	}
	code := b.header.Get("MediaWiki-API-Error")
	if json.Unmarshal(b.body.Bytes(), &answer) == nil {
		switch {
		case answer.Error.Info != "":
			return answer.Error.Info + " (" + answer.Error.Code + ")"
		case len(answer.Errors) > 0:
			return answer.Errors[0].Text + " (" + answer.Errors[0].Code + ")"
		case answer.Key != "":
			return answer.Key
		}
	}
	return code
}

// replyBuffer keeps an answer of the wiki.
type replyBuffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *replyBuffer) Header() http.Header { return b.header }

func (b *replyBuffer) WriteHeader(status int) {
	if b.status == 0 && status >= http.StatusOK {
		b.status = status
	}
}

func (b *replyBuffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	if b.body.Len()+len(p) > maxReply {
		return 0, http.ErrContentLength
	}
	return b.body.Write(p)
}

func (b *replyBuffer) copyTo(w http.ResponseWriter) {
	h := w.Header()
	maps.Copy(h, b.header)
	h.Set("Cache-Control", "private, no-store")
	if strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		h.Del("Content-Length")
	}
	w.WriteHeader(max(b.status, http.StatusOK))
	_, _ = w.Write(b.body.Bytes())
}
