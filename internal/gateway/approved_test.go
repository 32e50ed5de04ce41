package gateway

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/approved"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// reviewed is a wiki behind a gateway that serves what is approved. What is saved comes past the gateway.
type reviewed struct {
	*guarded
	book *approved.Book
	read *writedoor.Door
	up   string // the wiki itself
}

func newReviewed(t testing.TB, more ...func(o *Options)) *reviewed {
	t.Helper()
	s := &reviewed{}
	s.guarded = newGuardedBy(t, func(g *guarded, d *Door, o *Options) {
		g.wiki.AddUser("Mallory", "mallory's password", "sysop", "interface-admin")
		g.wiki.AddUser("Mara", "mara's password")
		s.guarded = g
		s.save("MediaWiki:Common.js", "window.common = 'good';")
		s.save("MediaWiki:Common.css", "p { color: green; }")
		s.save("MediaWiki:Gadgets-definition", "* one [ResourceLoader|default] | one.js | one.css\n* two [ResourceLoader] | two.js\n* look [ResourceLoader|type=styles] | look.css\n* third [ResourceLoader|type=styles] | third.css")
		s.save("MediaWiki:Gadget-one.js", "window.one = 'good';")
		s.save("MediaWiki:Gadget-one.css", ".one { color: green; }")
		s.save("MediaWiki:Gadget-two.js", "window.two = 'good';")
		s.save("MediaWiki:Gadget-look.css", ".look { color: green; }")
		s.save("MediaWiki:Gadget-third.css", ".third { color: green; }")
		db, err := sqlstore.Open(t.Context(), "")
		g.ok(err)
		t.Cleanup(func() { _ = db.Close() })
		site := g.desk.Site()
		s.book = approved.New(approved.Options{
			Site: site, Store: db, Serve: []string{"site-code", "gadget", "popular"}, Least: 10, Now: time.Now,
			Heads: g.client.Heads, Pages: g.client.Pages, AllPages: g.client.AllPages, Messages: g.client.Messages,
			Audience: func(_ context.Context, title wiki.Title) (int, bool, error) {
				return map[bool]int{true: 20}[title.Key == "Mara/doit.js"], true, nil
			},
			Groups: func(ctx context.Context, user string) ([]string, error) {
				a, err := g.client.Author(ctx, user)
				return a.Groups, err
			},
		})
		g.ok(s.book.Begin(t.Context()))
		o.Door, s.read, s.up = nil, d.Write, o.Upstream.String()
		o.Trials = &Trials{Book: s.book, Readers: NewReaders(site.ID+"_session", NewWho(g.client.WhoAmI).Sent, time.Now, slog.New(slog.DiscardHandler)), Base: "/sallyport", Log: slog.New(slog.DiscardHandler)}
		o.Approved = NewApproved(Approved{Book: s.book, Reads: d.Write, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Named: func(ctx context.Context, rev, page int64) (wiki.Title, error) {
				p, err := g.client.Revision(ctx, rev)
				return p.Title, err
			}})
		for _, change := range more {
			change(o)
		}
	})
	return s
}

func (s *reviewed) save(title, text string) {
	s.Helper()
	_, err := s.wiki.Save(title, text, "Mallory", "")
	s.ok(err)
}

// get asks the gateway as a reader does; direct asks the wiki itself.
func (s *reviewed) get(query string, header ...string) (*http.Response, string) {
	s.Helper()
	return s.send("GET", query, "", "", header...)
}

func (s *reviewed) direct(query string) string {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), "GET", s.up+query, nil)
	s.ok(err)
	req.Host = strings.TrimPrefix(s.front, "http://")
	r, err := http.DefaultClient.Do(req)
	s.ok(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	s.ok(err)
	return string(body)
}

func (s *reviewed) approve(title, text string) {
	s.Helper()
	t, err := s.book.Site().Parse(title)
	s.ok(err)
	s.ok(s.book.Decide(s.Context(), t, store.DigestOf(text), wiki.User{ID: 99, Name: "Rita", Rights: []string{"editinterface", "editsitejs"}}, store.ReviewApproved, ""))
}

// batches are what browsers and others ask for.
var batches = []string{
	"modules=site&skin=vector", "modules=site&only=scripts&skin=vector", "modules=site.styles&only=styles&skin=vector", "modules=startup&only=scripts&raw=1&skin=vector",
	"modules=ext.gadget.one,two&skin=vector", "modules=ext.gadget.one%7Cext.gadget.two%7Csite", "modules=ext.gadget.look,one,third&only=styles&skin=vector",
	"modules=jquery%7Cmediawiki.base%7Cext.gadget.one&skin=vector&version=zzzzz", "modules=user&user=Ira&skin=vector", "modules=user.styles&only=styles&user=Ira",
	"modules=ext.gadget.nothing&skin=vector", "modules=ext.gadget.one&debug=1", "modules=noscript&only=styles", "modules=ext.gadget.one&only=scripts&raw=1",
	"modules=site&skin=unknown", "modules=", "modules=ext.gadget.one,one&skin=vector&lang=he",
}

func TestWhereNothingIsPinnedTheBytesAreTheWikis(t *testing.T) {
	s := newReviewed(t)
	for _, q := range batches {
		if _, got := s.get("/w/load.php?" + q); got != s.direct("/w/load.php?"+q) {
			t.Errorf("%s: %s", q, cmp.Diff(s.direct("/w/load.php?"+q), got))
		}
	}
	r, _ := s.get("/w/load.php?modules=site&skin=vector")
	if r, body := s.get("/w/load.php?modules=site&skin=vector", "If-None-Match", r.Header.Get("ETag")); r.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("asked again: %s %q", r.Status, body)
	}
}

func TestAnEditPastTheGatewayIsServedToNobodyUntilItIsApproved(t *testing.T) {
	s := newReviewed(t)
	for _, q := range batches { // so that something is remembered of all of them
		s.get("/w/load.php?" + q)
	}
	const evil = "window.taken = 'evil';"
	good := map[string]string{}
	for _, page := range []string{"Common.js", "Gadget-one.js"} {
		good[page] = "window." + map[string]string{"Common.js": "common", "Gadget-one.js": "one"}[page]
		s.save("MediaWiki:"+page, evil)
	}
	s.save("MediaWiki:Vector.js", evil)
	s.save("MediaWiki:Group-sysop.js", evil)
	s.save("MediaWiki:Gadget-look.css", ".evil { color: red; }")
	for _, q := range batches {
		if _, got := s.get("/w/load.php?" + q); strings.Contains(got, "evil") {
			t.Errorf("%s: %s", q, got)
		}
	}
	if got := s.direct("/w/load.php?modules=site&skin=vector"); !strings.Contains(got, "evil") {
		t.Fatalf("the wiki itself serves %s", got)
	}
	_, got := s.get("/w/load.php?modules=ext.gadget.one,two%7Cjquery%7Csite&skin=vector")
	for _, want := range []string{"window.one", "window.two", `"ext.gadget.one@kept`, `"site@kept`, `"jquery@`, "window.common"} {
		if !strings.Contains(got, want) {
			t.Errorf("a batch lacks %s: %s", want, got)
		}
	}
	_, got = s.get("/w/load.php?modules=ext.gadget.third,look,one&only=styles&skin=vector")
	if third, look, one := strings.Index(got, ".third"), strings.Index(got, ".look"), strings.Index(got, ".one"); third < 0 || look < third || one < look {
		t.Errorf("style sheets out of order: %s", got)
	}
	s.approve("MediaWiki:Gadget-one.js", evil)
	if _, got := s.get("/w/load.php?modules=ext.gadget.one&skin=vector"); got != s.direct("/w/load.php?modules=ext.gadget.one&skin=vector") {
		t.Errorf("approved, and served as %s", got)
	}
}

func TestTheRegistryNamesPinnedModulesByVersionsOfTheirOwn(t *testing.T) {
	s := newReviewed(t)
	version := func(body, module string) string {
		m := regexp.MustCompile(`\["` + regexp.QuoteMeta(module) + `","([^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			s.Fatalf("no row of %s", module)
		}
		return m[1]
	}
	const startup = "/w/load.php?modules=startup&only=scripts&raw=1&skin=vector"
	s.save("MediaWiki:Gadget-one.js", "window.taken = 'evil';")
	s.save("MediaWiki:Gadgets-definition", "* one [ResourceLoader|default] | one.js | one.css\n* two [ResourceLoader] | two.js | evil.js")
	r, body := s.get(startup)
	wikis := s.direct(startup)
	for module, pinned := range map[string]bool{"ext.gadget.one": true, "ext.gadget.two": true, "jquery": false, "site": false} {
		if got := version(body, module); (got != version(wikis, module)) != pinned || strings.HasPrefix(got, "kept") != pinned {
			t.Errorf("%s has the version %s; the wiki's is %s", module, got, version(wikis, module))
		}
	}
	_, served := s.get("/w/load.php?modules=ext.gadget.one&skin=vector")
	if !strings.Contains(served, `"ext.gadget.one@`+version(body, "ext.gadget.one")+`"`) {
		t.Errorf("registered as %s, served as %s", version(body, "ext.gadget.one"), served)
	}
	if r2, _ := s.get(startup, "If-None-Match", r.Header.Get("ETag")); r2.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %s", r2.Status)
	}
}

func TestARawPageIsJudgedByItsBytes(t *testing.T) {
	s := newReviewed(t)
	raw := func(query string, header ...string) string {
		t.Helper()
		_, body := s.get("/w/index.php?action=raw&"+query, header...)
		return body
	}
	const common, evil = "title=MediaWiki:Common.js&ctype=text/javascript", "window.taken = 'evil';"
	if got := raw(common); got != "window.common = 'good';" {
		t.Errorf("approved: %q", got)
	}
	s.save("MediaWiki:Common.js", evil)
	pages, err := s.client.Pages(t.Context(), []wiki.Title{{NS: wiki.NSMediaWiki, Key: "Common.js"}})
	s.ok(err)
	rev := strconv.FormatInt(pages[0].Rev, 10)
	if got := raw(common); got != "window.common = 'good';" {
		t.Errorf("changed: %q", got)
	}
	if got := raw("oldid=" + rev + "&ctype=text/javascript"); strings.Contains(got, "evil") || !strings.Contains(got, "throw new Error") {
		t.Errorf("the revision: %q", got)
	}
	if got := raw("oldid=" + rev + "x&ctype=text/javascript"); strings.Contains(got, "evil") {
		t.Errorf("the revision, by what only PHP reads as its number: %q", got)
	}
	if got := raw(common, "Sec-Fetch-Dest", "document"); got != evil {
		t.Errorf("to be read: %q", got)
	}
	s.save("User:Mara/doit.js", "one();")
	if got := raw("title=User:Mara/doit.js&ctype=text/javascript"); got != "one();" {
		t.Errorf("popular: %q", got)
	}
	s.save("User:Mara/doit.js", "two();")
	if got := raw("title=User:Mara/doit.js&ctype=text/javascript"); got != "one();" {
		t.Errorf("popular, changed: %q", got)
	}
	s.save("User:Mara/other.js", "three();")
	s.save("User:Mara/other.js", "four();")
	if got := raw("title=User:Mara/other.js&ctype=text/javascript"); got != "four();" {
		t.Errorf("not popular: %q", got)
	}
	s.approve("MediaWiki:Common.js", evil)
	if got := raw("oldid=" + rev + "&ctype=text/javascript"); got != evil {
		t.Errorf("the revision, approved: %q", got)
	}
}

func TestAnEditWhileTheAnswerIsMadeIsNotServed(t *testing.T) {
	s := newReviewed(t)
	s.get("/w/load.php?modules=site&skin=vector")
	times := 0
	changing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if times++; times == 1 { // after what was looked at last, before the wiki answers
			s.save("MediaWiki:Common.js", "window.taken = 'evil';")
		}
		s.wiki.ServeHTTP(w, r)
	})
	a := NewApproved(Approved{Book: s.book, Reads: s.read, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	for range 2 {
		w := &replyBuffer{header: http.Header{}}
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://w.test/w/load.php?modules=site&skin=vector", nil)
		s.ok(err)
		a.before(changing).ServeHTTP(w, req)
		if got := w.body.String(); strings.Contains(got, "evil") || !strings.Contains(got, "good") {
			t.Errorf("served %s", got)
		}
	}
	if times == 0 {
		t.Error("the wiki was never asked")
	}
}

func TestNothingGoesOutWhenWhatIsApprovedIsNotKnown(t *testing.T) {
	s := newReviewed(t)
	s.get("/w/load.php?modules=site&skin=vector")
	s.down.Store(true)
	r, body := s.get("/w/load.php?modules=site&skin=vector")
	if r.StatusCode < 500 || strings.Contains(body, "common") {
		t.Errorf("%s %s", r.Status, body)
	}
}
