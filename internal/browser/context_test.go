package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const wikiURL = "https://wiki.test/"

func TestInstrumentationRunsFirstInEveryRealm(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{
		Handler: pages{
			"/": `<script>window.seen = window.hooked; window.left = Object.keys(window).filter(k => /^[A-Z2-7]{26}$/.test(k)).length</script>
<iframe src=https://other.test/frame></iframe><iframe src=/frame></iframe><iframe srcdoc="<p>x"></iframe>
<script>
fresh = document.body.appendChild(document.createElement('iframe')).contentWindow.hooked;
new Worker('/worker.js'); new Worker(URL.createObjectURL(new Blob(['console.log("blob", self.hooked)'])));
new SharedWorker('/shared.js'); navigator.serviceWorker.register('/service.js'); open('/popup');
</script>`,
			"/frame": `<script>console.log('frame', self.hooked)</script>`, "/popup": `<script>console.log('popup', self.hooked)</script>`,
			"/worker.js": `console.log('worker', self.hooked)`, "/shared.js": `console.log('shared', self.hooked)`, "/service.js": `console.log('service', self.hooked)`,
		},
		Scripts: []string{`emit => { globalThis.hooked = true; emit('in place'); }`, `emit => { emit(typeof location + ' ' + typeof setTimeout); }`},
	})
	r.must(r.Navigate(t.Context(), wikiURL))
	for _, who := range []string{"frame", "popup", "worker", "blob", "shared", "service"} {
		e := r.await(Console, func(e Event) bool { return strings.HasPrefix(e.Text, who) })
		if e.Text != who+" true" {
			t.Errorf("in a %s, the instrumentation came too late: %q", e.Target.Type, e.Text)
		}
	}
	if !value[bool](r, "seen") || !value[bool](r, "fresh") {
		t.Error("the instrumentation came too late in the page, or in a frame it made")
	}
	if n := value[int](r, "left"); n != 0 {
		t.Errorf("the page sees %d bindings", n)
	}
	var types []string
	for _, e := range r.events(Hello) {
		types = append(types, e.Target.Type)
	}
	for _, want := range []string{"page", "popup", "worker", "shared worker", "service worker"} {
		if !slices.Contains(types, want) {
			t.Errorf("no hello from a %s: %q", want, types)
		}
	}
	r.await(Hello, func(e Event) bool { return e.URL == "https://other.test/frame" })
	if n := len(r.events(Hook)); n < 2*len(types)-1 {
		t.Errorf("%d realms said hello, but there were %d calls of emit", len(types), n)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestARealmThatSaysNothingMakesTheRunInvalid(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Handler: pages{"/": "<p>x"}, Scripts: []string{"emit => { this is no JavaScript }"}})
	if err := r.Navigate(t.Context(), wikiURL); !errors.Is(err, ErrSilent) {
		t.Errorf("the page was opened: %v", err)
	}
	if err := r.Close(); !errors.Is(err, ErrSilent) {
		t.Errorf("the context was closed: %v", err)
	}
	r = visit(t, b, ContextOptions{Handler: pages{"/": "<p>x"}, Scripts: []string{"emit => { throw new Error('thrown') }"}})
	r.must(r.Navigate(t.Context(), wikiURL))
	if all := r.events(Exception); len(all) == 0 || all[0].Name != "instrumentation" || !strings.Contains(all[0].Text, "thrown") {
		t.Errorf("exceptions: %s", brief(all))
	}
}

func TestAPageCannotMakeHookEvents(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{
		Handler: pages{"/": `<script>for (const k of Object.getOwnPropertyNames(window)) { try { if (/^[A-Z2-7]{26}$/.test(k)) window[k]('eforged'); } catch {} }</script>`},
		Scripts: []string{"emit => emit('ours')"},
	})
	r.must(r.Navigate(t.Context(), wikiURL))
	for _, e := range r.events(Hook) {
		if e.Text != "ours" {
			t.Errorf("the page made %q", e.Text)
		}
	}
}

func TestTheHandlerAnswersEveryHost(t *testing.T) {
	b := anyLevel(t, Options{})
	var mu sync.Mutex
	var asked []string
	r := visit(t, b, ContextOptions{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		asked = append(asked, strings.TrimSpace(r.Method+" "+r.URL.String()+" "+string(body)))
		mu.Unlock()
		if r.URL.Path == "/refused" {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, r.URL.Host)
	}), Referrer: "https://from.example/page"})
	r.must(r.Navigate(t.Context(), "http://plain.test/"))
	got := value[[]string](r, `Promise.all(['http://a.example/x', 'https://b.example:8443/y?q=1', 'http://192.0.2.7/', 'http://127.0.0.1:8080/', 'http://localhost/', 'https://[2001:db8::1]/', 'https://c.example/refused']
		.map(u => fetch(u, { method: 'POST', body: 'body' }).then(r => r.text(), () => 'refused')))`)
	want := []string{"a.example", "b.example:8443", "192.0.2.7", "127.0.0.1:8080", "localhost", "[2001:db8::1]", "refused"}
	if !slices.Equal(got, want) {
		t.Errorf("answers are %q, want %q", got, want)
	}
	if ref := value[string](r, "document.referrer"); ref != "https://from.example/page" {
		t.Errorf("the referrer is %q", ref)
	}
	if !slices.Contains(asked, "POST https://b.example:8443/y?q=1 body") {
		t.Errorf("asked for %q", asked)
	}
	for _, e := range r.events(Request) {
		if e.URL == "http://a.example/x" && (e.Method != "POST" || e.Text != "body" || e.How != "Fetch" || len(e.Stack) == 0) {
			t.Errorf("the browser tells %+v", e)
		}
	}
}

func TestSocketsAreReadAndAnswered(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{
		Handler: pages{"/": "<p>x"},
		Socket: func(r *http.Request, s *Socket) {
			_ = s.Send("welcome to " + r.URL.String())
			_ = s.Send(strings.Repeat("long ", 20000))
		},
	})
	r.must(r.Navigate(t.Context(), wikiURL))
	got := value[[]string](r, `new Promise(done => { const s = new WebSocket('wss://socket.example/path'), all = [];
		s.onmessage = e => { all.push(e.data.slice(0, 40)); if (all.length == 2) { s.send('hello'); s.send(new Uint8Array(70000)); done(all); } }; })`)
	if want := []string{"welcome to wss://socket.example/path", "long long long long long long long long "}; !slices.Equal(got, want) {
		t.Errorf("the page got %q", got)
	}
	r.await(Frame, func(e Event) bool {
		return e.Text == "hello" && e.Name == "text" && e.URL == "wss://socket.example/path"
	})
	r.await(Frame, func(e Event) bool { return e.Name == "binary" })
	r.await(SocketOpened, func(e Event) bool { return e.URL == "wss://socket.example/path" && len(e.Stack) > 0 })
}

func TestCodeFromTextIsTold(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Handler: pages{
		"/": `<script src=/a.js></script>`,
		"/a.js": `eval('evaluated = 1'); new Function('made = 2')(); setTimeout('timed = 3', 0); eval('named = 4 //# sourceURL=https://hidden.example/x.js');
			try { new Function('broken = 5 is none'); } catch (e) {}
			import(URL.createObjectURL(new Blob(['window.blob = 6;'], { type: 'text/javascript' })));`,
	}})
	r.must(r.Navigate(t.Context(), wikiURL))
	r.await(Parsed, func(e Event) bool {
		return e.Name == "" && strings.HasPrefix(e.URL, "blob:") && strings.Contains(e.Text, "blob = 6")
	})
	for _, text := range []string{"evaluated = 1", "made = 2", "timed = 3", "named = 4", "broken = 5"} {
		e := r.await(Parsed, func(e Event) bool { return strings.Contains(e.Text, text) })
		if e.Name != "eval" || len(e.SHA256) != 64 || (len(e.Stack) == 0 && text != "timed = 3") {
			t.Errorf("%s: %+v", text, e)
		}
	}
	a := r.await(Parsed, func(e Event) bool { return e.URL == wikiURL+"a.js" })
	if source, err := r.Source(t.Context(), a.ID); err != nil || !strings.HasPrefix(source, "eval(") {
		t.Errorf("its source is %q, %v", source, err)
	}
	before := len(r.events(Parsed))
	r.must(r.Inspect(t.Context(), "6 * 7", nil))
	r.must(r.Evaluate(t.Context(), "6 * 7 + 1", nil))
	if after := r.events(Parsed); len(after) != before {
		t.Errorf("our own code is told as the page's: %s", brief(after[before:]))
	}
}

func TestInspectSeesPastWhatAPageHasReplaced(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Handler: pages{"/": `<p id=x>text</p><script>document.querySelector = () => null; JSON.stringify = () => '"lies"'; Array.prototype.map = () => []</script>`}})
	r.must(r.Navigate(t.Context(), wikiURL))
	var got string
	r.must(r.Inspect(t.Context(), "[document.querySelector('#x').textContent].map(x => x)[0]", &got))
	if got != "text" {
		t.Errorf("inspecting gives %q", got)
	}
}

func TestInspectFollowsAPageThatMovedOn(t *testing.T) {
	r := visit(t, anyLevel(t, Options{}), ContextOptions{Handler: pages{"/": `<p id=x>text</p>`}})
	r.must(r.Navigate(t.Context(), wikiURL))
	r.page.mu.Lock()
	r.page.ours = 1 << 30 // as when the document goes between making a realm and using it
	r.page.mu.Unlock()
	var got int
	r.must(r.Inspect(t.Context(), "6 * 7", &got))
	if got != 42 {
		t.Errorf("inspecting gives %d", got)
	}
}

func TestWithoutWishesAPageHasTheBrowsersLanguageAndTime(t *testing.T) {
	r := visit(t, anyLevel(t, Options{}), ContextOptions{Handler: pages{"/": ``}})
	r.must(r.Navigate(t.Context(), wikiURL))
	var got string
	r.must(r.Inspect(t.Context(), "const o = Intl.DateTimeFormat().resolvedOptions(); [ navigator.language, o.locale, o.timeZone, new Date().getTimezoneOffset() ].join( ' ' )", &got))
	if got != "en-US en-US UTC 0" {
		t.Error(got)
	}
}

func TestInputIsTrusted(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Handler: pages{"/": `<body style="margin:0;height:9000px"><input style="position:fixed;left:0;top:0;width:100px;height:50px"><script>
var log = []; for (const k of ['mousedown', 'click', 'keydown', 'input', 'scroll', 'wheel']) addEventListener(k, e => log.push(k + ' ' + e.isTrusted + ' ' + (e.key || '')), true);</script>`}})
	ctx := t.Context()
	r.must(r.Navigate(ctx, wikiURL))
	r.must(r.Click(ctx, 20, 20))
	r.must(r.Type(ctx, "hé!"))
	r.must(r.Key(ctx, "Enter", 0))
	r.must(r.Scroll(ctx, 0, 400))
	if got := value[string](r, "document.querySelector('input').value"); got != "hé!" {
		t.Errorf("the field holds %q", got)
	}
	log := value[[]string](r, "new Promise(done => setTimeout(() => done(log), 200))")
	for _, want := range []string{"mousedown true ", "click true ", "keydown true h", "keydown true Enter", "input true ", "wheel true ", "scroll true "} {
		if !slices.Contains(log, want) {
			t.Errorf("%q is not among %q", want, log)
		}
	}
	picture, err := r.Screenshot(ctx)
	if err != nil || !bytes.HasPrefix(picture, []byte("\x89PNG")) {
		t.Errorf("the picture is no PNG: %v", err)
	}
}

func TestHidingAPageIsSeenByIt(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Handler: pages{"/": `<script>var log = []; document.addEventListener('visibilitychange', e => log.push(document.visibilityState + ' ' + e.isTrusted)); onblur = () => log.push('blur')</script>`}})
	r.must(r.Navigate(t.Context(), wikiURL))
	r.must(r.Hide(t.Context()))
	r.must(r.Show(t.Context()))
	log := value[[]string](r, "new Promise(done => setTimeout(() => done(log), 100))")
	for _, want := range []string{"hidden true", "visible true", "blur"} {
		if !slices.Contains(log, want) {
			t.Errorf("%q is not among %q", want, log)
		}
	}
}

func TestAPageSeesThePersonItIsTold(t *testing.T) {
	b := anyLevel(t, Options{})
	var language string
	r := visit(t, b, ContextOptions{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			language = r.Header.Get("Accept-Language")
			w.Header().Set("Content-Type", "text/html")
		}),
		Locale: "de-DE", Timezone: "Asia/Tokyo", UserAgent: "Reader/1", Width: 800, Height: 600,
	})
	r.must(r.Navigate(t.Context(), wikiURL))
	got := value[[]any](r, `[navigator.language, new Intl.NumberFormat().format(1234.5), Intl.DateTimeFormat().resolvedOptions().timeZone, navigator.userAgent, innerWidth, innerHeight, navigator.webdriver, navigator.onLine]`)
	if want := "[de-DE 1.234,5 Asia/Tokyo Reader/1 800 600 false true]"; fmt.Sprint(got) != want {
		t.Errorf("the page sees %v, want %s", got, want)
	}
	if !strings.HasPrefix(language, "de-DE,de") {
		t.Errorf("Accept-Language is %q", language)
	}
	off := visit(t, b, ContextOptions{Handler: pages{"/": ""}, Offline: true})
	off.must(off.Navigate(t.Context(), wikiURL))
	if value[bool](off, "navigator.onLine") {
		t.Error("the page thinks it is online")
	}
	if strings.Contains(value[string](off, "navigator.userAgent"), "Headless") {
		t.Error("the browser says it is headless")
	}
}

func TestTimeCanBeSetAndMovedOn(t *testing.T) {
	b := anyLevel(t, Options{})
	start := time.Date(2027, 3, 5, 12, 0, 0, 0, time.UTC)
	page := pages{
		"/": `<iframe srcdoc="<script>parent.inFrame = Date.now()</script>"></iframe><script>
var at = Date.now(), log = [], note = what => log.push(what + ' ' + Math.round((Date.now() - at) / 1000)), beats = 0;
setTimeout(() => fetch('/late').then(() => note('hour')), 3600e3); setTimeout(() => note('week'), 7 * 86400e3 - 1000); setInterval(() => beats++, 60000);
new Worker('/worker.js').onmessage = e => note(e.data)</script>`,
		"/late": "x", "/worker.js": `const at = Date.now(); postMessage('worker ' + at); setTimeout(() => postMessage('worker hour ' + Math.round((Date.now() - at) / 3600e3)), 3600e3); let n = 0; setInterval(() => { if (++n == 3) postMessage('third') }, 1800e3)`,
	}
	for _, clock := range []time.Time{{}, start} {
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		r := visit(t, b, ContextOptions{Handler: page, Clock: clock})
		r.must(r.Navigate(ctx, wikiURL))
		if !clock.IsZero() {
			for _, what := range []string{"at", "inFrame"} {
				if ms := value[float64](r, what); ms < float64(start.UnixMilli()) || ms > float64(start.UnixMilli())+5000 {
					t.Errorf("%s is %v, want %v", what, time.UnixMilli(int64(ms)).UTC(), start)
				}
			}
		}
		r.must(r.Evaluate(ctx, "new Promise(done => setTimeout(done, 100))", nil)) // time goes on by itself
		if log := value[[]string](r, "log"); slices.Contains(log, "hour 3600") {
			t.Errorf("time ran away: %q", log)
		}
		r.must(r.Advance(ctx, 2*time.Hour))
		r.must(r.Advance(ctx, 7*24*time.Hour))
		r.must(r.Evaluate(ctx, "new Promise(done => setTimeout(done, 100))", nil)) // and after it was moved
		log := strings.Join(value[[]string](r, "log"), "\n")
		for _, want := range []string{"hour 3600", "week 604799", "worker hour ", "third"} {
			if !strings.Contains(log, want) {
				t.Errorf("%q is missing in:\n%s", want, log)
			}
		}
		if n := value[int](r, "beats"); n < 7*24*60+119 || n > 7*24*60+125 {
			t.Errorf("%d minutes went by", n)
		}
	}
}

func TestCoverageCountsWhatRan(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Coverage: true, Handler: pages{
		"/": "<script src=/a.js></script>", "/other": "<p>x",
		"/a.js": "function ran() { return 1 }\nfunction later() { return 2 }\nfunction never() { return 3 }\nran(); ran();",
	}})
	ctx := t.Context()
	r.must(r.Navigate(ctx, wikiURL))
	r.must(r.Evaluate(ctx, "later()", nil))
	r.must(r.Navigate(ctx, wikiURL+"other"))
	all, err := r.Coverage(ctx)
	r.must(err)
	i := slices.IndexFunc(all, func(s Script) bool { return s.URL == wikiURL+"a.js" })
	if i < 0 {
		t.Fatalf("the script is not among %v", all)
	}
	counts := map[string]int{}
	for _, f := range all[i].Functions {
		counts[f.Name] = f.Count
	}
	if counts["ran"] != 2 || counts["later"] != 1 || counts["never"] != 0 {
		t.Errorf("counts are %v", counts)
	}
}

func TestContextsShareNothing(t *testing.T) {
	b := anyLevel(t, Options{})
	page := pages{"/": "<p>x"}
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			r := visit(t, b, ContextOptions{Handler: page})
			if err := r.Navigate(t.Context(), wikiURL); err != nil {
				t.Error(err)
				return
			}
			var before string
			if err := r.Evaluate(t.Context(), fmt.Sprintf("[document.cookie, localStorage.x, (document.cookie = localStorage.x = 'x%d')].join()", i), &before); err != nil || before != fmt.Sprintf(",,x%d", i) {
				t.Errorf("context %d finds %q, %v", i, before, err)
			}
		})
	}
	wait.Wait()
}

func TestNavigationsWithoutADocumentLeaveThePage(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/file":
			w.Header().Set("Content-Disposition", "attachment; filename=x.bin")
			io.WriteString(w, "inert")
		default:
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<title>here</title>")
		}
	})})
	ctx := t.Context()
	r.must(r.Navigate(ctx, wikiURL))
	r.must(r.Navigate(ctx, wikiURL+"none"))
	r.must(r.Navigate(ctx, wikiURL+"file"))
	r.must(r.Navigate(ctx, wikiURL+"#part"))
	if got := value[string](r, "document.title + location.hash"); got != "here#part" {
		t.Errorf("the page is %q", got)
	}
	r.await(Download, func(e Event) bool { return e.Name == "x.bin" && e.URL == wikiURL+"file" })
	r.must(r.Evaluate(ctx, "location.href = '/none'", nil))
	r.await(Navigating, func(e Event) bool { return e.URL == wikiURL+"none" })
}

func TestGoingBackIsWhatTheBrowsersButtonDoes(t *testing.T) {
	b := anyLevel(t, Options{})
	r := visit(t, b, ContextOptions{Handler: pages{"/": "<title>first</title>", "/next": "<title>next</title>"}})
	ctx := t.Context()
	r.must(r.Navigate(ctx, wikiURL))
	r.must(r.Navigate(ctx, wikiURL+"next"))
	r.must(r.Back(ctx))
	if got := value[string](r, "document.title + ' ' + performance.getEntriesByType('navigation')[0].type"); got != "first back_forward" {
		t.Errorf("the page is %q", got)
	}
}

func TestDialogsAreAnswered(t *testing.T) {
	b := anyLevel(t, Options{})
	page := pages{"/": "<p>x"}
	r := visit(t, b, ContextOptions{Handler: page})
	r.must(r.Navigate(t.Context(), wikiURL))
	if got := value[string](r, "alert('a'), [confirm('b'), prompt('c', 'd')].join()"); got != "true,d" {
		t.Errorf("the page was told %q", got)
	}
	if all := r.events(Dialog); len(all) != 3 || all[2].Name != "prompt" || all[2].Text != "c" {
		t.Errorf("dialogs: %s", brief(all))
	}
	r = visit(t, b, ContextOptions{Handler: page, Dialog: func(kind, message, text string) (bool, string) { return kind == "prompt", "typed" }})
	r.must(r.Navigate(t.Context(), wikiURL))
	if got := value[string](r, "[confirm('b'), prompt('c', 'd')].join()"); got != "false,typed" {
		t.Errorf("the page was told %q", got)
	}
}
