package web

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sallyport/internal/libs"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/violation"
	"sallyport/internal/wiki"
)

// withQueue has a place for requests, and what browsers reported in it: Mara's translator met one server in seven people's
// pages and another in two's, and somebody's personal script a third.
func withQueue(t *testing.T) (db *sqlstore.Store, change func(*Options)) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	batch := violation.Batch{ID: "1"}
	add := func(directive, host, source string, people int, noise violation.Noise) {
		r := violation.Row{Key: violation.Key{Wiki: "villagewiki", Directive: directive, Blocked: host, Source: source, Day: violation.DayOf(today) - 1, Noise: noise},
			Count: 99, Engines: violation.Chromium | violation.Firefox, First: today.Add(-48 * time.Hour), Last: today.Add(-24 * time.Hour)}
		for i := range people {
			r.Users.Add(uint64(i+1) << 40)
		}
		batch.Rows = append(batch.Rows, r)
	}
	add("connect-src", "https://translate.test", "User:Mara/Quick translate.gadget", 7, violation.None)
	add("script-src-elem", "https://unpkg.com", "User:Mara/Quick translate.gadget", 2, violation.None)
	add("img-src", "https://pictures.test", "User:"+hostile+"/common.js", 6, violation.None)
	add("img-src", "https://ads.test", "User:Mara/Quick translate.gadget", 9, violation.Injector)
	if err := db.Keep(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	mirror, errs := libs.Open(fstest.MapFS{})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return db, func(o *Options) { o.Requests, o.Mirror, o.Origin = db, mirror, "https://wiki.example" }
}

// RequestsChanged is part of [Gadgets].
func (v *village) RequestsChanged() {}

func decider() wiki.User { return wiki.User{ID: 9, Name: "Odo", Rights: []string{"editsitejs"}} }

const translating = "/sallyport/blocked?host=https://translate.test&directive=connect-src&script=p1"

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// form is what the form of a page sends.
func form(page string) url.Values {
	values := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		values.Set(m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
	}
	return values
}

func (s *setting) submit(path string, values url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://wiki.example"+path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r, change...)
}

func TestAReaderAsksForAServerAndOperatorsGrantItToTheGadget(t *testing.T) {
	db, queue := withQueue(t)
	s := newSetting(t, queue)
	page := s.get(translating).Body.String()
	checkMarkup(t, page)
	for _, want := range []string{"fetch data from https://translate.test", "It was User:Mara/Quick translate.gadget", "7 people met this", "11 March 2026", "User:You/data.json", `"csp":{"connect-src":{"https://translate.test":"…"}}`} {
		if !strings.Contains(visibleText(t, page), want) {
			t.Errorf("the page does not say %q:\n%s", want, visibleText(t, page))
		}
	}
	values := form(page)
	values.Set("why", "It reads <b>foreign</b> articles to me.")
	w := s.submit("/sallyport/blocked", values)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, visibleText(t, w.Body.String()))
	}
	page = s.get(w.Header().Get("Location")).Body.String()
	if !strings.Contains(page, "You have asked for this.") || tokenIn(page) != "" {
		t.Errorf("afterwards:\n%s", visibleText(t, page))
	}
	s.me = wiki.User{ID: 3, Name: "Ada"}
	if w := s.submit("/sallyport/blocked", form(s.get(translating).Body.String())); w.Code != http.StatusSeeOther {
		t.Errorf("the second to ask: %d", w.Code)
	}

	s.me = decider()
	page = s.get("/sallyport/requests").Body.String()
	checkMarkup(t, page)
	for _, want := range []string{"1 request waits.", "Ira, Ada ask for it.", "It reads <b>foreign</b> articles to me.", "7 people, in 30 days", "chromium, firefox", "Nothing is known against the server", "Grant to this gadget"} {
		if !strings.Contains(visibleText(t, page), want) {
			t.Errorf("the queue does not say %q:\n%s", want, visibleText(t, page))
		}
	}
	open, err := db.Requests(t.Context(), "villagewiki", store.RequestOpen, 10)
	if err != nil || len(open) != 1 || open[0].Gadget != 1 {
		t.Fatalf("%+v %v", open, err)
	}
	at := "/sallyport/requests/" + open[0].ID
	decision := url.Values{"token": {tokenIn(page)}, "to": {"gadget"}, "reason": {"fine"}}
	if w := s.submit(at, decision); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, visibleText(t, w.Body.String()))
	}
	for _, asker := range []int64{2, 3} {
		if got := s.village.granted[[2]int64{asker, 1}]; !slices.Contains(got, "translate.test") {
			t.Errorf("%d asked for it and has %q", asker, got)
		}
	}
	if w := s.submit(at, decision); w.Code != http.StatusConflict {
		t.Errorf("decided twice: %d", w.Code)
	}
	page = s.get("/sallyport/requests").Body.String()
	if text := visibleText(t, page); !strings.Contains(text, "Nobody asks for a server just now") || !strings.Contains(text, "Granted to the gadget https://translate.test") {
		t.Error(text)
	}
	s.me = ira()
	if text := visibleText(t, s.get("/sallyport/blocked").Body.String()); !strings.Contains(text, "Granted to the gadget https://translate.test") || !strings.Contains(text, "by Odo. Reason: fine") {
		t.Errorf("the reader is not told:\n%s", text)
	}
	s.me = decider()
	if w := s.submit(at, url.Values{"token": {tokenIn(page)}, "to": {"withdraw"}}); w.Code != http.StatusBadRequest {
		t.Errorf("taken back without a reason: %d", w.Code)
	}
	if w := s.submit(at, url.Values{"token": {tokenIn(page)}, "to": {"withdraw"}, "reason": {"it was sold"}}); w.Code != http.StatusSeeOther {
		t.Errorf("not taken back: %d", w.Code)
	}
	log, err := db.Entries(t.Context(), "villagewiki", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range log {
		kinds = append(kinds, e.Kind)
	}
	if got := fmt.Sprint(kinds); got != "[host asked host asked host granted host refused]" || !strings.Contains(log[2].Body, `"author":1,"author_name":"Mara"`) {
		t.Errorf("the log says %s; %s", got, log[2].Body)
	}
}

func TestOnlyWhatABrowserReportedCanBeAskedFor(t *testing.T) {
	_, queue := withQueue(t)
	s := newSetting(t, queue)
	for path, want := range map[string]string{
		"?host=https://evil.test&directive=connect-src":                               "No browser has reported this yet",
		"?host=https://translate.test&directive=img-src":                              "No browser has reported this yet",
		"?host=https://ads.test&directive=img-src":                                    "No browser has reported this yet",
		"?host=http://translate.test&directive=connect-src":                           "This cannot be asked for",
		"?host=https://*.test&directive=connect-src":                                  "This cannot be asked for",
		"?host=https://translate.test%3B%20script-src%20*&directive=connect-src":      "This cannot be asked for",
		"?host=inline&directive=script-src-elem":                                      "This cannot be asked for",
		"?host=https://translate.test&directive=object-src":                           "This cannot be asked for",
		"?host=https://unpkg.com&directive=script-src-elem&script=User:Evil/x.gadget": "Fewer than five people met this",
		"": "a small notice leads here",
	} {
		page := s.get("/sallyport/blocked" + path).Body.String()
		checkMarkup(t, page)
		text := visibleText(t, page)
		if !strings.Contains(text, want) {
			t.Errorf("%s: %s", path, text)
		}
		if ok := strings.Contains(path, "unpkg"); ok != (tokenIn(page) != "") {
			t.Errorf("%s: a form is there: %v", path, !ok)
		}
		if strings.Contains(text, "Evil") {
			t.Errorf("%s names a script that no report does", path)
		}
	}
	s.me = wiki.User{}
	page := s.get(translating).Body.String()
	if !strings.Contains(page, "To ask for it, log in first.") || tokenIn(page) != "" {
		t.Error("somebody without an account can ask")
	}
}

func TestAScriptCannotAskOrDecide(t *testing.T) {
	db, queue := withQueue(t)
	s := newSetting(t, queue)
	values := form(s.get(translating).Body.String())
	if got := tokenIn(s.get(translating, header("Sec-Fetch-Dest", "empty")).Body.String()); got != "" {
		t.Error("a script that fetches the page gets a token")
	}
	changed := func(key, value string) url.Values {
		v := url.Values{}
		for k := range values {
			v.Set(k, values.Get(k))
		}
		v.Set(key, value)
		return v
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a script":          s.submit("/sallyport/blocked", values, header("Sec-Fetch-Mode", "cors"), header("Sec-Fetch-Dest", "empty")),
		"no click":          s.submit("/sallyport/blocked", values, header("Sec-Fetch-User", "")),
		"another site":      s.submit("/sallyport/blocked", values, header("Sec-Fetch-Site", "cross-site")),
		"another server":    s.submit("/sallyport/blocked", changed("host", "https://unpkg.com")),
		"another directive": s.submit("/sallyport/blocked", changed("directive", "img-src")),
		"another gadget":    s.submit("/sallyport/blocked", changed("script", "User:Ira/Footnote popups.gadget")),
		"another session":   s.submit("/sallyport/blocked", values, header("Cookie", "village_session=xyz")),
	} {
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if open, err := db.Requests(t.Context(), "villagewiki", store.RequestOpen, 10); err != nil || len(open) != 0 {
		t.Fatalf("%+v %v", open, err)
	}
	if w := s.submit("/sallyport/blocked", values); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	open, _ := db.Requests(t.Context(), "villagewiki", store.RequestOpen, 10)
	at := "/sallyport/requests/" + open[0].ID
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a reader sees the queue":        s.get("/sallyport/requests"),
		"a reader sees the queue's data": s.get("/sallyport/requests.json"),
		"a reader decides":               s.submit(at, url.Values{"token": {values.Get("token")}, "to": {"gadget"}}),
	} {
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	s.me = decider()
	token := tokenIn(s.get("/sallyport/requests").Body.String())
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a script decides":        s.submit(at, url.Values{"token": {token}, "to": {"gadget"}}, header("Sec-Fetch-Mode", "cors"), header("Sec-Fetch-Dest", "empty")),
		"with a switch's token":   s.submit(at, url.Values{"token": {tokenIn(s.get("/sallyport/gadget/p2").Body.String())}, "to": {"gadget"}}),
		"with the reader's token": s.submit(at, url.Values{"token": {values.Get("token")}, "to": {"gadget"}}),
	} {
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := s.submit("/sallyport/requests/nosuch", url.Values{"token": {token}, "to": {"gadget"}}); w.Code != http.StatusNotFound {
		t.Errorf("a request that is not there: %d", w.Code)
	}
	if w := s.submit(at, url.Values{"token": {token}, "to": {"refuse"}}); w.Code != http.StatusBadRequest {
		t.Errorf("refused without a reason: %d", w.Code)
	}
	var data struct {
		Schema   string
		Requests []struct{ ID, State, Host string }
	}
	if err := json.Unmarshal(s.get("/sallyport/requests.json").Body.Bytes(), &data); err != nil || data.Schema != "sallyport/requests/1" || len(data.Requests) != 1 || data.Requests[0].State != "open" {
		t.Errorf("%+v %v", data, err)
	}
	if w := s.submit(at, url.Values{"token": {token}, "to": {"everybody"}}); w.Code != http.StatusSeeOther {
		t.Error(w.Code)
	}
	if page := visibleText(t, s.get("/sallyport/requests").Body.String()); !strings.Contains(page, `[policy.allow] connect-src = ["https://translate.test"]`) {
		t.Error(page)
	}
}

func TestTheSixthRequestOfAnAccountWaits(t *testing.T) {
	db, queue := withQueue(t)
	s := newSetting(t, queue)
	for i := range 5 {
		_, _, err := db.Ask(t.Context(), store.Request{Wiki: "villagewiki", ID: fmt.Sprint(i), UserID: 2, User: "Ira", Directive: "img-src", Host: fmt.Sprintf("https://%d.test", i), Asked: today}, store.Limits{Account: 5, Wiki: 100})
		if err != nil {
			t.Fatal(err)
		}
	}
	w := s.submit("/sallyport/blocked", form(s.get(translating).Body.String()))
	if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "five open requests") {
		t.Errorf("%d %s", w.Code, visibleText(t, w.Body.String()))
	}
}

func TestAGadgetsPageSaysWhatItWasKeptFromToThoseWhoMayKnow(t *testing.T) {
	_, queue := withQueue(t)
	s := newSetting(t, queue)
	for name, c := range map[string]struct {
		me  wiki.User
		few bool
	}{
		"a reader": {wiki.User{ID: 3, Name: "Ada"}, false}, "nobody": {wiki.User{}, false}, "its author": {wiki.User{ID: 1, Name: "Mara"}, true}, "an operator": {decider(), true},
	} {
		s.me = c.me
		text := visibleText(t, s.get("/sallyport/gadget/p1").Body.String())
		if !strings.Contains(text, "Was kept from contacting") || !strings.Contains(text, "https://translate.test") || strings.Contains(text, "ads.test") {
			t.Errorf("%s: %s", name, text)
		}
		if strings.Contains(text, "unpkg.com") != c.few {
			t.Errorf("%s sees what two people met: %v", name, !c.few)
		}
	}
	if text := visibleText(t, s.get("/sallyport/gadget/p2").Body.String()); strings.Contains(text, "Was kept") {
		t.Error(text)
	}
}

func TestRisksOfAServerAreThoseOfAPolicyWithIt(t *testing.T) {
	codes := func(directive, host string) (list []string) {
		for _, w := range risks(directive, host, "https://wiki.example") {
			list = append(list, w.Code)
		}
		return list
	}
	if got := fmt.Sprint(codes("script-src", "https://unpkg.com")); !strings.Contains(got, "open-hosting") {
		t.Error(got)
	}
	if got := codes("script-src", "https://quiet.test"); len(got) != 0 {
		t.Error(got)
	}
}

func TestTheMirrorOfLibrariesIsListedAndSearched(t *testing.T) {
	_, queue := withQueue(t)
	mirror, errs := libs.Open(shelfOfThree(t))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := newSetting(t, queue, func(o *Options) { o.Mirror = mirror })
	page := s.get("/sallyport/libs").Body.String()
	checkMarkup(t, page)
	for _, want := range []string{"3 libraries", "charts 1.2.0", "mw.loader.getScript( '/sallyport/libs/charts@1.2.0/dist/charts.js' )", "// @require https://wiki.example/sallyport/libs/charts@1.2.0/dist/charts.js#sha384-"} {
		if !strings.Contains(visibleText(t, page), want) {
			t.Errorf("the page does not say %q:\n%s", want, visibleText(t, page))
		}
	}
	if text := visibleText(t, s.get("/sallyport/libs?search=CHARTS").Body.String()); !strings.Contains(text, "2 libraries") || strings.Contains(text, "maps 2.0.0") {
		t.Error(text)
	}
	if text := visibleText(t, s.get("/sallyport/libs?search=nothing").Body.String()); !strings.Contains(text, "No library has all these words") {
		t.Error(text)
	}
	if body := s.get("/sallyport/libs.csv").Body.String(); strings.Count(body, "sha384-") != 3 {
		t.Error(body)
	}
	if w := newSetting(t).get("/sallyport/libs"); w.Code != http.StatusNotFound {
		t.Errorf("without a mirror: %d", w.Code)
	}
}

// shelfOfThree is a folder of libraries as npm packs them.
func shelfOfThree(t *testing.T) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	for _, l := range []struct{ name, version, about string }{{"charts", "1.2.0", "Draws charts"}, {"charts", "1.1.0", "Draws charts"}, {"maps", "2.0.0", hostile}} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		about, _ := json.Marshal(map[string]string{"name": l.name, "version": l.version, "description": l.about, "license": "MIT", "main": "dist/" + l.name + ".js"})
		for name, text := range map[string]string{"package/package.json": string(about), "package/dist/" + l.name + ".js": "window.x = 1;", "package/x.css": "a{}"} {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write([]byte(text))
		}
		if w.Close() != nil || z.Close() != nil {
			t.Fatal("not packed")
		}
		folder[l.name+l.version+".tgz"] = &fstest.MapFile{Data: b.Bytes()}
	}
	return folder
}

func TestBrowserPagesAboutServersFitTheirWindow(t *testing.T) {
	db, queue := withQueue(t)
	mirror, _ := libs.Open(shelfOfThree(t))
	s := newStreet(t, queue, func(o *Options) { o.Mirror = mirror })
	for i, r := range []store.Request{
		{ID: "a", Directive: "connect-src", Host: "https://translate.test", Script: "User:Mara/Quick translate.gadget", Gadget: 1, Why: "It reads foreign articles to me."},
		{ID: "b", Directive: "script-src", Host: "https://unpkg.com", Script: "User:" + hostile + "/" + strange + ".js", Why: strange},
		{ID: "c", Directive: "img-src", Host: "https://a-very-long-name-of-a-server-that-nobody-would-ever-want-to-type.pictures.test", Why: ""},
		{ID: "d", Directive: "font-src", Host: "https://letters.test", Gadget: 1, Script: "User:Mara/Quick translate.gadget"},
		{ID: "e", Directive: "frame-src", Host: "https://frames.test"},
	} {
		r.Wiki, r.UserID, r.User, r.Asked = "villagewiki", 2, "Ira", today.Add(time.Duration(i)*time.Minute)
		if _, _, err := db.Ask(t.Context(), r, store.Limits{Account: 9, Wiki: 9}); err != nil {
			t.Fatal(err)
		}
		r.By, r.Reason, r.Decided = "Odo", strange, today.Add(time.Hour)
		if r.State = map[string]store.RequestState{"c": store.RequestForAll, "d": store.RequestGranted, "e": store.RequestRefused}[r.ID]; r.State != "" {
			if _, err := db.Decide(t.Context(), r, store.RequestOpen); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := os.Getenv("SCREENSHOTS")
	for _, c := range [][3]string{
		{"blocked", "ira", "/blocked?host=https://unpkg.com&directive=script-src-elem"}, {"asked", "ira", "/blocked?host=https://translate.test&directive=connect-src"},
		{"requests", "decide", "/requests?"}, {"gadget", "decide", "/gadget/p1?"}, {"libs", "ira", "/libs?"},
	} {
		s.SetCookie(s.Server.URL, "village_session", c[1])
		for _, lang := range []string{"en", "he"} {
			for _, look := range []struct {
				width   int64
				colours string
			}{{320, "light"}, {320, "dark"}, {1100, "light"}} {
				s.colours(t, look.colours)
				s.Viewport(look.width, 800)
				s.Goto(s.Server.URL + "/sallyport" + c[2] + "&uselang=" + lang)
				wrong, _ := s.Faults()
				for _, w := range wrong {
					t.Errorf("%s in %s, %d wide, %s: %s", c[0], lang, look.width, look.colours, w)
				}
				if dir != "" {
					s.Screenshot(filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", c[0], lang, look.width, look.colours)))
				}
			}
		}
	}
}
