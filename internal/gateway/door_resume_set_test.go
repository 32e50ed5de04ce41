package gateway

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Of a set that is opened before it is approved, or by somebody else, nothing is sent; each change has its line.
func TestASetIsToldLineByLine(t *testing.T) {
	g := newGuarded(t)
	var ids []string
	for i := range 3 {
		_, body := g.send("POST", "/w/api.php", formKind, g.edit(fmt.Sprintf("MediaWiki:Set-%d.js", i), "new();"))
		var answer struct{ Error struct{ Sallyport waiting } }
		g.ok(json.Unmarshal([]byte(body), &answer))
		ids = append(ids, answer.Error.Sallyport.ID)
	}
	d := &Door{Desk: g.desk, Base: "/sallyport", Ask: g.client.Raw, Log: slog.New(slog.DiscardHandler), Who: NewWho(g.client.WhoAmI).Sent}
	resume := func(id, cookies string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/sallyport/resume/x", nil)
		r.SetPathValue("id", id)
		r.Header.Set("Cookie", cookies)
		w := httptest.NewRecorder()
		d.Resume().ServeHTTP(w, r)
		return w
	}
	w := resume(strings.Join(append(ids, "nonsense"), ","), g.cookies)
	text := w.Body.String()
	if w.Code != http.StatusConflict || strings.Count(text, "<li>") != 4 || strings.Count(text, "not saved") != 4 || !strings.Contains(text, "MediaWiki:Set-2.js") ||
		!strings.Contains(text, "https://confirm.test/a/"+ids[0]) {
		t.Errorf("before the approval: %d %s", w.Code, text)
	}
	if text := resume(strings.Join(ids, ","), "").Body.String(); strings.Count(text, "sent by another account") != 3 || strings.Contains(text, "MediaWiki:Set") {
		t.Errorf("to somebody else it says %s", text)
	}
	if w := resume(strings.Repeat("x,", 50)+"x", g.cookies); w.Code != http.StatusNotFound {
		t.Errorf("more than a set has: %d", w.Code)
	}
	for i := range 3 {
		if got := g.text(fmt.Sprintf("MediaWiki:Set-%d.js", i)); got != "" {
			t.Errorf("it was saved: %q", got)
		}
	}
}
