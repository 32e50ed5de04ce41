package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// byBroker has an approved change made by the gateway's own account. A program that sent the change again gets the answer
// it would have had from the wiki; a person is taken to the page.
func (d *Door) byBroker(ctx context.Context, w http.ResponseWriter, r *http.Request, s *pending.Sending, asSent bool) {
	answer, err := d.Desk.Commit(ctx, s)
	if err != nil {
		d.Log.Error("what came of a change is not known yet", "change", s.ID, "err", err)
	}
	d.Log.Info("approved change made for its author", "change", s.ID, "user", s.User, "state", string(s.State), "revision", s.Told.Revision)
	if s.State == store.Sending {
		d.refuse(w, r, http.StatusServiceUnavailable, "sallyport-unavailable", "The wiki does not say whether the change was made. It is kept; open this address again in a minute.")
		return
	}
	if !asSent || s.State != store.Done {
		d.ended(w, r, s)
		return
	}
	if strings.Contains(r.URL.Path, "/rest.php") {
		answer, err = restAnswer(d.Desk.Site().Prefixed(s.Changes[0].Title), s)
	}
	if err != nil || answer == nil {
		d.ended(w, r, s)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(answer)
}

// restAnswer is what rest.php answers to a page that was saved, as far as clients need it.
func restAnswer(key string, s *pending.Sending) ([]byte, error) {
	c := &s.Changes[0]
	return json.Marshal(map[string]any{
		"id": c.ID, "key": key, "title": strings.ReplaceAll(key, "_", " "), "content_model": c.After, "source": c.New,
		"latest": map[string]any{"id": s.Told.Revision},
	})
}
