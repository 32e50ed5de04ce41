package cli

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// trying is a gateway of two, where a script in user space that many run has a text that waits.
type trying struct {
	*switched
	cookies map[string]string // by who asks; "" for nobody
	module  string
}

const (
	verasScript = "User:Vera/v.js"
	verasServed = "veraserved();"
	verasWaits  = "verawaits();"
)

func newTrying(t *testing.T) *trying {
	t.Helper()
	s := &trying{switched: newSwitched(t, "enforce", "popular"), cookies: map[string]string{}}
	s.wiki.AddUser("Vera", "a password of a reader")
	s.wiki.AddUser("Rita", "a password of a reader", "sysop", "interface-admin")
	s.wiki.AddUser("Ulo", "a password of a reader")
	for _, name := range []string{"Vera", "Rita", "Ulo"} {
		s.cookies[name] = (&pair{T: t}).login(s.server.URL, name)
	}
	s.save(verasScript, verasServed, "Vera")
	s.save("User:Vera/v.gadget", `{"module":{"pages":["/v.js"]}}`, "Vera")
	for name := range s.cookies {
		s.chooses(name, "User:Vera/v")
	}
	s.module = "ext.usergadget.p" + s.ids["gadget"]
	g, err := s.gates[0].registry.ByTitle(t.Context(), "User:Vera/v")
	s.ok(err)
	for id := range int64(10) { // as many as make it popular
		s.ok(s.gates[0].registry.SwitchOn(t.Context(), 1_000+id, g.Row.PageID))
	}
	s.own("Ulo") // what it has now is taken as found
	s.save(verasScript, verasWaits, "Vera")
	title, err := s.gates[0].registry.Site.Parse(verasScript)
	s.ok(err)
	s.ok(s.gates[0].registry.Refresh(t.Context(), []wiki.Title{title}))
	s.own("Ulo")
	return s
}

// by has somebody decide whether they try the text that waits.
func (s *trying) by(name string, tries bool) {
	s.Helper()
	book := s.gates[0].approved.book
	title, err := book.Site().Parse(verasScript)
	s.ok(err)
	u, err := s.gates[0].client.WhoAmI(s.Context(), s.cookies[name])
	s.ok(err)
	if tries {
		s.ok(book.Try(s.Context(), title, store.DigestOf(verasWaits), u, time.Hour))
	} else {
		s.ok(book.StopTrying(s.Context(), title, u))
	}
}

// asks is what somebody's page is answered.
func (s *trying) asks(name, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://wiki.example"+path, nil)
	r.Header.Set("Sec-Fetch-Dest", "script")
	if name != "" {
		r.Header.Set("Cookie", s.cookies[name])
	}
	w := httptest.NewRecorder()
	s.gates[0].handler.ServeHTTP(w, r)
	return w
}

// own is where somebody's page gets the gadget from.
func (s *trying) own(name string) string {
	s.Helper()
	text := s.asks(name, "/sallyport/load.php?modules=ext.gadgets.userstartup&only=scripts&raw=1&lang=en&user="+name).Body.String()
	if !strings.Contains(text, `["`+s.module+`"`) {
		s.Fatalf("%s is not told of the gadget: %s", name, text)
	}
	m := regexp.MustCompile(`/sallyport/g/p\d+(/[0-9a-f]{64})?/load\.php`).FindString(text)
	if m == "" {
		m = "/sallyport/load.php"
	}
	return m + "?modules=" + s.module
}

func TestWhoTestsAPopularScriptGetsItInEveryIdiomAndTheRulesStillJudge(t *testing.T) {
	s := newTrying(t)
	waits := string(store.DigestOf(verasWaits))
	ways := map[string]string{
		"raw":      "/w/index.php?action=raw&ctype=text/javascript&title=" + verasScript,
		"encoded":  "/w/index.php?%61ction=r%61w&gen=js&title=user%3Avera%2Fv.js",
		"import":   "/sallyport/import?name=" + verasScript,
		"imported": "/sallyport/import.js?title=" + verasScript + "&digest=" + waits,
		"batch":    "/sallyport/load.php?modules=" + s.module,
	}
	has := func(name, way string) bool {
		s.Helper()
		path, fixed := ways[way]
		if !fixed {
			path = s.own(name)
		}
		w := s.asks(name, path)
		got := strings.Contains(w.Body.String(), "verawaits(") || way == "import" && strings.Contains(w.Body.String(), waits)
		if said := w.Header().Get("Cache-Control"); got && !strings.HasPrefix(said, "private, no-") {
			s.Errorf("%s, %s: what waits may be kept: %q", name, way, said)
		}
		return got
	}
	all := []string{"raw", "encoded", "import", "imported", "gadget", "batch"}
	s.by("Vera", true)
	mine := s.own("Vera")
	for range 2 { // whatever is remembered of the first time
		for _, way := range all {
			if want := way != "batch"; has("Vera", way) != want { // that address is everybody's
				t.Errorf("the tester has it by %s: %v", way, !want)
			}
			for _, name := range []string{"Ulo", "Rita"} {
				if has(name, way) {
					t.Errorf("%s has it by %s", name, way)
				}
			}
		}
		for _, name := range []string{"", "Ulo"} {
			for _, path := range []string{mine, ways["raw"], ways["imported"]} {
				if got := s.asks(name, path).Body.String(); strings.Contains(got, "verawaits(") {
					t.Errorf("%q gets of %s %s", name, path, got)
				}
			}
		}
	}
	s.by("Rita", true) // who has power, and whom the rules refuse what nobody has read
	for _, way := range []string{"raw", "import", "imported", "gadget"} {
		path := ways[way]
		if way == "gadget" {
			path = s.own("Rita")
		}
		if got := s.asks("Rita", path).Body.String(); strings.Contains(got, "verawaits(") || !strings.Contains(got, "refuse") {
			t.Errorf("a tester whom the rules refuse it gets of %s %s", path, got)
		}
	}
	s.by("Vera", false)
	for _, way := range all {
		if has("Vera", way) {
			t.Errorf("after she stopped she has it by %s", way)
		}
	}
	if got := s.asks("Vera", s.own("Vera")).Body.String(); !strings.Contains(got, "veraserved(") {
		t.Errorf("after she stopped she gets %s", got)
	}
	if got := s.asks("Vera", mine).Body.String(); strings.Contains(got, "verawaits(") {
		t.Errorf("a page that is still open gets %s", got)
	}
}
