package decoy

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/trace"
)

// world is a decoy with what it told.
type world struct {
	*Decoy
	t *testing.T

	mu     sync.Mutex
	events []trace.Event
}

func newWorld(t *testing.T, change func(*Visit)) *world {
	t.Helper()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	people := People("Abcdef", now)
	wiki, err := Seeded(people, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t}
	v := Visit{
		Source: NewPretend(wiki), Persona: people[1], Host: "wiki.test", Secrets: NewSecrets(people[1]), Self: trace.NewSelf("User:Mara/x.js", "var lamp = 'a line that is long enough';"),
		Script: &Script{Title: "User:Mara/x.js", Text: "var lamp = 1;", After: "\n/* mark */"}, Library: &Library{},
		Record: func(e trace.Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		},
	}
	if change != nil {
		change(&v)
	}
	w.Decoy = New(v)
	return w
}

func (w *world) ask(method, url, dest, body string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Dest", dest)
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	resp := rec.Result()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp, string(text)
}

func (w *world) of(kind trace.Kind) []trace.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.events), func(e trace.Event) bool { return e.Kind != kind })
}

func TestAWriteIsToldAndAnsweredAndNeverReachesTheWiki(t *testing.T) {
	for _, c := range []struct {
		answer Answer
		want   string
	}{{Success, `"result":"Success"`}, {Denied, "permissiondenied"}, {Broken, "internal_api_error"}} {
		w := newWorld(t, func(v *Visit) { v.Answer = c.answer })
		_, body := w.ask("POST", "https://wiki.test/w/api.php", "empty", "action=edit&format=json&title=MediaWiki:common.js&text=importScript('User:Mara/x.js')&token=%2B%5C")
		if !strings.Contains(body, c.want) {
			t.Errorf("%s: answered %s", c.answer, body)
		}
		writes := w.of(trace.PageWrite)
		if len(writes) != 1 || writes[0].Data.Title != "MediaWiki:Common.js" || writes[0].Data.Class != "site-js" || !slices.Contains(writes[0].Self, trace.SelfImport) {
			t.Errorf("%s: told of %+v", c.answer, writes)
		}
		if _, text := w.ask("GET", "https://wiki.test/w/index.php?title=MediaWiki:Common.js&action=raw", "empty", ""); strings.Contains(text, "importScript") {
			t.Errorf("%s: the pretend wiki took it", c.answer)
		}
	}
}

// Where nobody is logged in, wgUserName is null, and a script writes that into titles of "its reader's" pages.
func TestThePageOfNobodysNameIsNobodyElses(t *testing.T) {
	nobody := newWorld(t, func(v *Visit) { v.Persona = Persona{} })
	somebody := newWorld(t, nil)
	for _, title := range []string{"User:null/common.js", "User:undefined/common.js"} {
		if _, class := nobody.place(title, ""); class != "own-js" {
			t.Errorf("%s is %s to nobody", title, class)
		}
		if _, class := somebody.place(title, ""); class != "other-user-js" {
			t.Errorf("%s is %s to somebody", title, class)
		}
	}
}

func TestRequestsAreReadAsTheWikiWouldReadThem(t *testing.T) {
	type told struct{ Kind, Action, Title, Class string }
	for _, c := range []struct {
		name, method, url, body string
		want                    []told
	}{
		{"a read", "GET", "/w/api.php?action=query&titles=Harbour", "", []told{{"api.read", "query", "Harbour", ""}}},
		{"a read that is posted", "POST", "/w/api.php", "action=parse&page=Harbour", []told{{"api.read", "parse", "", ""}}},
		{"reading a token", "GET", "/w/api.php?action=query&meta=tokens", "", []told{{"api.read", "query", "", ""}, {"token.read", "", "", ""}}},
		{"what is posted beats the address", "POST", "/w/api.php?action=query&title=Sand", "action=edit&title=User:Henk_Visser/common.js&text=x", []told{{"api.write", "edit", "User:Henk Visser/common.js", "other-user-js"}, {"page.write", "edit", "User:Henk Visser/common.js", "other-user-js"}}},
		{"ones own code", "POST", "/w/api.php", "action=edit&title=User:Ilse_Abcdef/common.js&text=x", []told{{"api.write", "edit", "User:Ilse Abcdef/common.js", "own-js"}, {"page.write", "edit", "User:Ilse Abcdef/common.js", "own-js"}}},
		{"a page that becomes code", "POST", "/w/api.php", "action=edit&title=User:Henk_Visser/notes&contentmodel=javascript&text=x", []told{{"api.write", "edit", "User:Henk Visser/notes", "other-user-js"}, {"page.write", "edit", "User:Henk Visser/notes", "other-user-js"}}},
		{"a move onto code", "POST", "/w/api.php", "action=move&from=User:A/b&to=MediaWiki:Gadget-x.js", []told{{"api.write", "move", "MediaWiki:Gadget-x.js", "gadget"}, {"page.write", "move", "MediaWiki:Gadget-x.js", "gadget"}, {"page.write", "move", "User:A/b", "page"}}},
		{"rights", "POST", "/w/api.php", "action=userrights&user=Mara&add=sysop", []told{{"rights", "userrights", "User:Mara", ""}}},
		{"a block", "POST", "/w/api.php", "action=block&user=Henk_Visser", []told{{"api.write", "block", "User:Henk Visser", ""}}},
		{"preferences", "POST", "/w/api.php", "action=options&change=gadget-x=1|userjs-y=2", []told{{"api.write", "options", "", ""}}},
		{"a page by its number", "POST", "/w/api.php", "action=delete&pageid=1", []told{{"api.write", "delete", "Main Page", "page"}}},
		{"the edit form", "POST", "/w/index.php?title=MediaWiki:Common.js&action=submit", "wpTextbox1=x&wpSave=1", []told{{"api.write", "edit", "MediaWiki:Common.js", "site-js"}, {"page.write", "edit", "MediaWiki:Common.js", "site-js"}}},
		{"a preview", "POST", "/w/index.php?title=Harbour&action=submit", "wpTextbox1=x&wpPreview=1", nil},
		{"rollback by a link", "GET", "/w/index.php?title=Harbour&action=rollback&token=x", "", []told{{"api.write", "rollback", "Harbour", "page"}, {"page.write", "rollback", "Harbour", "page"}}},
		{"a special page's form", "POST", "/wiki/Special:UserRights", "user=Mara&wpGroup-sysop=1", []told{{"rights", "userrights", "User:Mara", ""}}},
		{"moving by a form", "POST", "/w/index.php?title=Special:MovePage", "wpOldTitle=A&wpNewTitle=MediaWiki:Common.js", []told{{"api.write", "move", "MediaWiki:Common.js", "site-js"}, {"page.write", "move", "MediaWiki:Common.js", "site-js"}, {"page.write", "move", "A", "page"}}},
		{"an extension's module", "POST", "/w/api.php", "action=visualeditoredit&page=MediaWiki:Common.js&paction=save&wikitext=x", []told{{"api.write", "visualeditoredit", "MediaWiki:Common.js", "site-js"}, {"page.write", "visualeditoredit", "MediaWiki:Common.js", "site-js"}}},
		{"a module nobody knows", "POST", "/w/api.php", "action=lampwrite&title=X", []told{{"api.write", "lampwrite", "X", "page"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.ask(c.method, "https://wiki.test"+c.url, "empty", c.body)
			var got []told
			for _, e := range w.events {
				if e.Kind != trace.Request {
					got = append(got, told{string(e.Kind), e.Data.Action, e.Data.Title, e.Data.Class})
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASaveByRESTIsAWrite(t *testing.T) {
	w := newWorld(t, nil)
	w.ask("PUT", "https://wiki.test/w/rest.php/v1/page/MediaWiki:Common.js", "empty", `{"source":"x","comment":"y"}`, "Content-Type", "application/json")
	if got := w.of(trace.PageWrite); len(got) != 1 || got[0].Data.Class != "site-js" || got[0].Data.Text != "x" {
		t.Errorf("told of %+v", got)
	}
}

func TestThePageLoadsTheScriptAsUserScriptsAreAndABaselineDoesNot(t *testing.T) {
	w := newWorld(t, nil)
	w.Expect("https://wiki.test/wiki/Harbour")
	resp, page := w.ask("GET", "https://wiki.test/wiki/Harbour", "document", "")
	if resp.StatusCode != 200 || !strings.Contains(page, `title=User:Mara/x.js\u0026action=raw\u0026ctype=text/javascript`) || !strings.Contains(page, "Ilse Abcdef") {
		t.Errorf("%d: %.300s", resp.StatusCode, page)
	}
	if _, text := w.ask("GET", w.ScriptURL(), "script", ""); text != "var lamp = 1;\n/* mark */" {
		t.Errorf("the script is served as %q", text)
	}
	base := newWorld(t, func(v *Visit) { v.Script = nil })
	base.Expect("https://wiki.test/wiki/Harbour")
	if _, page := base.ask("GET", "https://wiki.test/wiki/Harbour", "document", ""); strings.Contains(page, "action=raw") {
		t.Error("the baseline loads a script")
	}
}

func TestLeavingIsRefusedAndTold(t *testing.T) {
	w := newWorld(t, nil)
	w.Expect("https://wiki.test/wiki/Harbour")
	for _, url := range []string{"https://elsewhere.test/?" + w.v.Secrets.Token, "https://wiki.test/wiki/Harbour_lights"} {
		if resp, _ := w.ask("GET", url, "document", ""); resp.StatusCode != http.StatusNoContent {
			t.Errorf("%s: status %d", url, resp.StatusCode)
		}
	}
	if got := w.of(trace.Navigate); len(got) != 2 || !slices.Contains(got[0].Canary, trace.CanaryToken) {
		t.Errorf("told of %+v", got)
	}
}

func TestSecretsAreInThePageAndAreFoundInWhatLeaves(t *testing.T) {
	w := newWorld(t, nil)
	_, tokens := w.ask("GET", "https://wiki.test/w/api.php?action=query&meta=tokens&format=json&formatversion=2", "empty", "")
	if !strings.Contains(tokens, w.v.Secrets.Token) {
		t.Errorf("the wiki's token is not the run's: %s", tokens)
	}
	_, edit := w.ask("GET", "https://wiki.test/w/index.php?title=Harbour_lights&action=edit", "empty", "")
	if !strings.Contains(edit, w.v.Secrets.Draft) || strings.Contains(edit, DraftPlaceholder) {
		t.Error("the edit form does not hold the run's draft")
	}
	_, who := w.ask("GET", "https://wiki.test/w/api.php?action=query&meta=userinfo&uiprop=email&format=json", "empty", "")
	if !strings.Contains(who, w.v.Secrets.Email) {
		t.Errorf("the account has another address: %s", who)
	}
	w.ask("POST", "https://elsewhere.test/", "empty", "x="+reversed(w.v.Secrets.Token), "X-Lamp", w.v.Secrets.Cookie)
	last := w.of(trace.Request)[3]
	if diff := cmp.Diff([]string{trace.CanaryCookie, trace.CanaryToken}, last.Canary); diff != "" {
		t.Error(diff)
	}
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func TestImportsComeFromFilesAtHandOrAreInertAndSaidSo(t *testing.T) {
	w := newWorld(t, func(v *Visit) {
		v.Library.Add("User:Ivo/lib.js", "ivo()")
		v.Library.Add("https://cdn.test/a/b.js", "cdn()")
		v.Library.Add("helper.js", "helper()")
	})
	for _, c := range []struct{ url, text, answer string }{
		{"https://wiki.test/w/index.php?title=User:Ivo/lib.js&action=raw&ctype=text/javascript", "ivo()", "script"},
		{"https://other.test/w/index.php?title=User:Ivo/lib.js&action=raw&ctype=text/javascript", "ivo()", "script"},
		{"https://cdn.test/a/b.js", "cdn()", "script"},
		{"https://cdn.test/x/helper.js", "helper()", "script"},
		{"https://cdn.test/unknown.js", "", "placeholder"},
		{"https://wiki.test/w/index.php?title=User:Nobody/none.js&action=raw&ctype=text/javascript", "", "placeholder"},
	} {
		_, text := w.ask("GET", c.url, "script", "")
		loads := w.of(trace.ScriptLoad)
		if text != c.text || loads[len(loads)-1].Data.Answer != c.answer {
			t.Errorf("%s: %q, told as %+v", c.url, text, loads[len(loads)-1].Data)
		}
	}
}

func TestOtherHostsAnswerInKindAndWithNothing(t *testing.T) {
	w := newWorld(t, nil)
	for dest, want := range map[string]string{"image": "image/gif", "style": "text/css; charset=utf-8", "empty": "application/json; charset=utf-8", "iframe": "text/html; charset=utf-8"} {
		resp, _ := w.ask("GET", "https://else.test/x", dest, "", "Origin", "https://wiki.test")
		if resp.Header.Get("Content-Type") != want || resp.Header.Get("Access-Control-Allow-Origin") != "https://wiki.test" {
			t.Errorf("%s: %v", dest, resp.Header)
		}
	}
	if _, text := w.ask("GET", "https://else.test/x?callback=go", "script", ""); text != "go({});" {
		t.Errorf("JSONP: %q", text)
	}
}

func FuzzRequestsNeverPanic(f *testing.F) {
	f.Add("POST", "/w/api.php", "action=edit&title=X", "application/x-www-form-urlencoded")
	f.Add("GET", "/wiki/%FF?title[]=x&action=raw", "", "")
	f.Add("PUT", "/w/rest.php/v1/page/", "{", "application/json")
	f.Fuzz(func(t *testing.T, method, path, body, kind string) {
		r, err := http.NewRequest(method, "https://wiki.test"+path, strings.NewReader(body))
		if err != nil || r.URL.Host != "wiki.test" {
			t.Skip()
		}
		r.Header.Set("Content-Type", kind)
		w := newWorld(t, nil)
		w.ServeHTTP(httptest.NewRecorder(), r)
	})
}
