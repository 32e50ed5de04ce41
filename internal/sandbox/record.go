package sandbox

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// maxEvents bounds the events of one kind that a run's log keeps.
const maxEvents = 600

// recorder gathers what the proxy, the browser and our hooks say of one run, and makes a log of it when it is over.
type recorder struct {
	began   time.Time
	secrets *decoy.Secrets
	turned  func(n int) trace.Event // the event for a condition that was turned

	mu      sync.Mutex
	proxied []trace.Event // T is set
	browsed []browser.Event
	phases  []phase
	counts  map[trace.Kind]int
	answer  json.RawMessage // to the last order given to the hooks
	started bool            // the script under test was about to run
	shown   string          // the user name that the page was shown to
	groups  []string        // and that person's groups
}

type phase struct {
	from  time.Duration
	stage trace.Stage
}

func newRecorder(s *decoy.Secrets) *recorder {
	return &recorder{began: time.Now(), secrets: s, counts: map[trace.Kind]int{}}
}

// put takes an event that we saw ourselves.
func (r *recorder) put(e trace.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts[e.Kind]++; r.counts[e.Kind] > kept(&e) {
		return
	}
	e.T = since(r.began)
	r.proxied = append(r.proxied, e)
}

// kept is how many events of a kind are kept when it comes to one: what takes a secret along does not drown in what was asked for before.
func kept(e *trace.Event) int {
	if len(e.Canary) > 0 {
		return 5 * maxEvents
	}
	return maxEvents
}

// hear takes an event of the browser's.
func (r *recorder) hear(e browser.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind == browser.Hook && r.order(e.Text) {
		return
	}
	if len(r.browsed) < 20_000 {
		r.browsed = append(r.browsed, e)
	}
}

// order keeps what the hooks answer to us apart from what they tell of the page.
func (r *recorder) order(text string) bool {
	var h struct {
		K, N, T string
		V       json.RawMessage
	}
	if json.Unmarshal([]byte(text), &h) != nil {
		return false
	}
	switch h.K {
	case "answer":
		r.answer = h.V
		return true
	case "started":
		if !r.started {
			r.started, r.shown, r.groups = true, h.N, strings.Split(strings.TrimSuffix(h.T, "|"), "|")
		}
		return true
	}
	return false
}

// enter begins another stage.
func (r *recorder) enter(s trace.Stage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phases = append(r.phases, phase{time.Since(r.began), s})
}

func (r *recorder) stageAt(t float64) trace.Stage {
	stage := trace.Natural
	for _, p := range r.phases {
		if float64(p.from)/float64(time.Millisecond) <= t {
			stage = p.stage
		}
	}
	return stage
}

func since(t time.Time) float64 { return float64(time.Since(t).Microseconds()) / 1000 }

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// events makes the run's log: in order of time, each with its stage and, where it is known, its place in analysed code.
func (r *recorder) events(code *analysed) []trace.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	code.learn(r.browsed)
	asked := newAskers(r.browsed, code)
	out := make([]trace.Event, 0, len(r.proxied)+len(r.browsed))
	for _, e := range r.proxied {
		if e.Script == nil {
			e.Script = asked.place(e.Data.URL, e.T)
		}
		out = append(out, e)
	}
	counts := map[trace.Kind]int{}
	for _, b := range r.browsed {
		for _, e := range r.translate(b, code) {
			if counts[e.Kind]++; counts[e.Kind] > kept(&e) {
				continue
			}
			e.T, e.Target = millis(b.At), cmp.Or(e.Target, b.Target.Type)
			e.Frame = cmp.Or(e.Frame, b.Document)
			out = append(out, e)
		}
	}
	for kind, n := range counts {
		if n > 5*maxEvents {
			out = append(out, trace.Event{Kind: trace.Limit, T: since(r.began), Data: trace.Data{Name: "events", Text: "more events of kind " + string(kind) + " than are kept"}})
		}
	}
	slices.SortStableFunc(out, func(a, b trace.Event) int { return cmp.Compare(a.T, b.T) })
	r.spelled(out)
	for i := range out {
		out[i].Stage = r.stageAt(out[i].T)
	}
	return out
}

// translate says what an event of the browser's means.
func (r *recorder) translate(b browser.Event, code *analysed) []trace.Event {
	place := code.place(b.Stack)
	switch b.Kind {
	case browser.Hello:
		return []trace.Event{{Kind: trace.Hello, Frame: b.URL}}
	case browser.Hook:
		return r.hook(b, code)
	case browser.Frame:
		return []trace.Event{{Kind: trace.Socket, Script: place, Data: trace.Data{URL: b.URL, Text: b.Text, Name: b.Name, How: "socket", Seen: "proxy"}, Canary: r.secrets.Find(b.Text)}}
	case browser.WebTransport:
		return []trace.Event{{Kind: trace.WebTransport, Script: place, Data: trace.Data{URL: b.URL, Seen: "browser", How: "webtransport"}, Canary: r.secrets.Find(b.URL)}}
	case browser.Parsed:
		return code.evaluated(b)
	case browser.Exception:
		if b.Name == "instrumentation" {
			return []trace.Event{{Kind: trace.Limit, Data: trace.Data{Name: "instrumentation", Text: b.Text}}}
		}
		e := trace.Event{Kind: trace.Error, Script: place, Data: trace.Data{Text: b.Text}}
		if place == nil && len(b.Stack) > 0 {
			e.Data.URL = b.Stack[0].URL
		}
		return []trace.Event{e}
	case browser.Dialog:
		return []trace.Event{{Kind: trace.Dialog, Data: trace.Data{Name: b.Name, Text: b.Text}}}
	case browser.Download:
		return []trace.Event{{Kind: trace.Navigate, Script: place, Data: trace.Data{URL: b.URL, Name: b.Name, How: "download", Seen: "browser"}, Canary: r.secrets.Find(b.URL)}}
	case browser.Opened:
		if strings.HasSuffix(b.Target.Type, "worker") {
			return []trace.Event{{Kind: trace.Worker, Data: trace.Data{URL: b.URL, How: "worker", Seen: "browser"}, Script: code.worker(b)}}
		}
	case browser.Crash:
		return []trace.Event{{Kind: trace.Limit, Data: trace.Data{Name: "crash", Text: "the page crashed"}}}
	case browser.Limit:
		return []trace.Event{{Kind: trace.Limit, Data: trace.Data{Name: b.Name, Text: b.Text}}}
	}
	return nil
}

// told is what another page can read without its being sent: what stands behind # in its address, and messages. It counts when a secret
// is in it.
func (r *recorder) told(e trace.Event, how, address, text string) []trace.Event {
	e.Kind, e.Data.How, e.Data.URL, e.Data.Text = trace.Request, how, address, text
	if how == "navigate" {
		e.Kind = trace.Navigate
	}
	if e.Canary = r.secrets.Find(address, text); len(e.Canary) == 0 {
		return nil
	}
	return []trace.Event{e}
}

// way is a request that the browser will make once somebody uses what is on the page: the ping of a link, a form of the wiki's that is sent
// elsewhere. A link itself, whose address everybody can see, counts when it takes along what nobody else may have.
func (r *recorder) way(e trace.Event, how, address string) []trace.Event {
	e.Kind, e.Data.How, e.Data.URL, e.Canary = trace.Request, how, address, r.secrets.Find(address)
	if how == "link" && !slices.ContainsFunc(e.Canary, func(name string) bool { return slices.Contains(keptToOneself, name) }) {
		return nil
	}
	return []trace.Event{e}
}

// keptToOneself are the secrets that no link leads away with.
var keptToOneself = []string{trace.CanaryToken, trace.CanaryCookie, trace.CanaryPassword, trace.CanaryEmail, trace.CanaryStorage, trace.CanaryFeed}

// hook reads what our instrumentation says.
func (r *recorder) hook(b browser.Event, code *analysed) []trace.Event {
	var h struct {
		K, N, S, T, A, On, U, How string
		G                         int
	}
	if json.Unmarshal([]byte(b.Text), &h) != nil {
		return nil
	}
	e := trace.Event{Script: code.stack(h.S), Data: trace.Data{Name: h.N, Seen: "hook"}}
	switch h.K {
	case "listen":
		e.Kind, e.Data.On = trace.Listen, h.On
	case "storage":
		e.Kind, e.Data.Action, e.Data.On, e.Data.Text = trace.Storage, h.A, h.On, h.T
	case "cookie":
		e.Kind = trace.CookieRead
	case "token":
		e.Kind = trace.TokenRead
	case "persist":
		e.Kind, e.Data.URL = trace.Persist, h.U
	case "conceal":
		e.Kind, e.Data.Text = trace.Conceal, h.T
	case "told":
		return r.told(e, h.How, h.U, h.T)
	case "way":
		return r.way(e, h.How, h.U)
	case "code":
		e.Kind, e.Data.How, e.Data.Text = trace.ScriptEval, h.N, h.T
		e.Data.Name = ""
		e.Data.From, e.Data.URL = code.origin(h.T)
	case "hint":
		e.Kind, e.Data.URL, e.Data.How, e.Canary = trace.Request, h.U, trace.HowHint, r.secrets.Find(h.U)
	case "ahead":
		return r.ahead(e, b.Document, h.T)
	case "rtc":
		e.Kind, e.Data.Text, e.Canary = trace.Peer, h.T, r.secrets.Find(h.T)
	case "gate":
		if r.turned == nil {
			return nil
		}
		e = r.turned(h.G)
	default:
		return nil
	}
	return []trace.Event{e}
}
