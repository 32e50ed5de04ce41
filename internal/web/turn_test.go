package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sallyport/internal/wiki"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// form reads the first form of a page that does something to a gadget.
func (s *setting) form(t *testing.T, path, to string) url.Values {
	t.Helper()
	body := s.get(path).Body.String()
	for _, part := range strings.Split(body, "<form ")[1:] {
		fields := url.Values{}
		for _, m := range hiddenField.FindAllStringSubmatch(part, -1) {
			fields.Set(m[1], m[2])
		}
		if fields.Get("to") == to {
			return fields
		}
	}
	t.Fatalf("%s has no form to switch %s:\n%s", path, to, body)
	return nil
}

func (s *setting) post(path string, fields url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://wiki.example"+path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://wiki.example")
	return s.do(r, change...)
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
	}
}

const at = "/sallyport/gadget/p2/switch"

func TestAPersonSwitchesAGadgetOnAndOff(t *testing.T) {
	s := newSetting(t)
	w := s.post(at, s.form(t, "/sallyport/gadget/p2", "on"))
	if w.Code != 303 || w.Header().Get("Location") != "/sallyport/gadget/p2" || !s.has(2, 2) {
		t.Fatalf("%d %s, on: %v", w.Code, w.Header().Get("Location"), s.has(2, 2))
	}
	w = s.post(at, s.form(t, "/sallyport/gadget/p2", "off"))
	if w.Code != 303 || s.has(2, 2) {
		t.Errorf("%d, on: %v", w.Code, s.has(2, 2))
	}
	w = s.post("/sallyport/gadget/p1/switch", s.form(t, "/sallyport/?uselang=he", "off"))
	if got := w.Header().Get("Location"); got != "/sallyport/?off=1&uselang=he" {
		t.Errorf("back to %s", got)
	}
}

func TestAGadgetThatChangedHandsIsSwitchedOnAgainOrRemoved(t *testing.T) {
	s := newSetting(t)
	s.post("/sallyport/gadget/p5/switch", s.form(t, "/sallyport/gadget/p5", "on"))
	list, _ := s.Enabled(context.Background(), s.people["Ira"])
	if last := list[len(list)-1]; last.Choice.Gadget != 5 || last.State != "on" {
		t.Errorf("%+v", last)
	}
	s = newSetting(t)
	s.post("/sallyport/gadget/p5/switch", s.form(t, "/sallyport/gadget/p5", "off"))
	if s.has(2, 5) {
		t.Error("still on the list")
	}
}

func TestADeletedGadgetCanBeRemoved(t *testing.T) {
	s := newSetting(t)
	for _, id := range []int64{1, 3, 4, 5} {
		_ = s.SwitchOff(context.Background(), 2, id)
	}
	if w := s.post("/sallyport/gadget/p99/switch", s.form(t, "/sallyport/", "off")); w.Code != 303 || s.has(2, 99) {
		t.Errorf("%d, still there: %v", w.Code, s.has(2, 99))
	}
}

// Each row changes one thing about a form that would be obeyed.
func TestAFormThatIsNotAPersonsIsRefused(t *testing.T) {
	safari := "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
	chrome := "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	for _, c := range []struct {
		name   string
		change func(*setting, url.Values) func(*http.Request)
		status int
		says   string
	}{
		{"nothing changed", nil, 303, ""},
		{"sent by fetch", head("Sec-Fetch-Mode", "cors"), 403, "A script asked"},
		{"sent by a beacon", head("Sec-Fetch-Mode", "no-cors"), 403, "A script asked"},
		{"sent from a frame", head("Sec-Fetch-Dest", "iframe"), 403, "A script asked"},
		{"sent from an object", head("Sec-Fetch-Dest", "object"), 403, "A script asked"},
		{"sent without a person's doing", head("Sec-Fetch-User", ""), 403, "A script asked"},
		{"sent without a person's doing, by Chrome", both(head("Sec-Fetch-User", ""), head("User-Agent", chrome)), 403, "A script asked"},
		{"sent by Safari, which never says", both(head("Sec-Fetch-User", ""), head("User-Agent", safari)), 303, ""},
		{"sent by Safari that denies", both(head("Sec-Fetch-User", "?0"), head("User-Agent", safari)), 403, "A script asked"},
		{"from another site", head("Sec-Fetch-Site", "cross-site"), 403, "A script asked"},
		{"from a sibling host", head("Sec-Fetch-Site", "same-site"), 403, "A script asked"},
		{"from the address bar", head("Sec-Fetch-Site", "none"), 403, "A script asked"},
		{"from another origin", head("Origin", "https://evil.test"), 403, "A script asked"},
		{"from an opaque origin", head("Origin", "null"), 403, "A script asked"},
		{"without an origin", head("Origin", ""), 303, ""},
		{"preloaded by a service worker", head("Service-Worker-Navigation-Preload", "x"), 403, "A script asked"},
		{"preloaded with an empty header", head("Service-Worker-Navigation-Preload", " "), 403, "A script asked"},
		{"by an old browser", both(head("Sec-Fetch-Dest", ""), head("Sec-Fetch-Mode", "")), 403, "HTTPS"},
		{"without a token", field("token", ""), 403, "not one of ours"},
		{"with a token of zeroes", field("token", strings.Repeat("A", 54)), 403, "not one of ours"},
		{"for another deed", field("to", "off"), 403, "not one of ours"},
		{"for another owner", field("owner", "1"), 403, "not one of ours"},
		{"with words for an owner", field("owner", "Mara"), 400, "cannot be read"},
		{"for no deed", field("to", ""), 400, "cannot be read"},
		{"too large to read", field("back", strings.Repeat("x", maxForm)), 400, "cannot be read"},
		{"in another session", head("Cookie", "village_session=xyz"), 403, "not one of ours"},
		{"with another cookie beside the session", head("Cookie", "village_session=abc; other=2"), 303, ""},
		{"as somebody else", func(s *setting, _ url.Values) func(*http.Request) {
			s.me = wiki.User{ID: 4, Name: "Old Tom"}
			return nil
		}, 403, "not one of ours"},
		{"as nobody", func(s *setting, _ url.Values) func(*http.Request) { s.me = wiki.User{}; return nil }, 403, "not logged in"},
		{"with the wiki down", func(s *setting, _ url.Values) func(*http.Request) { s.down = errTest; return nil }, 503, "The wiki does not answer"},
		{"an hour later", func(s *setting, _ url.Values) func(*http.Request) { s.now = s.now.Add(time.Hour); return nil }, 303, ""},
		{"more than an hour later", func(s *setting, _ url.Values) func(*http.Request) {
			s.now = s.now.Add(time.Hour + time.Second)
			return nil
		}, 403, "open too long"},
		{"after the gadget changed hands", func(s *setting, _ url.Values) func(*http.Request) {
			s.gadgets[2].Row.OwnerID = 4
			return nil
		}, 409, "changed hands"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSetting(t)
			fields := s.form(t, "/sallyport/gadget/p2", "on")
			change := func(*http.Request) {}
			if c.change != nil {
				if ch := c.change(s, fields); ch != nil {
					change = ch
				}
			}
			w := s.post(at, fields, change)
			text := visibleText(t, w.Body.String())
			if w.Code != c.status || !strings.Contains(text, c.says) {
				t.Errorf("status %d, want %d; %s", w.Code, c.status, text)
			}
			if on := s.has(2, 2) || s.has(4, 2); on != (c.status == 303) {
				t.Errorf("switched on: %v", on)
			}
			if c.status != 303 && !strings.Contains(text, "was switched") && !strings.Contains(text, "tried to do it") {
				t.Errorf("the refusal does not say that nothing was switched: %s", text)
			}
		})
	}
}

type changer = func(*setting, url.Values) func(*http.Request)

func head(name, value string) changer {
	return func(*setting, url.Values) func(*http.Request) { return header(name, value) }
}

func field(name, value string) changer {
	return func(_ *setting, v url.Values) func(*http.Request) { v.Set(name, value); return nil }
}

func both(a, b changer) changer {
	return func(s *setting, v url.Values) func(*http.Request) {
		x, y := a(s, v), b(s, v)
		return func(r *http.Request) { x(r); y(r) }
	}
}

func TestATokenFitsOneGadget(t *testing.T) {
	s := newSetting(t)
	if w := s.post("/sallyport/gadget/p6/switch", s.form(t, "/sallyport/gadget/p2", "on")); w.Code != 403 || s.has(2, 6) {
		t.Errorf("%d", w.Code)
	}
	other := newSetting(t, func(o *Options) { o.Site.ID = "otherwiki" })
	if w := other.post(at, s.form(t, "/sallyport/gadget/p2", "on")); w.Code != 403 || other.has(2, 2) {
		t.Errorf("a token of another wiki: %d", w.Code)
	}
}

func TestOnlyADocumentOfItsOwnCarriesTokens(t *testing.T) {
	s := newSetting(t)
	for _, path := range []string{"/sallyport/", "/sallyport/gadget/p1", "/sallyport/gadget/p2", "/sallyport/gadgets", "/sallyport/user/Ira"} {
		for name, c := range map[string]struct {
			change changer
			says   string
		}{
			"fetch":               {both(head("Sec-Fetch-Dest", "empty"), head("Sec-Fetch-Mode", "cors")), "Switches are shown only"},
			"fetch that pretends": {head("Sec-Fetch-Dest", "empty"), "Switches are shown only"},
			"iframe":              {head("Sec-Fetch-Dest", "iframe"), "Switches are shown only"},
			"embed":               {head("Sec-Fetch-Dest", "embed"), "Switches are shown only"},
			"worker preload":      {head("Service-Worker-Navigation-Preload", "true"), "Switches are shown only"},
			"old browser":         {both(head("Sec-Fetch-Dest", ""), head("Sec-Fetch-Mode", "")), "only over HTTPS and in a current browser"},
		} {
			body := s.get(path, c.change(s, nil)).Body.String()
			if strings.Contains(body, "token") || strings.Contains(body, `method="post"`) {
				t.Errorf("%s by %s has a form", path, name)
			}
			if strings.Contains(path, "/p") && !strings.Contains(visibleText(t, body), c.says) {
				t.Errorf("%s by %s does not say why it has no switch", path, name)
			}
		}
	}
}

func TestAFormReturnsToOurPagesOnly(t *testing.T) {
	p := &pages{Options: Options{Base: "/sallyport"}}
	for to, want := range map[string]string{
		"/sallyport/":                     "/sallyport/",
		"/sallyport/gadget/p1?uselang=he": "/sallyport/gadget/p1?uselang=he",
		"/sallyport/gadget/p1#x":          "/sallyport/gadget/p1",
		"":                                "no", "/": "no", "/sallyport": "no", "/wiki/Main_Page": "no", "//evil.test/sallyport/": "no",
		"https://evil.test/sallyport/": "no", "/sallyport/../wiki/X": "no", "/sallyport//evil.test": "no", `/sallyport/\evil.test`: "no",
		`\\evil.test`: "no", "javascript:alert(1)": "no", "/sallyport/%2e%2e/wiki": "no", "\t//evil.test": "no", "/sallyport/%0d%0aX: y": "/sallyport/%0D%0AX:%20y",
	} {
		if got := p.back(to, "no"); got != want {
			t.Errorf("back to %q leads to %q, want %q", to, got, want)
		}
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	var log bytes.Buffer
	s := newSetting(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	fields := s.form(t, "/sallyport/gadget/p2", "on")
	s.post(at, fields, header("Sec-Fetch-Mode", "cors"))
	s.post(at, fields, header("Cookie", "village_session=topsecret"))
	s.down = errTest
	s.post(at, fields)
	s.down, s.broken = nil, errTest
	s.get("/sallyport/?search=private")
	if text := log.String(); strings.Count(text, "\n") < 4 {
		t.Errorf("too little is logged:\n%s", text)
	} else {
		for _, secret := range []string{fields.Get("token"), "topsecret", "abc", "private"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q stands in the log:\n%s", secret, text)
			}
		}
	}
}
