package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sallyport/internal/npmtest"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// switching is a guarded wiki whose operators switch things off. asked counts what the wiki was asked on their account.
type switching struct {
	*guarded
	keeper *switches.Keeper
	asked  int
	broken error // what those questions answer
}

func newSwitching(t testing.TB) *switching {
	t.Helper()
	s := &switching{}
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s.guarded = newGuardedBy(t, func(g *guarded, d *Door, o *Options) {
		site := g.desk.Site()
		s.keeper = &switches.Keeper{Store: db, Site: site, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		o.Switches = NewSwitches(Switches{
			Keeper: s.keeper, Site: site, Reads: d.Write, Base: "/sallyport", Now: time.Now, Log: slog.New(slog.DiscardHandler), Revision: g.client.Revision,
			Current: func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) {
				if s.asked++; s.broken != nil {
					return nil, s.broken
				}
				return g.client.Pages(ctx, titles)
			},
			Named: func(ctx context.Context, rev, page int64) (wiki.Title, error) {
				s.asked++
				p, err := g.client.Revision(ctx, rev)
				return p.Title, err
			},
			Stops: func(_ context.Context, p *wiki.Page) (*switches.Switch, error) {
				owner, _ := site.Owner(p.Title)
				return s.keeper.Stops(&switches.Subject{Title: p.Title, Digest: store.DigestOf(p.Text), Authors: []string{owner}}), s.broken
			},
			Gadget:      func(context.Context, string) (*switches.Switch, string, error) { return nil, "", nil },
			SiteGadgets: func(context.Context) (map[string][]wiki.Title, error) { return nil, s.broken },
			Groups:      func(context.Context, string) ([]string, error) { return nil, s.broken },
			Reviewed:    func(string) bool { return false },
		})
	})
	for _, name := range []string{"Mara", "Noor"} {
		s.wiki.AddUser(name, name+"'s password")
	}
	for title, text := range map[string]string{"User:Mara/x.js": "mara();", "User:Noor/x.js": "noor();", "User:Noor/common.js": "own();"} {
		_, err := s.wiki.Save(title, text, strings.TrimPrefix(title[:9], "User:"), "")
		s.ok(err)
	}
	return s
}

func (s *switching) off(kind switches.Kind, target string) {
	s.Helper()
	_, err := s.keeper.SwitchOff(s.Context(), switches.Switch{Kind: kind, Target: target, Title: "User:Mara/x.js", Reason: "why", By: "Ira"})
	s.ok(err)
}

func (s *switching) get(target string, header ...string) (*http.Response, string) {
	s.Helper()
	return s.send("GET", target, "", "", header...)
}

func TestWhileNothingIsOffTheWikisAnswersPassAndNobodyIsAsked(t *testing.T) {
	s := newSwitching(t)
	for _, target := range []string{asScript + "User:Mara/x.js", "/w/load.php?modules=user&user=Noor&skin=vector", "/w/load.php?modules=startup&only=scripts&raw=1"} {
		if r, body := s.get(target); r.StatusCode != http.StatusOK || strings.Contains(body, "stopped") || r.Header.Get("Cache-Control") == "private, no-store" {
			t.Errorf("%s: %s %v %s", target, r.Status, r.Header, body)
		}
	}
	for target, want := range map[string]string{
		asScript + "User:Mara/x.js&maxage=9000&smaxage=9000":                     "max-age=60",
		"/w/load.php?modules=user&user=Noor&skin=vector&version=zzzzz":           "max-age=60",
		"/w/load.php?modules=user&user=Noor&skin=vector":                         "max-age=60",
		"/w/load.php?modules=mediawiki.user%7Cjquery&skin=vector":                "max-age=300",
		"/w/load.php?lang=en&modules=%75ser&user=Noor&skin=vector&version=zzzzz": "max-age=60",
	} {
		r, _ := s.get(target)
		if said := r.Header.Get("Cache-Control"); !strings.Contains(said, want) || strings.Contains(said, "9000") {
			t.Errorf("%s may be kept: %q", target, said)
		}
	}
	if s.asked != 0 {
		t.Errorf("the wiki was asked %d times", s.asked)
	}
}

func TestAPartOfATextThatIsOffIsOff(t *testing.T) {
	s := newSwitching(t)
	s.off(switches.Revision, string(store.DigestOf("mara();")))
	for _, more := range []string{"", "&templates=expand", "&section=0", "&section=1&templates=expand"} {
		if _, body := s.get(asScript + "User:Mara/x.js" + more); strings.Contains(body, "mara(") {
			t.Errorf("%q serves it: %s", more, body)
		}
	}
	if _, body := s.get(asScript + "User:Noor/x.js&templates=expand"); !strings.Contains(body, "noor(") {
		t.Errorf("another page: %s", body)
	}
	r, body := s.get(asScript+"User:Mara/x.js", "Sec-Fetch-Dest", "document")
	if !strings.Contains(body, "mara(") || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("opened to be read: %v %s", r.Header, body)
	}
}

func TestWhatCannotBeFoundOutIsNotServed(t *testing.T) {
	s := newSwitching(t)
	s.off(switches.Host, "evil.test")
	s.broken = context.DeadlineExceeded
	if r, body := s.get(asScript + "User:Mara/x.js"); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "mara(") {
		t.Errorf("a page: %s %s", r.Status, body)
	}
	if r, body := s.get("/w/load.php?modules=user%7Cjquery&user=Noor&skin=vector"); r.StatusCode != http.StatusOK || strings.Contains(body, "own(") || !strings.Contains(body, `{"user":"ready"}`) || !strings.Contains(body, "jquery") {
		t.Errorf("a module: %s %.300s", r.Status, body)
	}
	if r, _ := s.get("/w/index.php?title=Main_Page"); r.StatusCode != http.StatusOK {
		t.Errorf("a page to be read: %s", r.Status)
	}
}

func TestTheNoticeAboutWhatIsOffIsSaidOnceInABrowserAndThrowsEachTime(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		npmtest.Missing(t, "there is no node to run it in")
	}
	s := newSwitching(t)
	s.off(switches.Author, "Mara")
	_, body := s.get(asScript + "User:Mara/x.js")
	probe := `const vm = require('vm'), text = require('fs').readFileSync(0, 'utf8'), kept = {};
for (let i = 0; i < 2; i++) {
  const sandbox = {window: {}, localStorage: {getItem: (k) => kept[k] || null, setItem: (k, v) => { kept[k] = v; }}};
  try { vm.runInNewContext(text, sandbox); console.log('ran'); }
  catch (e) { console.log([e.name, e.code, e.script, e.because, (sandbox.window.RLQ || []).length, Object.keys(kept)].join('|')); }
}`
	command := exec.CommandContext(t.Context(), node, "-e", probe)
	command.Stdin = strings.NewReader(body)
	out, err := command.CombinedOutput()
	s.ok(err)
	const kept = "sallyport-entry-switch-1-User:Mara/x.js\n"
	const said = "SallyportRefused|stopped|User:Mara/x.js|why|"
	if got, want := string(out), said+"1|"+kept+said+"0|"+kept; got != want {
		t.Errorf("it said %q, want %q", got, want)
	}
}
