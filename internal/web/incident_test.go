package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/incident"
	"sallyport/internal/wiki"
)

// pulled is a breaker that the page pulls.
type pulled struct{ *incident.Breaker }

func (p pulled) Pull(_ context.Context, who, why string) error {
	p.Breaker.Pull(today, who, why)
	return nil
}

func withBreaker(b *incident.Breaker) func(*Options) {
	return func(o *Options) { o.Breaker = pulled{b} }
}

// stirred is a breaker of a wiki on which something happened, in texts that try to be more than text.
func stirred(dry bool) *incident.Breaker {
	b := incident.New(incident.Settings{DryRun: dry}, today)
	for i, name := range []string{"Mara", hostile} {
		user, session := int64(i+1), incident.SessionOf(name)
		text := incident.Read(strings.Repeat("function again( x ) { return x > 3 ? x : again( x + 1 ); }\nvar list = [ 1, 2 ].map( again ).filter( Boolean );\n", 3))
		at := today.Add(time.Duration(i) * time.Minute)
		b.Served(incident.Serving{Time: at, User: user, Session: session, Page: []string{"User:Ira/tool.js", "User:Mara/tool.js"}[i], Code: text})
		b.Saw(incident.Event{Time: at.Add(time.Second), User: user, Name: name, Session: session, Kind: "edit", Tier: "own-code", Page: "User:" + name + "/tool.js", Victim: name, Added: text})
	}
	return b
}

func guardian() wiki.User { return wiki.User{ID: 2, Name: "Ira", Rights: []string{"block"}} }

func TestTheIncidentPageSaysWhatHappenedToThoseWhoMayKnow(t *testing.T) {
	s := newSetting(t, withBreaker(stirred(false)))
	for name, me := range map[string]wiki.User{"anonymous": {}, "noright": {ID: 3, Name: "Ada", Rights: []string{"edit"}}} {
		s.me = me
		if w := s.get("/sallyport/incident"); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Mara") {
			t.Errorf("%s: %d", name, w.Code)
		}
		if w := s.get("/sallyport/incident.json"); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d for JSON", name, w.Code)
		}
	}
	s.me = guardian()
	page := s.get("/sallyport/incident").Body.String()
	for _, want := range []string{"no script can be changed", "from reader to reader", "/sallyport/user/Mara", "User:Mara/tool.js", "sallyport breaker reset", "Switch all user code off", "2 pages served"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, hostile) {
		t.Error("a name is more than text")
	}
	if w := s.get("/sallyport/incident.json"); !strings.Contains(w.Body.String(), `"open": true`) || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("JSON: %s", w.Body.String())
	}
	if without := newSetting(t).get("/sallyport/incident"); without.Code != http.StatusNotFound {
		t.Errorf("without a breaker: %d", without.Code)
	}
}

func (s *setting) pull(token string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://wiki.example/sallyport/incident/pull", strings.NewReader(url.Values{"token": {token}, "why": {"a worm"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r, change...)
}

func tokenIn(page string) string {
	_, rest, _ := strings.Cut(page, `name="token" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	return token
}

func TestOnlyAPersonWithARightPullsTheBreakerAndNoScript(t *testing.T) {
	b := incident.New(incident.Settings{}, today)
	s := newSetting(t, withBreaker(b))
	s.me = guardian()
	token := tokenIn(s.get("/sallyport/incident").Body.String())
	if token == "" {
		t.Fatal("no button")
	}
	if got := tokenIn(s.get("/sallyport/incident", func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "empty") }).Body.String()); got != "" {
		t.Error("a script that fetches the page gets a token")
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a script":           s.pull(token, header("Sec-Fetch-Mode", "cors"), header("Sec-Fetch-Dest", "empty")),
		"no click":           s.pull(token, header("Sec-Fetch-User", "")),
		"another site":       s.pull(token, header("Sec-Fetch-Site", "cross-site")),
		"no token":           s.pull(""),
		"another session":    s.pull(token, header("Cookie", "village_session=xyz")),
		"a switch's token":   s.pull(tokenIn(s.get("/sallyport/gadget/p2").Body.String())),
		"without Sec-Fetch-": s.pull(token, func(r *http.Request) { r.Header.Del("Sec-Fetch-Dest"); r.Header.Del("Sec-Fetch-Mode") }),
	} {
		if w.Code != http.StatusForbidden || b.Dark() {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	s.me.Rights = []string{"edit"}
	if w := s.pull(token); w.Code != http.StatusForbidden || b.Dark() {
		t.Errorf("without the right: %d", w.Code)
	}
	s.me = guardian()
	if w := s.pull(token); w.Code != http.StatusSeeOther || !b.Dark() {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := s.get("/sallyport/incident").Body.String()
	if !strings.Contains(page, "switched off for everybody") || !strings.Contains(page, "Ira pulled it: a worm") || tokenIn(page) != "" {
		t.Errorf("afterwards:\n%s", page)
	}
}
