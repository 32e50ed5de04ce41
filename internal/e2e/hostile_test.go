package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sallyport/internal/browsertest"
)

// deadline is how long any answer may take, whatever is asked. It is no measure of speed: an answer that hangs never comes.
const deadline = 20 * time.Second

// told is what ext.gadgets.userstartup tells the browser.
type told struct {
	Rows     [][]any
	Load     []struct{ Module string }
	Problems []string
	Failed   []string
}

func (w told) loads(module string) bool {
	for _, l := range w.Load {
		if l.Module == module {
			return true
		}
	}
	return false
}

// ask is get with a deadline.
func (s *site) ask(method, path, form string, header ...string) (*http.Response, string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), deadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.front+path, strings.NewReader(form))
	if err != nil {
		s.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.Fatalf("%s %.200s: %v", method, path, err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.Fatalf("%s %.200s: %v", method, path, err)
	}
	return r, string(body)
}

// startup is what a person's pages are told.
func (s *site) startup(user string) (w told) {
	s.Helper()
	_, body := s.ask("GET", "/sallyport/load.php?modules=ext.gadgets.userstartup&only=scripts&raw=1&user="+url.QueryEscape(user), "")
	_, text, found := strings.Cut(body, "mw.sallyport.start(")
	text, _, _ = strings.Cut(text, ");});")
	if err := json.Unmarshal([]byte(text), &w); !found || err != nil {
		s.Fatalf("userstartup says %s (%v)", body, err)
	}
	return w
}

var input = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// switchOn does what a click on a gadget's page does, by HTTP.
func (s *site) switchOn(user, module string) {
	s.Helper()
	person := []string{"Cookie", s.as(user).Cookies(), "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-User", "?1"}
	at := "/sallyport/gadget/" + strings.TrimPrefix(module, "ext.usergadget.")
	_, page := s.ask("GET", at, "", person...)
	form := url.Values{}
	for _, m := range input.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], m[2])
	}
	r, body := s.ask("POST", at+"/switch", form.Encode(), append(person, "Content-Type", "application/x-www-form-urlencoded")...)
	if r.StatusCode != http.StatusSeeOther || form.Get("to") != "on" {
		s.Fatalf("switching %s on: %s %.500s", module, r.Status, body)
	}
}

// harm is something that happens to a gadget after Noor chose it.
type harm struct {
	name  string
	do    func(s *site)
	says  string // in what Noor's pages are told
	state string // what load.php makes of the module; empty when its code still comes
}

func (s *site) define(name, text string) { s.edit("Mara", "User:Mara/"+name+".gadget", text) }

func (s *site) saveScript(name, text string) { s.edit("Mara", "User:Mara/"+name+".js", text) }

func needs(page string, titles ...string) string {
	text, _ := json.Marshal(map[string]any{"module": map[string]any{"pages": []string{"User:Mara/" + page + ".js"}, "dependencies": append([]string{}, titles...)}})
	return string(text)
}

func harms() []harm {
	return []harm{
		{"broken", func(s *site) { s.define("broken", "{\n\t\"module\": {\n\t\t\"pages\": [ }\n") }, "User:Mara/broken.gadget: line 3: ", "error"},
		{"nested", func(s *site) { s.define("nested", strings.Repeat(`{"module":`, 20_000)) }, "User:Mara/nested.gadget: line 1: ", "error"},
		{"self", func(s *site) { s.define("self", needs("self", "User:Mara/self.gadget")) }, "this very gadget", "error"},
		{"cycle", func(s *site) {
			s.define("cycle-b", needs("cycle", "User:Mara/cycle.gadget"))
			s.module("User:Mara/cycle-b")
			s.define("cycle", needs("cycle", "User:Mara/cycle-b.gadget"))
		}, "it depends on itself: User:Mara/cycle.gadget → User:Mara/cycle-b.gadget → User:Mara/cycle.gadget", ""},
		{"chain", func(s *site) {
			for i := 60; i > 0; i-- {
				next := []string{fmt.Sprintf("User:Mara/chain-%d.gadget", i+1)}
				if i == 60 {
					next = nil
				}
				s.define(fmt.Sprintf("chain-%d", i), needs("chain", next...))
			}
			s.define("chain", needs("chain", "User:Mara/chain-1.gadget"))
		}, "more than 50 gadgets would have to be loaded for it", ""},
		{"tenthousand", func(s *site) {
			pages := make([]string, 10_000)
			for i := range pages {
				pages[i] = fmt.Sprintf("/%d.js", i)
			}
			text, _ := json.Marshal(map[string]any{"module": map[string]any{"pages": pages}})
			s.define("tenthousand", string(text))
		}, "This list has 10000 entries; at most 200 are allowed.", "error"},
		{"deleted", func(s *site) { s.remove("Admin", "User:Mara/deleted.gadget") }, "", "missing"},
		{"moved", func(s *site) { s.move("Mara", "User:Mara/moved.gadget", "User:Olaf/moved.gadget") },
			"User:Olaf/moved.gadget now belongs to Olaf. It rests until you look at it under My gadgets.", "error"},
		{"needy", func(s *site) { s.define("needy", needs("needy", "User:Olaf/nothing.gadget")) }, "its dependency User:Olaf/nothing.gadget does not exist", "error"},
		{"bereft", func(s *site) { s.remove("Admin", "User:Mara/bereft-lib.gadget") }, "its dependency User:Mara/bereft-lib.gadget does not exist", "error"},
	}
}

// Whatever happens to one gadget is said in words, load.php answers for it, and the gadget beside it runs.
func TestWhatIsWrongWithOneGadgetIsSaidAndItsSiblingRuns(t *testing.T) {
	browser := browsertest.Start(t)
	onBoth(t, func(s *site) {
		s.people("Mara", "Noor", "Olaf")
		s.edit("Mara", "Sandbox", "text")
		s.saveScript("bereft-lib", "lib = 1;")
		s.define("bereft-lib", needs("bereft-lib"))
		s.module("User:Mara/bereft-lib")
		module := map[string]string{}
		for _, name := range s.victims() {
			s.saveScript(name, marks(strings.ReplaceAll(name, "-", ""), "runs"))
			s.define(name, needs(name))
		}
		s.define("bereft", needs("bereft", "User:Mara/bereft-lib.gadget"))
		for _, name := range s.victims() {
			module[name] = s.module("User:Mara/" + name)
			s.switchOn("Noor", module[name])
		}
		for _, h := range harms() {
			h.do(s)
		}
		s.saveScript("fileless", "")
		s.remove("Admin", "User:Mara/fileless.js")
		s.define("nowhere", needs("nowhere", "ext.there.is.none"))

		for _, h := range harms() {
			s.eventually(fmt.Sprintf("%s says %q", h.name, h.says), func() bool {
				w := s.startup("Noor")
				return !w.loads(module[h.name]) && strings.Contains(strings.Join(w.Problems, "\n"), h.says)
			})
			_, body := s.ask("GET", "/sallyport/load.php?modules="+module[h.name]+"|"+module["sibling"], "")
			if !strings.Contains(body, "sibling") || h.state == "" != strings.Contains(body, module[h.name]+"@") || h.state != "" && !strings.Contains(body, `"`+module[h.name]+`":"`+h.state+`"`) {
				s.Errorf("%s: load.php answers %.1000s", h.name, body)
			}
		}
		w := s.startup("Noor")
		if !w.loads(module["sibling"]) || !w.loads(module["fileless"]) || len(w.Load) != 3 {
			s.Errorf("Noor's pages are told %+v", w)
		}

		noor := browser.NewPage(s.T)
		s.login(noor, "Noor")
		noor.Goto(s.page("Sandbox"))
		noor.WaitFor("document.documentElement.dataset.sibling === 'runs'")
		s.quiet(noor)
		ran := browsertest.Eval[[]string](noor, "Object.keys( document.documentElement.dataset )")
		for _, name := range ran {
			if _, harmed := module[name]; harmed && name != "sibling" {
				s.Errorf("%s ran", name)
			}
		}
		var console strings.Builder
		for _, m := range noor.Console() {
			fmt.Fprintln(&console, m.Text)
		}
		for _, h := range harms() {
			if !strings.Contains(console.String(), h.says) {
				s.Errorf("the console does not say %q", h.says)
			}
		}
		for _, says := range []string{"User:Mara/fileless.js", "needs the module ext.there.is.none, which this wiki does not have"} {
			if !strings.Contains(console.String(), says) {
				s.Errorf("the console does not say %q", says)
			}
		}
		if s.Failed() {
			s.Logf("the console:\n%.20000s", console.String())
		}
		s.Logf("%d gadgets went wrong; %q ran", len(harms())+2, ran)
	})
}

// victims are the gadgets Noor chose while they were well.
func (s *site) victims() (names []string) {
	for _, h := range harms() {
		names = append(names, h.name)
	}
	return append(names, "fileless", "nowhere", "sibling")
}
