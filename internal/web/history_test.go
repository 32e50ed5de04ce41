package web

import (
	"context"
	"errors"
	"strings"
	"testing"

	"sallyport/internal/bundle"
	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// saved is a history of two pages: each revision has a text, and what it can do; a text without capabilities was not read.
func (l *library) saved(t *testing.T, o *Options) {
	contacts := func(host string) capability.Capability {
		return capability.Capability{Name: capability.Network, Target: host, Certainty: capability.Likely, Trigger: capability.OnLoad}
	}
	pages := map[string][][]capability.Capability{
		"User:Mara/translate.js": {{contacts("a.test")}, {contacts("a.test"), contacts("b.test")}, nil, {contacts("b.test"), {Name: capability.Eval}}},
		"User:Ira/footnotes.js":  {{contacts("a.test"), contacts("c.test")}},
	}
	histories := map[string][]Revision{}
	for title, all := range pages {
		for i, set := range all {
			text := title + strings.Repeat("!", i)
			if set != nil {
				l.keepText(title, text, set)
			}
			r := Revision{ID: int64(i + 1), Author: "Mara", Saved: today.AddDate(0, 0, i), Digest: store.DigestOf(text)}
			if title != "User:Mara/translate.js" {
				r.ID, r.Saved = 9, today.AddDate(0, 0, 1).Add(1)
			}
			histories[title] = append([]Revision{r}, histories[title]...)
		}
	}
	o.Scripts.History = func(_ context.Context, title wiki.Title, most int) ([]Revision, error) {
		return histories[villageSite().PrefixedText(title)], l.broken
	}
}

// keepText keeps what reading an earlier text of a page said.
func (l *library) keepText(title, text string, all []capability.Capability) {
	now := l.texts[title]
	l.texts[title] = text
	l.keep("scan", title, &finding.Script{Path: title, Capabilities: all})
	l.texts[title] = now
}

// withPast has scripts with a history.
func withPast(t *testing.T, l *library) func(*Options) {
	return func(o *Options) {
		o.Scripts = &Scripts{Newest: l.Newest, Known: l, Run: true}
		l.saved(t, o)
	}
}

func newSaved(t *testing.T) (*setting, *library) {
	l := newLibrary()
	return newSetting(t, withPast(t, l)), l
}

func TestAScriptShowsWhatItCouldDoRevisionByRevision(t *testing.T) {
	s, _ := newSaved(t)
	body := s.get("/sallyport/script/User:Mara/translate.js").Body.String()
	has(t, body, "The newest 4 revisions", "One of them is not read.", "<svg aria-hidden", `viewBox="0 0 56 16"`, "the first that was read",
		"New: contacts <bdi>b.test</bdi>", "No longer: contacts <bdi>a.test</bdi>", "/w/index.php?diff=prev&amp;oldid=2")
	strip := func(body, host string) string {
		_, rest, _ := strings.Cut(body, "<li><span>contacts <bdi>"+host)
		one, _, _ := strings.Cut(rest, "</li>")
		return one
	}
	for host, want := range map[string][]string{
		"a.test": {`"has" x="0"`, `"has" x="14"`, `"unread" transform="translate(28)"`, `"lost" transform="translate(42)"`, "since <time", "lost on <time"},
		"b.test": {`"none" transform="translate(0)"`, `"gained" x="14"`, `"unread" transform="translate(28)"`, `"has" x="42"`, "gained on <time"},
	} {
		for _, w := range want {
			if got := strip(body, host); !strings.Contains(got, w) {
				t.Errorf("the row of %s lacks %s: %s", host, w, got)
			}
		}
	}
	if got := s.get("/sallyport/script/User:Mara/translate.js?uselang=he").Body.String(); !strings.Contains(got, `"lost" transform="translate(0)"`) {
		t.Error("time does not run as the reader's writing does")
	}
}

func TestAGadgetsHistoryIsThatOfAllItsScripts(t *testing.T) {
	s, l := newSaved(t)
	var files []registry.File
	for _, title := range []string{"User:Mara/translate.js", "User:Ira/footnotes.js"} {
		files = append(files, registry.File{File: bundle.File{Title: title}, Page: store.Page{Title: title, PageID: 7, Model: "javascript"}})
	}
	s.village.gadgets[1].Files = files
	body := s.get("/sallyport/gadget/p1").Body.String()
	has(t, body, "The newest 5 revisions", "New: contacts <bdi>c.test</bdi>")
	if strings.Contains(body, "No longer:") {
		t.Error("what another of its scripts can do still is said to be lost")
	}
	l.broken = errors.New("the wiki is away")
	if w := s.get("/sallyport/gadget/p1"); w.Code != 200 || strings.Contains(w.Body.String(), "revision by revision") {
		t.Errorf("without a history: %d", w.Code)
	}
}
