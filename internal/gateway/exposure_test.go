package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/exposure"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// exposed is a gated wiki where it is noted who was served what.
type exposed struct {
	*gated
	front  http.Handler // the same gateway, of which is known when it has done with a request
	db     *sqlstore.Store
	x      *Exposure
	mu     sync.Mutex
	ids    map[int64]string
	down   bool // nobody says who anybody is
	minute int64
}

func newExposed(t *testing.T, entry bool) *exposed {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	e := &exposed{minute: 1, db: db, ids: map[int64]string{store.Nobody: "nobody", store.Unknown: "unknown"}}
	now := func() time.Time { return time.Unix(60*e.minute+59, 0) }
	parts := int64(0)
	var options *Options
	e.gated = newGated(t, true, func(w *guarded, d *Door, o *Options) {
		options = o
		site := w.desk.Site()
		who := func(ctx context.Context, r *http.Request) (wiki.User, error) {
			if e.down {
				return wiki.User{}, errors.New("the wiki does not answer")
			}
			u, err := d.Who(ctx, r)
			e.mu.Lock()
			defer e.mu.Unlock()
			e.ids[u.ID] = u.Name
			if u.ID == 0 {
				e.ids[0] = "nobody"
			}
			return u, err
		}
		note := exposure.New(exposure.Options{Wiki: site.ID, Store: db, Days: 1, Now: now, Log: slog.New(slog.DiscardHandler), Part: func() int64 { parts++; return parts }})
		e.x = NewExposure(Exposure{
			Note: note, Site: site, Sessions: NewSessions(site.ID+"_session", who), Reads: d.Write, Named: o.Entry.Named, Current: w.client.Pages, Now: now, Log: slog.New(slog.DiscardHandler),
		})
		o.Exposure = e.x
		if o.Entry.Sessions = e.x.Sessions; !entry {
			o.Entry = nil
		}
		o.Own = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			title, _ := site.Parse("User:Mara/g.js")
			Served(r.Context(), title, store.DigestOf(r.URL.Query().Get("modules")))
			w.Header().Set("Content-Type", "text/javascript")
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = io.WriteString(w, "own();")
		})
	})
	e.front = New(*options)
	return e
}

func (e *exposed) get(target string, header ...string) (*http.Response, string) {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Cookie", e.cookies)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	e.front.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// noted lists what was noted in this minute, the title, the text and the people, and begins the next.
func (e *exposed) noted(texts ...string) string {
	e.Helper()
	e.ok(e.x.Close(e.Context()))
	names := map[store.Digest]string{"": "missed"}
	for _, text := range texts {
		names[store.DigestOf(text)] = text
	}
	var all []string
	for d := range names {
		e.ok(e.db.EachExposure(e.Context(), e.desk.Site().ID, store.ExposureQuery{Digest: d, Title: map[bool]string{true: "?"}[d == ""], To: time.Unix(60*e.minute, 0)}, func(x store.Exposure) error {
			if x.Digest != d || !x.Minute.Equal(time.Unix(60*e.minute, 0)) {
				return nil
			}
			var people []string
			for _, id := range x.People {
				people = append(people, e.ids[id])
			}
			slices.Sort(people)
			if d == "" {
				people = []string{fmt.Sprint(x.Missed)}
			}
			all = append(all, fmt.Sprintf("%s=%s to %s", x.Title, names[d], strings.Join(people, "+")))
			return nil
		}))
	}
	slices.Sort(all)
	e.minute++
	return strings.Join(all, ", ")
}

func (e *exposed) want(what, got, want string) {
	e.Helper()
	if got != want {
		e.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func TestWhoeverIsServedAScriptIsNoted(t *testing.T) {
	for _, entry := range []bool{false, true} {
		t.Run(fmt.Sprint("rules at the load door: ", entry), func(t *testing.T) {
			e := newExposed(t, entry)
			old := e.save("User:Mara/x.js", "two();")
			e.save("User:Mara/x.js", "three();")
			for _, text := range []string{"mara();", "two();", "three();"} {
				e.read("User:Mara/x.js", text)
			}
			texts := []string{"mara();", "two();", "three();", "bad();", ""}

			e.get(asScript + "User:Mara/x.js")
			e.want("a script", e.noted(texts...), "User:Mara/x.js=three(); to Noor")
			e.get("/w/index.php?action=raw&ctype=text/javascript&title=user:mara/x.js&oldid=" + old)
			e.want("an old revision", e.noted(texts...), "User:Mara/x.js=two(); to Noor")
			e.be("Mara")
			e.get(asScript + "User:Mara/x.js")
			e.cookies = ""
			e.get(asScript + "User:Mara/x.js")
			e.want("the author, and nobody's account", e.noted(texts...), "User:Mara/x.js=three(); to Mara+nobody")
			e.be("Noor")
			for what, target := range map[string]string{"style sheets": "/w/index.php?action=raw&ctype=text/css&title=User:Mara/x.js", "text": "/w/index.php?action=raw&title=User:Mara/x.js", "a page that is not there": asScript + "User:Mara/none.js", "a page": "/wiki/User:Mara/x.js"} {
				e.get(target)
				e.want(what, e.noted(texts...), "")
			}
			e.get(asScript+"User:Mara/x.js", "Sec-Fetch-Dest", "document")
			e.want("to read it", e.noted(texts...), "")
			r, _ := e.get(asScript + "User:Mara/x.js")
			if again, _ := e.get(asScript+"User:Mara/x.js", "If-None-Match", r.Header.Get("ETag"), "If-Modified-Since", r.Header.Get("Last-Modified")); again.StatusCode != http.StatusOK && again.StatusCode != http.StatusNotModified {
				t.Errorf("again: %s", again.Status)
			}
			e.want("twice", e.noted(texts...), "User:Mara/x.js=three(); to Noor")
			r, body := e.get(asScript + "User:Bad/x.js")
			if !entry {
				e.want("by somebody blocked", e.noted(texts...), "User:Bad/x.js=bad(); to Noor")
			} else if !e.stopped(r, body, "blocked author") {
				t.Error("not refused")
			} else {
				e.want("by somebody blocked", e.noted(texts...), "")
			}
		})
	}
}

func TestOwnPagesAndOwnDeliveryAreNoted(t *testing.T) {
	e := newExposed(t, false)
	e.save("User:Noor/common.js", "common();")
	e.save("User:Noor/vector.js", " ")
	texts := []string{"common();", " ", "ext.usergadget.p7"}
	e.get("/w/load.php?modules=user|site&user=Noor&skin=vector&version=x&lang=en")
	e.want("the module user", e.noted(texts...), "User:Noor/common.js=common(); to Noor")
	if r, _ := e.get("/w/load.php/more?modules=user&user=Noor&skin=vector&version=x&lang=en"); r.StatusCode == http.StatusOK {
		e.want("with more in the path", e.noted(texts...), "User:Noor/common.js=common(); to Noor")
	}
	e.get("/w/load.php?modules=user&only=styles&user=Noor&skin=vector&version=x&lang=en")
	e.get("/w/load.php?modules=site&user=Noor&skin=vector&version=x&lang=en")
	e.want("others", e.noted(texts...), "")
	e.get("/sallyport/load.php?modules=ext.usergadget.p7")
	e.want("a gadget", e.noted(texts...), "User:Mara/g.js=ext.usergadget.p7 to Noor")
	e.get("/sallyport/load.php?modules=ext.usergadget.p7", "If-None-Match", "x")
	e.want("a gadget that the browser has", e.noted(texts...), "User:Mara/g.js=ext.usergadget.p7 to Noor")
}

func TestSomebodyOfWhomIsNotKnownWhoTheyAreIsNotedAsThat(t *testing.T) {
	e := newExposed(t, false)
	e.down = true
	e.get(asScript + "User:Mara/x.js")
	e.want("nobody says who it is", e.noted("mara();"), "User:Mara/x.js=mara(); to unknown")
	e.down = false
	for range exposureWaits {
		e.x.room <- struct{}{}
	}
	e.get(asScript + "User:Mara/x.js")
	e.get("/w/load.php?modules=user&user=Noor&skin=vector&version=x&lang=en")
	for range exposureWaits {
		<-e.x.room
	}
	e.want("too many at once", e.noted("mara();"), "=missed to 1, User:Mara/x.js=mara(); to unknown")
}

func TestOfSiteCodeTheTextsThatAreServedAreNoted(t *testing.T) {
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var options *Options
	s := newReviewed(t, func(o *Options) { options = o })
	x := NewExposure(Exposure{
		Note: exposure.New(exposure.Options{Wiki: s.book.Site().ID, Store: db, Days: 1, Now: time.Now, Part: func() int64 { return 1 }, Log: slog.New(slog.DiscardHandler)}),
		Site: s.book.Site(), Sessions: NewSessions("none", nil), Reads: s.read, Named: options.Approved.Named, Current: s.client.Pages, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	options.Exposure = x
	front := New(*options)
	get := func(target string) {
		front.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, target, nil))
	}
	noted := func() string {
		t.Helper()
		s.ok(x.Close(t.Context()))
		var all []string
		for name, text := range map[string]string{"Common.js": "window.common = 'good';", "Common.js, evil": "evil();", "Gadget-one.js": "window.one = 'good';", "Common.css": "p { color: green; }"} {
			l, err := exposure.Read(t.Context(), db, s.book.Site().ID, store.ExposureQuery{Digest: store.DigestOf(text), To: time.Now()})
			s.ok(err)
			for _, t := range l.Texts {
				all = append(all, name+" of "+t.Title)
			}
		}
		slices.Sort(all)
		return strings.Join(all, ", ")
	}
	get("/w/load.php?modules=site.styles&only=styles&skin=vector")
	get("/w/load.php?modules=jquery&skin=vector")
	if got := noted(); got != "" {
		t.Errorf("of style sheets and the wiki's software: %s", got)
	}
	page, err := s.wiki.Save("MediaWiki:Common.js", "evil();", "Mallory", "")
	s.ok(err)
	get("/w/load.php?modules=site&skin=vector")
	get(fmt.Sprint(asScript, "MediaWiki:Common.js&oldid=", page.Rev))
	if got, want := noted(), "Common.js of MediaWiki:Common.js"; got != want {
		t.Errorf("of a page whose newest text waits: %s", got)
	}
	get("/w/load.php?modules=ext.gadget.one%7Cext.gadget.look&skin=vector")
	if got, want := noted(), "Common.js of MediaWiki:Common.js, Gadget-one.js of MediaWiki:Gadget-one.js"; got != want {
		t.Errorf("with a gadget: %s", got)
	}
}

func TestWhoAsksWhileTheWikiIsSlowIsFoundOutLaterOrUnknownWhenTheGatewayStops(t *testing.T) {
	e := newExposed(t, false)
	release := make(chan struct{})
	ask := e.x.Sessions.Who
	e.x.Sessions.Who = func(ctx context.Context, r *http.Request) (wiki.User, error) {
		select {
		case <-release:
			return ask(ctx, r)
		case <-ctx.Done():
			return wiki.User{}, ctx.Err()
		}
	}
	for range 2 * exposureAsks { // none of them waits
		if _, body := e.get(asScript + "User:Mara/x.js"); body != "mara();" {
			t.Fatalf("served %q", body)
		}
	}
	close(release)
	e.want("later", e.noted("mara();"), "User:Mara/x.js=mara(); to Noor")
	release = make(chan struct{})
	e.be("Mara")
	e.get(asScript + "User:Mara/x.js")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	e.ok(e.x.Close(ctx))
	e.want("when it stops", e.noted("mara();"), "User:Mara/x.js=mara(); to unknown")
}
