package delivery

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/registry"
)

// told is what the startup module tells one person.
func (w *world) told(user string) start {
	w.Helper()
	body := w.get("/load.php?modules=ext.gadgets.userstartup&only=scripts&raw=1&lang=en&user=" + user).Body.String()
	_, rest, _ := strings.Cut(body, "mw.sallyport.start(")
	text, _, found := strings.Cut(rest, ");});")
	var s start
	if err := json.Unmarshal([]byte(text), &s); !found || err != nil {
		w.Fatalf("%v: %s", err, body)
	}
	return s
}

// runs is the script that one person's page gets of a gadget, asked for as mw.loader does, and its version.
func (w *world) runs(user, name string) (script, version string) {
	w.Helper()
	s := w.told(user)
	for _, r := range s.Rows {
		if r[0] != w.module(name) {
			continue
		}
		place := "/sallyport/load.php"
		if own := s.Sources[r[4].(string)]; own != "" {
			place = own
		}
		version = r[1].(string)
		q := url.Values{"modules": {w.module(name)}, "lang": {"en"}, "version": {combined([]string{version})}}
		return w.get(strings.TrimPrefix(place, "/sallyport") + "?" + q.Encode()).Body.String(), version
	}
	w.Fatalf("%s is not told of %s: %+v", user, name, s)
	return "", ""
}

func (w *world) stay(user, name string) {
	w.Helper()
	account, err := w.reg.User(w.Context(), user)
	w.must(err)
	w.must(w.reg.Stay(w.Context(), account.UserID, w.id(name)))
}

func TestTwoPeopleEachGetTheirOwnTextOfTheSameGadget(t *testing.T) {
	w := newWorld(t, [][2]string{
		{"User:Mara/doit.js", "document.title = 'old';"}, {"User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`},
		{"User:Mara/wide.css", "body { width: 1px }"}, {"User:Mara/wide.gadget", `{"module":{"pages":["/wide.css"]}}`},
		{"User:Mara/user.js", "document.title += '!';"}, {"User:Mara/user.gadget", `{"module":{"pages":["/user.js"],"dependencies":["User:Mara/doit.gadget"]}}`},
	})
	for _, name := range []string{"doit", "wide", "user"} {
		w.switchOn("Noor", name)
		w.switchOn("Ira", name)
	}
	_, before := w.runs("Noor", "doit")
	w.save("User:Mara/doit.js", "document.title = 'new';")
	w.save("User:Mara/wide.css", "body { width: 2px }")
	w.stay("Noor", "doit")
	w.stay("Noor", "wide")

	hers, version := w.runs("Noor", "doit")
	his, newer := w.runs("Ira", "doit")
	if !strings.Contains(hers, `"old"`) || strings.Contains(hers, `"new"`) || version != before || !strings.Contains(hers, w.module("doit")+"@"+before) {
		t.Errorf("Noor stays, and gets version %s: %s", version, hers)
	}
	if !strings.Contains(his, `"new"`) || strings.Contains(his, `"old"`) || newer == before {
		t.Errorf("Ira gets version %s: %s", newer, his)
	}
	styles := func(user string) string {
		return w.get("/load.php?modules=ext.gadgets.userstyles&only=styles&lang=en&ns=0&action=view&model=wikitext&user=" + user).Body.String()
	}
	if a, b := styles("Noor"), styles("Ira"); !strings.Contains(a, "1px") || strings.Contains(a, "2px") || !strings.Contains(b, "2px") {
		t.Errorf("style sheets: %s\n%s", a, b)
	}
	if rows := w.told("Noor").Rows; len(rows) != 3 {
		t.Errorf("a gadget that is needed by another is told twice, or not at all: %v", rows)
	}
	var found registration
	w.must(json.Unmarshal(w.get("/register?names="+w.module("user")+"&lang=en&user=Noor").Body.Bytes(), &found))
	if len(found.Rows) != 2 || found.Rows[0][1] != before {
		t.Errorf("what is needed on demand is told of as %+v", found.Rows)
	}
}

func TestASetIsServedWhileSomebodyStaysOnIt(t *testing.T) {
	w := newWorld(t, [][2]string{{"User:Mara/doit.js", "document.title = 'old';"}, {"User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`}})
	w.switchOn("Noor", "doit")
	g, err := w.reg.Gadget(t.Context(), w.id("doit"))
	w.must(err)
	path := "/g/p" + strings.TrimPrefix(w.module("doit"), registry.Prefix) + "/"
	query := "/load.php?lang=en&modules=" + w.module("doit")
	set := string(registry.SetOf(g))
	missing := func(path string) bool { return strings.Contains(w.get(path).Body.String(), `"missing"`) }
	if !missing(path + set + query) {
		t.Error("nobody stays, and it is served")
	}
	w.stay("Noor", "doit")
	w.now = w.now.Add(answerLife)
	if got := w.get(path + set + query).Body.String(); !strings.Contains(got, `"old"`) {
		t.Errorf("she stays: %s", got)
	}
	if !missing(path+string(g.Row.Digest)+query) || !missing(path+"no-digest"+query) {
		t.Error("what names no set is served")
	}
	if w.get(path+set+"/load.php?lang=en&modules=ext.usergadget.p9999").Code != 404 {
		t.Error("another gadget is served below this one's path")
	}
}
