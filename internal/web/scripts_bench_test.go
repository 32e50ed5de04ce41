package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// manyScripts is how many scripts the largest wiki has that the list is for.
const manyScripts = 100_000

// BenchmarkSallyDashboard prints how long the list of a wiki's scripts takes to answer from SQLite, as an operator's browser asks for
// it: sorted each way, searched, and as data. The median and the slowest of twenty requests, the first of all included.
func BenchmarkSallyDashboard(b *testing.B) {
	ctx := b.Context()
	db, err := sqlstore.Open(ctx, "sqlite:"+b.TempDir()+"/scripts.db")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	begun := time.Now()
	listMany(b, db)
	fmt.Fprintf(os.Stderr, "%d scripts listed and judged in %v\n", manyScripts, time.Since(begun).Round(time.Millisecond))
	pages, err := New(Options{
		Registry: struct{ Gadgets }{}, Site: &wiki.Site{ID: "w", Lang: "en", Name: "W"}, Secret: make([]byte, 32),
		Who: func(context.Context, *http.Request) (wiki.User, error) {
			return wiki.User{ID: 1, Name: "Ira", Rights: []string{"editsitejs"}}, nil
		},
		SiteGadgets: func(context.Context) ([]gadget.Entry, error) { return nil, nil }, Scripts: &Scripts{List: db, Known: db},
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, ask := range []string{"", "?sort=people", "?sort=hosts", "?sort=changed", "?sort=title", "?search=person+77+translate", "?search=host9.test", "?offset=50000"} {
			askMany(b, pages, ask)
		}
	}
}

// listMany lists scripts of all scores, people and hosts.
func listMany(b *testing.B, db *sqlstore.Store) {
	b.Helper()
	for i := range manyScripts {
		x := store.Script{
			Wiki: "w", Title: fmt.Sprintf("User:Person %d/translate%d.js", i%5000, i), Rev: int64(i + 1), Digest: store.DigestOf(fmt.Sprint(i)),
			Author: fmt.Sprintf("Person %d", i%5000), Saved: time.Unix(int64(1_700_000_000+i*37%1_000_000), 0), State: store.ScriptRead, News: 1,
			Score: i * 31 % 101, Reason: `{"kind":"capability","name":"network","says":"contacts another site","points":12,"capability":{"name":"network"}}`,
			Capabilities: `[` + strings.Repeat(`{"name":"network","target":"a.test","certainty":"certain"},`, i%9) + `{"name":"edit-page"}]`,
			People:       i*i%1300 - 1, Powerful: i % 4,
		}
		for h := range i % 4 {
			x.Hosts = append(x.Hosts, fmt.Sprintf("host%d.test", (i+h)%300))
		}
		if err := cmp.Or(db.SeeScript(b.Context(), x), db.JudgeScript(b.Context(), x, time.Now().Add(time.Hour))); err != nil {
			b.Fatal(err)
		}
	}
}

func askMany(b *testing.B, pages http.Handler, ask string) {
	b.Helper()
	var took []time.Duration
	for range 20 {
		r := httptest.NewRequest(http.MethodGet, "http://wiki.example/sallyport/scripts"+ask, nil)
		for name, value := range map[string]string{"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none", "Sec-Fetch-User": "?1"} {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		begun := time.Now()
		pages.ServeHTTP(w, r)
		took = append(took, time.Since(begun))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<svg") || strings.Count(w.Body.String(), `<th scope="row">`) != 50 {
			b.Fatalf("%q: %d\n%s", ask, w.Code, w.Body)
		}
	}
	slices.Sort(took)
	fmt.Fprintf(os.Stderr, "scripts%-32s median %4d ms, slowest %4d ms\n", ask, took[len(took)/2].Milliseconds(), took[len(took)-1].Milliseconds())
}
