package pending_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/audit"
	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/writedoor"
)

// killedChild is set in the process that is killed: where its store is, where the wiki is, and the change if it is known.
const killedChild = "SALLYPORT_PENDING_CHILD"

// TestKilledForRealWhileAChangeIsMade kills a process of its own, with the store in a file, at a moment nobody chose.
func TestKilledForRealWhileAChangeIsMade(t *testing.T) {
	if at := os.Getenv(killedChild); at != "" {
		child(t, at)
		return
	}
	kills, runs := 0, 40
	for range runs {
		w := newWorld(t)
		address := "sqlite:" + filepath.Join(t.TempDir(), "store.db")
		db, err := sqlstore.Open(t.Context(), address)
		w.ok(err)
		defer db.Close()
		w.store = db
		w.add(w.key, ira)
		w.open(db, nil)
		wiki := serveModel(w, w.w.ask, func(_, text string) { w.w.save("Ira", text) })
		c, err := w.park("new();")
		w.ok(err)
		w.ok(w.sign(w.key, c))
		for try := 0; w.state(c.ID) != store.Done; try++ {
			if try > 30 {
				t.Fatalf("it is %s: %s", w.state(c.ID), mustChange(w, c.ID).Told.Outcome)
			}
			if killed(t, "TestKilledForRealWhileAChangeIsMade", wiki, address, c.ID) {
				kills++
			}
			w.w.pass(31 * time.Second)
			if now := mustChange(w, c.ID); now.State == store.Parked {
				w.ok(w.sign(w.key, now))
			}
		}
		if n := w.w.by("Ira"); n != 1 {
			t.Fatalf("made %d times", n)
		}
		r, err := audit.Verify(t.Context(), db, "testwiki", w.at)
		if err != nil || len(r.Problems) > 0 {
			t.Fatalf("the log: %v %v", err, r)
		}
	}
	t.Logf("%d changes, %d processes killed: each change made once", runs, kills)
}

// TestKilledForRealWhileASetIsMade kills processes that make several changes which one signature approved.
func TestKilledForRealWhileASetIsMade(t *testing.T) {
	if at := os.Getenv(killedChild); at != "" {
		child(t, at)
		return
	}
	kills, runs, n := 0, 8, 4
	for range runs {
		w := newWorld(t)
		address := "sqlite:" + filepath.Join(t.TempDir(), "store.db")
		db, err := sqlstore.Open(t.Context(), address)
		w.ok(err)
		defer db.Close()
		w.store = db
		w.add(w.key, ira)
		s := many(w, 10)
		wiki := serveModel(w, s.ask, func(title, text string) { s.save("Ira", title, text) })
		var all []string
		for i := range n {
			all = append(all, w.parkOn(s, i, pending.Approve).ID)
		}
		w.ok(w.signSet(w.key, all))
		for try := 0; !settled(w, n); try++ {
			if try > 60 {
				t.Fatal("it does not end")
			}
			if killed(t, "TestKilledForRealWhileASetIsMade", wiki, address, all...) {
				kills++
			}
			w.w.pass(31 * time.Second)
			for _, id := range all {
				if now := mustChange(w, id); now.State == store.Parked {
					w.ok(w.sign(w.key, now))
				}
			}
		}
		if made := s.by("Ira"); made != n {
			t.Fatalf("made %d times", made)
		}
		w.verified()
	}
	t.Logf("%d sets of %d changes, %d processes killed: each change made once", runs, n, kills)
}

// killed runs a test as a child, and kills it after some milliseconds, unless it has ended. Whatever the child had asked of
// the wiki has been done, or never will be, when it returns.
func killed(t *testing.T, test string, wiki http.Handler, address string, ids ...string) bool {
	t.Helper()
	server := httptest.NewServer(wiki)
	defer server.Close()
	at := address + " " + server.URL + " " + strings.Join(ids, ",")
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), killedChild+"="+at)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 6)
	if _, err := io.ReadFull(out, line); err == nil && string(line) == "ready\n" {
		time.Sleep(time.Duration(rand.IntN(12_000)) * time.Microsecond)
	}
	_ = cmd.Process.Kill()
	_, _ = io.Copy(io.Discard, out)
	return cmd.Wait() != nil && cmd.ProcessState.ExitCode() < 0
}

// serveModel lets another process ask the model, save in it and read its clock.
func serveModel(w *world, ask writedoor.Ask, save func(title, text string)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ask", func(rw http.ResponseWriter, r *http.Request) {
		var params map[string]string
		_ = json.NewDecoder(r.Body).Decode(&params)
		body, _ := ask(r.Context(), params)
		_, _ = rw.Write(body)
	})
	mux.HandleFunc("/save", func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		time.Sleep(2 * time.Millisecond)
		save(r.URL.Query().Get("title"), string(text))
	})
	mux.HandleFunc("/time", func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.w.time().UnixMicro()) })
	return mux
}

// child makes approved changes, each once, as long as it lives.
func child(t *testing.T, at string) {
	parts := strings.Split(at, " ")
	address, url, all := parts[0], parts[1], strings.Split(parts[2], ",")
	post := func(path, body string) []byte {
		r, err := http.Post(url+path, "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		return text
	}
	ask := func(_ context.Context, params map[string]string) ([]byte, error) {
		q, err := json.Marshal(params)
		return post("/ask", string(q)), err
	}
	db, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, w: newWiki(), store: db, key: passkeytest.New(t)}
	w.at.Origin, w.at.Host = "https://confirm.test", "confirm.test"
	w.open(db, func(o *pending.Options) {
		o.Now = func() time.Time {
			var micros int64
			_, _ = fmt.Sscan(string(post("/time", "")), &micros)
			return time.UnixMicro(micros)
		}
	})
	os.Stdout.WriteString("ready\n")
	for _, id := range all {
		s, err := w.desk.Begin(t.Context(), id, ira, ask)
		if err == nil {
			post("/save?title=MediaWiki:"+s.Changes[0].Title.Key, s.Changes[0].New)
			err = w.desk.Finish(t.Context(), s, pending.Reply{Status: 200}, ask)
		}
		_ = err // the parent looks at what came of it
	}
}
