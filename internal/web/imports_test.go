package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/capability"
	"sallyport/internal/wiki"
)

const irasOwn = `// mine
importScript( 'User:Mara/translate.js' );
mw.loader.load( '/w/index.php?title=User:Mara/pinned.js&oldid=41&action=raw&ctype=text/javascript' );
importScript( 'User:Mara/gone.js' );
`

// writer is a wiki with Ira's own scripts, and what became of edits.
type writer struct {
	pages map[string]string
	sent  []Edit
	next  Sent
	err   error
}

func (d *writer) Pages(_ context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	found := make([]wiki.Page, len(titles))
	for i, t := range titles {
		found[i].Title = t
		if text, ok := d.pages[villageSite().PrefixedText(t)]; ok {
			found[i] = wiki.Page{Title: t, ID: int64(50 + i), Rev: 80, Model: wiki.ModelJavaScript, Text: text}
		}
	}
	return found, d.err
}

func (d *writer) Texts(_ context.Context, revs []int64) (map[int64]string, error) {
	return map[int64]string{41: "pinned"}, nil
}

// importing is the pages with Ira's own scripts behind them.
func importing(l *library, d *writer) func(*Options) {
	l.keepText("User:Mara/translate.js", "translate( mw.util );", []capability.Capability{{Name: capability.Network, Target: "words.example"}})
	l.keepText("User:Mara/pinned.js", "pinned", []capability.Capability{})
	d.pages = map[string]string{"User:Ira/common.js": irasOwn, "User:Mara/translate.js": "translate( mw.util );", "User:Mara/pinned.js": "newer"}
	return func(o *Options) {
		if o.Scripts == nil {
			o.Scripts = &Scripts{Newest: l.Newest, Known: l}
		}
		o.Scripts.Pages, o.Scripts.Texts = d.Pages, d.Texts
		o.Edits = func(_ *http.Request, e Edit) (Sent, error) {
			d.sent = append(d.sent, e)
			if d.next == (Sent{}) {
				d.pages[villageSite().PrefixedText(e.Title)] = e.Text
				return Sent{Saved: true}, nil
			}
			return d.next, nil
		}
	}
}

// turnForm is the form that makes a gadget of an import.
func (s *setting) turnForm(t *testing.T, title string) url.Values {
	t.Helper()
	for _, part := range strings.Split(s.get("/sallyport/").Body.String(), "<form ")[1:] {
		fields := url.Values{}
		for _, m := range hiddenField.FindAllStringSubmatch(part, -1) {
			fields.Set(m[1], m[2])
		}
		if fields.Get("title") == title {
			return fields
		}
	}
	t.Fatalf("there is no form for %s", title)
	return nil
}

func TestMyGadgetsListsWhatTheReadersOwnScriptsLoad(t *testing.T) {
	d := &writer{}
	s := newSetting(t, importing(newLibrary(), d))
	body := s.get("/sallyport/").Body.String()
	has(t, body, "Scripts your own pages load", "contacts <bdi>words.example</bdi>", "Follows its page", "Pinned to one revision", "No such page",
		"can change it", "loaded by <a href=\"/wiki/User:Ira/common.js\">", "Turn into a gadget", "Edit the page that loads it")
	if n := strings.Count(body, `name="in" value="User:Ira/common.js"`); n != 1 {
		t.Errorf("%d forms: what is pinned, or gone, is no gadget", n)
	}
	if body := s.get("/sallyport/user/Ira").Body.String(); strings.Contains(body, "your own pages") {
		t.Error("everybody sees what she imports")
	}
	d.err = errors.New("the wiki is away")
	has(t, s.get("/sallyport/").Body.String(), "does not say just now", "Quick translate")
}

func TestAnImportBecomesAGadget(t *testing.T) {
	d := &writer{}
	s := newSetting(t, importing(newLibrary(), d))
	d.pages["User:Ira/translate.gadget"] = "{}" // another gadget has the name
	w := s.post("/sallyport/imports", s.turnForm(t, "User:Mara/translate.js"))
	if w.Code != 200 || len(d.sent) != 2 {
		t.Fatalf("%d, %d edits: %s", w.Code, len(d.sent), w.Body)
	}
	has(t, w.Body.String(), "User:Ira/translate-2.gadget", "is a gadget now", "Saved")
	made, own := d.sent[0], d.sent[1]
	if made.Title.Key != "Ira/translate-2.gadget" || made.Base != 0 || !strings.Contains(made.Text, `"User:Mara/translate.js"`) || !strings.Contains(made.Text, `"mediawiki.util"`) || strings.Contains(made.Text, "skins") {
		t.Errorf("the definition is %+v", made)
	}
	want := strings.Replace(irasOwn, "importScript( 'User:Mara/translate.js' );", "/* a gadget now: importScript( 'User:Mara/translate.js' ); */;", 1)
	if own.Title.Key != "Ira/common.js" || own.Base != 80 || own.Text != want {
		t.Errorf("her page is %+v", own)
	}
	if body := s.get("/sallyport/").Body.String(); strings.Contains(body, `value="User:Mara/translate.js"`) {
		t.Error("it is still offered")
	}
}

func TestEditsThatWaitAreApprovedByTheirSender(t *testing.T) {
	d := &writer{next: Sent{Address: "https://confirm.example/a/x"}}
	s := newSetting(t, importing(newLibrary(), d))
	w := s.post("/sallyport/imports", s.turnForm(t, "User:Mara/translate.js"))
	has(t, w.Body.String(), "Nothing is changed yet", `href="https://confirm.example/a/x"`)
	if len(d.sent) != 2 {
		t.Errorf("%d edits wait", len(d.sent))
	}
	d.next, d.sent = Sent{Refused: "You are blocked."}, nil
	w = s.post("/sallyport/imports", s.turnForm(t, "User:Mara/translate.js"))
	has(t, w.Body.String(), "Not everything could be changed", "You are blocked.")
	if len(d.sent) != 1 {
		t.Errorf("without the gadget, her import goes: %d edits", len(d.sent))
	}
}

func TestNobodyElsesPageIsRewritten(t *testing.T) {
	d := &writer{}
	s := newSetting(t, importing(newLibrary(), d))
	form := s.turnForm(t, "User:Mara/translate.js")
	for name, c := range map[string]struct {
		change  func()
		headers func(*http.Request)
		status  int
	}{
		"another page":    {func() { form.Set("in", "User:Mara/common.js") }, nil, 403},
		"another script":  {func() { form.Set("title", "User:Mara/gone.js") }, nil, 403},
		"sent by fetch":   {func() {}, header("Sec-Fetch-Mode", "cors"), 403},
		"another session": {func() {}, header("Cookie", "village_session=other"), 403},
	} {
		form = s.turnForm(t, "User:Mara/translate.js")
		c.change()
		headers := c.headers
		if headers == nil {
			headers = func(*http.Request) {}
		}
		if w := s.post("/sallyport/imports", form, headers); w.Code != c.status || len(d.sent) > 0 {
			t.Errorf("%s: %d, %d edits", name, w.Code, len(d.sent))
		}
	}
	form = s.turnForm(t, "User:Mara/translate.js")
	d.pages["User:Ira/common.js"] = "x = importScript( 'User:Mara/translate.js' );"
	if w := s.post("/sallyport/imports", form); w.Code != 409 || len(d.sent) > 0 {
		t.Errorf("what cannot be taken out: %d", w.Code)
	}
}
