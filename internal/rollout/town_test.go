package rollout

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/violation"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const ownText = "default-src 'self'; script-src https://wiki.example/w/load.php 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"

// town is a wiki with readers whose browsers do as they are told, served by two processes on one store.
type town struct {
	*testing.T
	nodes [2]*Keeper
	db    *sqlstore.Store
	now   time.Time
	flush int
}

func newTown(t *testing.T, settings string, enforced bool) *town {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &town{T: t, db: db, now: monday}
	for i := range w.nodes {
		w.nodes[i] = &Keeper{
			Store: db, Wiki: "town", Page: csp.ParseAddress("https://wiki.example/"), Own: parsed(t, ownText), Settings: Settings{parsed(t, settings), enforced},
			Now: func() time.Time { return w.now }, Random: rand.NewChaCha8([32]byte{byte(i)}), Log: slog.New(slog.DiscardHandler),
		}
	}
	w.sync()
	return w
}

func parsed(t *testing.T, text string) *csp.Policy {
	t.Helper()
	p, problems := csp.Parse(text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// sync is what every process does twice a second.
func (w *town) sync() {
	w.Helper()
	for _, k := range w.nodes {
		w.ok(k.Sync(w.Context()))
	}
}

func reader(i int) string { return strconv.Itoa(1000 + i) }

// asks has readers open a page whose script fetches something, each at one of the processes, and keeps what their browsers
// report. It returns who was really refused.
func (w *town) asks(readers, of int, directive, host, script string) (refused []int) {
	w.Helper()
	var rows []violation.Row
	for i := range readers {
		who := i * of / readers
		kind, _ := csp.KindOf(directive, host)
		for _, p := range w.nodes[who%2].For(reader(who)) {
			if p.Policy.Allows(csp.Request{Kind: kind, URL: csp.ParseAddress(host), Page: w.nodes[0].Page}).Allowed {
				continue
			}
			if !p.ReportOnly {
				refused = append(refused, who)
			}
			rows = append(rows, w.row(p.ReportOnly, directive, host, script, who))
		}
	}
	w.keep(rows)
	return refused
}

func (w *town) row(only bool, directive, host, script string, who int) violation.Row {
	r := violation.Row{
		Key:   violation.Key{Wiki: "town", Directive: directive, Blocked: host, Source: script, ReportOnly: only, Day: violation.DayOf(w.now)},
		Count: 1, First: w.now, Last: w.now,
	}
	sum := sha256.Sum256([]byte(reader(who)))
	r.Users.Add(binary.BigEndian.Uint64(sum[:]))
	r.Networks.Add(uint64(who))
	return r
}

func (w *town) keep(rows []violation.Row) {
	w.Helper()
	w.flush++
	w.ok(w.db.Keep(w.Context(), violation.Batch{ID: fmt.Sprint("batch ", w.flush), Rows: rows}))
}

// enforcedFor counts the readers for whom the candidate is enforced, at both processes.
func (w *town) enforcedFor(readers int) (list []int) {
	w.Helper()
	for i := range readers {
		one, other := w.nodes[0].For(reader(i)), w.nodes[1].For(reader(i))
		if len(one) == 0 || one[0].Name != other[0].Name {
			w.Fatalf("reader %d has %v here and %v there", i, one, other)
		}
		if one[0].Name == "candidate" && !one[0].ReportOnly {
			list = append(list, i)
		}
	}
	return list
}

func (w *town) act(why string) Act { return Act{By: "Ira", Why: why, Seen: w.nodes[0].State().Version} }

// begin drafts a policy and starts to roll it out.
func (w *town) begin(draft string) {
	w.Helper()
	w.ok(w.nodes[0].SetDraft(w.Context(), w.act("smaller"), draft))
	w.ok(w.nodes[0].Start(w.Context(), w.act("let us see")))
	w.sync()
}

func (w *town) step() {
	w.Helper()
	w.ok(w.nodes[0].Step(w.Context(), w.act("so far so good")))
	w.sync()
}

// foreseen are 200 people who wanted charts before.
func foreseen(w *town) (rows []violation.Row) {
	for i := range 200 {
		rows = append(rows, w.row(true, "connect-src", "https://charts.test", "User:Mara/charts.js", 2*i))
	}
	return rows
}

// lossOf are people who were really refused something.
func lossOf(w *town, host string, people int) (rows []violation.Row) {
	for i := range people {
		rows = append(rows, w.row(false, "connect-src", host, "User:Ada/maps.js", i))
	}
	return rows
}
