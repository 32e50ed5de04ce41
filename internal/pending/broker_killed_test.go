package pending_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/writedoor"
)

// TestKilledForRealWhileTheBrokerSaves kills processes that have the gateway's own account make an approved change.
func TestKilledForRealWhileTheBrokerSaves(t *testing.T) {
	if at := os.Getenv(killedChild); at != "" {
		brokerChild(t, at)
		return
	}
	kills, runs := 0, 20
	for range runs {
		h := newHand(t)
		address := "sqlite:" + filepath.Join(t.TempDir(), "store.db")
		db, err := sqlstore.Open(t.Context(), address)
		h.ok(err)
		defer db.Close()
		h.store = db
		h.add(h.key, ira)
		h.reopen(db)
		c := h.approved("new();")
		for try := 0; h.state(c.ID) != store.Done; try++ {
			if try > 30 {
				t.Fatalf("it is %s: %s", h.state(c.ID), mustChange(h.world, c.ID).Told.Outcome)
			}
			if killed(t, "TestKilledForRealWhileTheBrokerSaves", h.serve(), address, c.ID) {
				kills++
			}
			h.w.pass(31 * time.Second)
			if now := mustChange(h.world, c.ID); now.State == store.Parked {
				h.ok(h.sign(h.key, now))
			}
		}
		if n := h.w.by("Sallyport"); n != 1 {
			t.Fatalf("made %d times", n)
		}
		h.verified()
	}
	t.Logf("%d changes, %d processes killed: each change made once by the gateway's account", runs, kills)
}

// serve lets another process write with the hand.
func (h *hand) serve() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", serveModel(h.world, h.w.ask, nil))
	mux.HandleFunc("/write", func(rw http.ResponseWriter, r *http.Request) {
		var v map[string]string
		_ = json.NewDecoder(r.Body).Decode(&v)
		time.Sleep(2 * time.Millisecond)
		body, _ := h.Write(r.Context(), v, "", "")
		_, _ = rw.Write(body)
	})
	return mux
}

// brokerChild makes an approved change, as long as it lives.
func brokerChild(t *testing.T, at string) {
	parts := strings.Split(at, " ")
	db, err := sqlstore.Open(t.Context(), parts[0])
	if err != nil {
		t.Fatal(err)
	}
	h := &hand{world: &world{TB: t, w: newWiki(), store: db}, groups: map[string][]string{"Ira": {"editors"}}}
	h.at.Origin, h.at.Host = "https://confirm.test", "confirm.test"
	far := &farHand{hand: h, url: parts[1]}
	h.open(db, func(o *pending.Options) {
		o.Now = func() time.Time {
			var micros int64
			_, _ = fmt.Sscan(string(far.post("/time", nil)), &micros)
			return time.UnixMicro(micros)
		}
		o.Broker = &pending.Broker{Account: far, Standings: h.standings, People: pending.Brokered{writedoor.SiteCode: {"group:editors"}}}
	})
	os.Stdout.WriteString("ready\n")
	if s, err := h.desk.Begin(t.Context(), parts[2], ira, far.Ask); err == nil {
		_, _ = h.desk.Commit(t.Context(), s) // the parent looks at what came of it
	}
}

// farHand is a hand in another process.
type farHand struct {
	*hand
	url string
}

func (f *farHand) post(path string, v any) []byte {
	body, err := json.Marshal(v)
	f.ok(err)
	r, err := http.Post(f.url+path, "application/json", strings.NewReader(string(body)))
	f.ok(err)
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body)
	return text
}

func (f *farHand) Ask(_ context.Context, params map[string]string) ([]byte, error) {
	return f.post("/ask", params), nil
}

func (f *farHand) Write(_ context.Context, v map[string]string, _, _ string) ([]byte, error) {
	return f.post("/write", v), nil
}
