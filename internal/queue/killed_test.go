package queue

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/bus/bustest"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/store/storetest/pgtest"
)

const (
	scripts = 1000
	kills   = 12
)

// kinds of jobs that a working process does, one at a time of each.
var kinds = []string{"scan", "detonate"}

// mortal is something that can be killed and started again.
type mortal struct{ kill, run func() }

func (p *process) mortal() mortal { return mortal{p.kill, p.run} }

// orders are for a child in a folder of its own, whose path is short enough for a socket.
func orders(t *testing.T, c child) child {
	t.Helper()
	dir, err := os.MkdirTemp("", "queue")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c.Ledger = filepath.Join(dir, "ledger")
	if c.Bus.Address == "" {
		c.Bus.Address = "embedded:" + filepath.Join(dir, "bus")
	}
	if c.Store == "" {
		c.Store = "sqlite:" + filepath.Join(dir, "store.db")
	}
	return c
}

// guest is the same orders for a process that joins.
func (c child) guest() child {
	c.Bus.Guest = true
	return c
}

func TestKilledWorkersAndServerLoseNoJobAndDoNoneTwice(t *testing.T) {
	t.Run("embedded and SQLite", func(t *testing.T) {
		t.Parallel()
		c := orders(t, child{Tries: 20}) // that they are killed is not the jobs' fault
		host, one, two := start(t, c), start(t, c.guest()), start(t, c.guest())
		survive(t, c.guest(), []mortal{host.mortal(), one.mortal(), two.mortal()})
	})
	t.Run("nats-server and PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server := bustest.Start(t)
		c := orders(t, child{Tries: 20, Store: pgtest.Start(t), Bus: bus.Options{Address: server.Address}})
		one, two := start(t, c), start(t, c)
		survive(t, c, []mortal{{server.Kill, server.Run}, one.mortal(), two.mortal()})
	})
}

// survive adds scripts while processes are killed, and counts what became of them.
func survive(t *testing.T, c child, processes []mortal) {
	db, err := sqlstore.Open(t.Context(), c.Store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	q, b, err := c.join(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })

	jobs := make([]Job, scripts)
	added := make(chan int, 1)
	half := addAll(t, q, db, jobs, 0, scripts/2)
	go func() { added <- half + addAll(t, q, db, jobs, scripts/2, scripts) }()
	for n := range kills {
		time.Sleep(time.Duration(100+rand.IntN(200)) * time.Millisecond)
		p := processes[n%len(processes)]
		p.kill()
		p.run()
	}
	again := <-added
	until(t, "every script has a result", func() bool {
		settled, err := db.Settled(t.Context(), jobs[scripts-1])
		return err == nil && settled && count(t, db, jobs) == scripts
	})
	if f, err := db.Failures(t.Context(), 10); err != nil || len(f) != 0 {
		t.Errorf("set aside: %v (%v)", f, err)
	}
	for _, kind := range kinds {
		empty(t, q, kind)
	}
	ledger, err := os.ReadFile(c.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	done := bytes.Count(ledger, []byte("\n"))
	// A killed process leaves the jobs in its two slots for others to begin again; nothing else is begun twice.
	if done < scripts || done > scripts+2*kills {
		t.Errorf("%d analyses begun for %d scripts", done, scripts)
	}
	t.Logf("%d scripts, %d kills, %d additions tried again: %d analyses begun, %d results", scripts, kills, again, done, count(t, db, jobs))
}

// empty waits until nothing of a kind is left, so that nothing keeps a job of that name from being added.
func empty(t *testing.T, q *Queue, kind string) {
	t.Helper()
	work, err := q.work(t.Context(), kind)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the queue is empty", func() bool {
		d, err := q.Depth(t.Context(), kind)
		return err == nil && d.Waiting+d.Taken == 0
	})
	if n, err := work.Revive(t.Context(), kind); err == nil && n > 0 {
		t.Logf("the server kept %d jobs it called done; they are given out again", n)
	}
	until(t, "the queue is really empty", func() bool {
		n, err := work.Revive(t.Context(), kind)
		return err == nil && n == 0
	})
}

// addAll adds some jobs of all kinds and ranks, as somebody does who does not give up, and returns how often that took more than one try.
func addAll(t *testing.T, q *Queue, db *sqlstore.Store, jobs []Job, from, to int) (again int) {
	for i := from; i < to; i++ {
		d, err := db.SaveText(t.Context(), fmt.Sprint("script ", i))
		if err != nil {
			t.Error(err)
		}
		jobs[i] = Job{Kind: kinds[i%len(kinds)], SHA256: d, Wiki: "w", Path: "User:Mara/a.js", Version: "1"}
		for end := time.Now().Add(patience); ; again++ {
			if _, err = q.Add(t.Context(), jobs[i], Rank(i/2%ranks)); err == nil {
				break
			}
			if time.Now().After(end) {
				t.Errorf("add: %v", err)
				return again
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return again
}

// count is how many jobs have exactly one result.
func count(t *testing.T, db *sqlstore.Store, jobs []Job) (n int) {
	for _, j := range jobs {
		results, err := db.Results(t.Context(), j.Wiki, j.SHA256)
		if err != nil {
			t.Error(err)
		}
		if len(results) == 1 {
			n++
		}
	}
	return n
}

func TestAJobThatKillsItsWorkersIsSetAside(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			setsAside(t, kind)
		})
	}
}

// setsAside has a job of a kind that kills who does it, and one that does not.
func setsAside(t *testing.T, kind string) {
	c := orders(t, child{Tries: 3})
	host := openBus(t, c.Bus)
	db := openStore(t, c.Store)
	q, err := Open(t.Context(), Options{Bus: host, Store: db, Silence: time.Second, Tries: 3})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, bus: host, db: db, q: q}
	deadly, harmless := w.job("deadly"), w.job("harmless")
	deadly.Kind, harmless.Kind = kind, kind
	w.add(deadly, true)
	w.add(harmless, true)
	p := start(t, c.guest())
	deaths := 0
	w.until("both are settled", func() bool {
		if p.dead() {
			deaths++
			p.run()
		}
		a, err := db.Settled(t.Context(), deadly)
		w.must(err)
		b, err := db.Settled(t.Context(), harmless)
		w.must(err)
		return a && b
	})
	if f := w.failure(); f.Job != deadly || f.Tries != 3 || !strings.Contains(f.Reason, "it may end the process") || deaths != 3 {
		t.Errorf("set aside after %d deaths: %+v", deaths, f)
	}
	if got := w.results(harmless); len(got) != 1 {
		t.Errorf("%d results of the harmless one", len(got))
	}
}
