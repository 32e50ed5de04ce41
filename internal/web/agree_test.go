package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

const notes = "mw.notes();"

// withJudge asks readers about scripts by people who are new: everybody is.
func withJudge(t *testing.T) (*sqlstore.Store, func(*Options)) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	rules, err := entry.Read(entry.Default)
	if err != nil {
		t.Fatal(err)
	}
	l := newLibrary()
	l.texts["User:Mara/footnotes.js"] = notes
	l.keep("scan", "User:Mara/footnotes.js", &finding.Script{Path: "User:Mara/footnotes.js", Capabilities: capability.Set{{Name: capability.Network, Target: "notes.test", Certainty: capability.Certain}}})
	return db, func(o *Options) {
		a := dossier.New(dossier.Options{Site: o.Site, Known: l, Account: func(_ context.Context, name string) (mediawiki.Author, error) {
			return mediawiki.Author{User: wiki.User{ID: 4, Name: name}, Blocked: name == "Ira"}, nil
		}})
		o.Judge = dossier.NewJudge(a, db, rules, true)
	}
}

func agreeAt(title, text string) string {
	return "/sallyport/agree?" + url.Values{"title": {title}, "digest": {string(store.DigestOf(text))}}.Encode()
}

func TestAReaderSeesWhatAScriptCanDoAndAgreesToExactlyThat(t *testing.T) {
	db, judged := withJudge(t)
	s := newSetting(t, judged)
	s.me = wiki.User{ID: 3, Name: "Ada"}
	at := agreeAt("User:Mara/footnotes.js", notes)
	page := s.get(at).Body.String()
	checkMarkup(t, page)
	for _, want := range []string{"This script did not run in your pages.", "Its author's account is new", "notes.test", "Risk: ", "Run it in my pages"} {
		if !strings.Contains(strings.ReplaceAll(visibleText(t, page), "’", "'"), want) {
			t.Errorf("the page does not say %q:\n%s", want, visibleText(t, page))
		}
	}
	if w := s.submit("/sallyport/agree", form(page)); w.Code != http.StatusSeeOther || w.Header().Get("Location") != at {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	if page = s.get(at).Body.String(); !strings.Contains(page, "You agreed") || tokenIn(page) != "" {
		t.Errorf("afterwards:\n%s", visibleText(t, page))
	}
	all, err := db.Agreements(t.Context(), "villagewiki", 3)
	if err != nil || len(all) != 1 || !all[0].Confirmed || all[0].Digest != store.DigestOf(notes) {
		t.Errorf("kept: %+v %v", all, err)
	}
	if page = s.get(agreeAt("User:Mara/footnotes.js", notes+" ")).Body.String(); tokenIn(page) == "" {
		t.Errorf("another text is not asked about:\n%s", visibleText(t, page))
	}
	if page = s.get(at + "&uselang=he").Body.String(); !strings.Contains(page, "הסכמתם") {
		t.Error("not in Hebrew")
	}
}

func TestNobodyAgreesButAPersonToWhatTheyWereShown(t *testing.T) {
	db, judged := withJudge(t)
	s := newSetting(t, judged)
	s.me = wiki.User{ID: 3, Name: "Ada"}
	at := agreeAt("User:Mara/footnotes.js", "one")
	values := form(s.get(at).Body.String())
	for name, change := range map[string]func(url.Values, *http.Request){
		"a script":     func(_ url.Values, r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "empty") },
		"another one":  func(v url.Values, _ *http.Request) { v.Set("digest", string(store.DigestOf("two"))) },
		"another page": func(v url.Values, _ *http.Request) { v.Set("title", "User:Mara/other.js") },
		"no token":     func(v url.Values, _ *http.Request) { v.Del("token") },
		"no text":      func(v url.Values, _ *http.Request) { v.Set("digest", "x") },
	} {
		sent := url.Values{}
		for k, v := range values {
			sent[k] = v
		}
		probe, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		change(sent, probe)
		w := s.submit("/sallyport/agree", sent, func(r *http.Request) { change(url.Values{}, r) })
		if w.Code < 400 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	s.me = wiki.User{}
	if page := s.get(at).Body.String(); tokenIn(page) != "" || !strings.Contains(page, "log in first") {
		t.Errorf("nobody is asked:\n%s", visibleText(t, page))
	}
	s.me = wiki.User{ID: 3, Name: "Ada"}
	refused := agreeAt("User:Ira/tool.js", "one")
	if page := s.get(refused).Body.String(); tokenIn(page) != "" || !strings.Contains(page, "blocked") {
		t.Errorf("what is refused is asked about:\n%s", visibleText(t, page))
	}
	if w := s.get("/sallyport/agree?title=User:Mara/x.js&digest=zz"); w.Code != http.StatusNotFound {
		t.Errorf("no text: %d", w.Code)
	}
	if all, err := db.Agreements(t.Context(), "villagewiki", 3); err != nil || len(all) != 0 {
		t.Errorf("kept: %+v %v", all, err)
	}
}
