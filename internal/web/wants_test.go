package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/gadget"
	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// wanting lets a gadget of the village ask for servers, each "directive https://host reason".
func (v *village) wanting(t *testing.T, id int64, list ...string) {
	t.Helper()
	var hosts gadget.Hosts
	for _, text := range list {
		directive, rest, _ := strings.Cut(text, " ")
		host, reason, _ := strings.Cut(rest, " ")
		s, why := csp.ParseSource(host)
		if why != "" {
			t.Fatal(why)
		}
		hosts = append(hosts, gadget.Host{Directive: directive, Source: s, Reason: reason})
	}
	v.gadgets[id].Def.Settings.CSP = hosts
	v.gadgets[1].Requires = nil // it needs 2, and Ira has it on
}

func (s *setting) granted(t *testing.T, id int64, want ...string) {
	t.Helper()
	if got := s.village.granted[[2]int64{2, id}]; !slices.Equal(got, want) {
		t.Errorf("granted: %q, want %q", got, want)
	}
}

var bothServers = []string{"connect-src https://words.example looks words up", "img-src https://pictures.example shows what they mean"}

func TestAGadgetThatAsksForServersSaysSoBeforeItIsSwitchedOn(t *testing.T) {
	s := newSetting(t)
	s.wanting(t, 2, append(bothServers, "script-src https://tracker.example counts", "font-src https://new.example looks good", "frame-src https://maps.example shows where")...)
	text := visibleText(t, s.get("/sallyport/gadget/p2").Body.String())
	for _, want := range []string{
		"asks to use servers that do not belong to this wiki", "sends to and fetches from https://words.example Not allowed yet looks words up",
		"shows pictures from https://pictures.example", "scripts from https://tracker.example Refused by the wiki’s operators", "Waits for the wiki’s operators", "https://maps.example within pages of the wiki Allowed for everybody",
		"Switch on and allow these servers", "Switch on without them",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if w := s.post(at, s.form(t, "/sallyport/gadget/p2", "on")); w.Code != http.StatusSeeOther || !s.has(2, 2) {
		t.Fatalf("%d", w.Code)
	}
	s.granted(t, 2, "words.example", "pictures.example")
	if text := visibleText(t, s.get("/sallyport/gadget/p2").Body.String()); !strings.Contains(text, "words.example Allowed by you") {
		t.Error(text)
	}
	if text := visibleText(t, s.get("/sallyport/").Body.String()); strings.Contains(text, "words.example") {
		t.Errorf("the list goes on about what is decided:\n%s", text)
	}
	s.post(at, s.form(t, "/sallyport/gadget/p2", "deny"))
	s.granted(t, 2)
	if !s.has(2, 2) {
		t.Error("taking back switched it off")
	}
}

func TestAGadgetIsSwitchedOnWithoutItsServers(t *testing.T) {
	s := newSetting(t)
	s.wanting(t, 2, bothServers...)
	if w := s.post(at, s.form(t, "/sallyport/gadget/p2", "bare")); w.Code != http.StatusSeeOther || !s.has(2, 2) {
		t.Fatalf("%d", w.Code)
	}
	s.granted(t, 2)
	text := visibleText(t, s.get("/sallyport/?uselang=en").Body.String())
	if !strings.Contains(text, "Until you allow them, it runs without") {
		t.Errorf("the list does not ask:\n%s", text)
	}
	for _, path := range []string{"/sallyport/user/Ira", "/sallyport/gadgets"} {
		if text := visibleText(t, s.get(path).Body.String()); strings.Contains(text, "words.example") {
			t.Errorf("%s asks too:\n%s", path, text)
		}
	}
	s.post(at, s.form(t, "/sallyport/", "allow"))
	s.granted(t, 2, "words.example", "pictures.example")
}

func TestANewRevisionThatAsksForMoreWaitsForTheReader(t *testing.T) {
	s := newSetting(t)
	s.wanting(t, 2, bothServers[0])
	s.post(at, s.form(t, "/sallyport/gadget/p2", "on"))
	s.wanting(t, 2, bothServers...)
	for path, want := range map[string]string{
		"/sallyport/": "It now also asks for servers that you have not allowed", "/sallyport/gadget/p2": "pictures.example Not allowed yet",
		"/sallyport/?uselang=he": "עכשיו הוא מבקש גם שרתים שלא אישרתם",
	} {
		if text := visibleText(t, s.get(path).Body.String()); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", path, want, text)
		}
	}
	form := s.form(t, "/sallyport/", "allow")
	s.wanting(t, 2, append(bothServers, "connect-src https://third.example more")...)
	if w := s.post(at, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "asks for something else meanwhile") {
		t.Errorf("it asks for more than the form showed: %d", w.Code)
	}
	s.granted(t, 2, "words.example")
	s.post(at, s.form(t, "/sallyport/", "allow"))
	s.granted(t, 2, "words.example", "pictures.example", "third.example")
}

func TestNothingIsGrantedThatAFormDidNotShow(t *testing.T) {
	s := newSetting(t)
	before := s.form(t, "/sallyport/gadget/p2", "on")
	s.wanting(t, 2, bothServers...)
	if w := s.post(at, before); w.Code != http.StatusConflict || s.has(2, 2) {
		t.Errorf("a form from before it asked for anything: %d", w.Code)
	}
	shown := s.form(t, "/sallyport/gadget/p2", "on")
	for _, bad := range [][2]string{{"hosts", ""}, {"hosts", strings.Repeat("0", 32)}, {"to", "allow"}, {"to", "bare"}} {
		changed := s.form(t, "/sallyport/gadget/p2", "on")
		changed.Set(bad[0], bad[1])
		if w := s.post(at, changed); w.Code != http.StatusForbidden {
			t.Errorf("a token for something else (%s): %d", bad, w.Code)
		}
	}
	if w := s.post(at, shown, header("Sec-Fetch-Dest", "empty")); w.Code != http.StatusForbidden {
		t.Errorf("a script: %d", w.Code)
	}
	s.granted(t, 2)
	if s.has(2, 2) {
		t.Error("it is on")
	}
}

func TestAGadgetThatChangedHandsAsksForItsServersAnew(t *testing.T) {
	s := newSetting(t)
	s.wanting(t, 5, bothServers...)
	s.village.granted[[2]int64{2, 5}] = []string{"words.example"}
	list := s.get("/sallyport/").Body.String()
	if text := visibleText(t, list); !strings.Contains(text, "words.example Not allowed yet") || strings.Contains(text, "Switch on again as") {
		t.Errorf("what its old owner was granted counts:\n%s", text)
	}
	const at = "/sallyport/gadget/p5/switch"
	s.post(at, s.form(t, "/sallyport/gadget/p5", "bare"))
	if e, _ := s.Enabled(t.Context(), store.Account{UserID: 2}); e[len(e)-1].State != registry.On {
		t.Errorf("%+v", e)
	}
}

func TestServersOfStrangersAreShownAsTheyAre(t *testing.T) {
	s := newSetting(t)
	s.wanting(t, 2, "connect-src https://xn--80ak6aa92e.example "+hostile)
	body := s.get("/sallyport/gadget/p2").Body.String()
	if strings.Contains(body, hostile) || !strings.Contains(body, `<code dir="ltr">https://xn--80ak6aa92e.example</code>`) || strings.Contains(body, "\u202e") {
		t.Error(body)
	}
	s.me.ID, s.me.Name = 0, ""
	if body := s.get("/sallyport/gadget/p2").Body.String(); !strings.Contains(body, "xn--80ak6aa92e") || strings.Contains(body, `class="switch"`) {
		t.Error("somebody without an account does not see it, or is asked")
	}
}

func TestAServerThatTheWikiItselfBlocksIsSaidToBe(t *testing.T) {
	k, policy := withPolicy(t)
	k.WikiSends = func(context.Context) ([]string, error) { return []string{"connect-src 'self'; img-src *"}, nil }
	_, queue := withQueue(t)
	s := newSetting(t, policy, queue)
	s.wanting(t, 2, bothServers...)
	const barred = "The wiki’s own policy blocks this server."
	text := visibleText(t, s.get("/sallyport/gadget/p2").Body.String())
	if words, pictures, ok := strings.Cut(text, "shows pictures from"); !ok || !strings.Contains(words, barred+" Allowing it here does not help") || strings.Contains(pictures, barred) {
		t.Errorf("a reader is told\n%s", text)
	}
	if text := visibleText(t, s.get("/sallyport/blocked?host=https://words.example&directive=connect-src").Body.String()); !strings.Contains(text, barred) {
		t.Errorf("who was blocked is told\n%s", text)
	}
	s.me = steward()
	text = visibleText(t, s.get("/sallyport/policy").Body.String())
	if _, after, ok := strings.Cut(text, "Blocked by the wiki itself"); !ok || !strings.Contains(after, "https://charts.test") || !strings.Contains(after, "$wgCSPHeader") {
		t.Errorf("an operator is told\n%s", text)
	}
	if body := s.get("/sallyport/policy.json").Body.String(); !strings.Contains(strings.Join(strings.Fields(body), ""), `"barred":[{"directive":"connect-src","source":"https://charts.test","people":0}`) {
		t.Error(body)
	}
}
