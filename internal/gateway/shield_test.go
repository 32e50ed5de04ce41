package gateway

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// shielded is a guarded wiki with a breaker, and Ulo and Mara beside Ira.
type shielded struct {
	*guarded
	breaker *incident.Breaker
	alarms  []incident.Trip
}

// modules are the gadgets there are.
var modules = map[string]string{"ext.gadget.bad": "MediaWiki:Gadget-bad.js", "ext.usergadget.p7": "User:Mara/doit.js", "ext.usergadget.p9@earlier": "User:Mara/doit.js"}

func newShielded(t testing.TB) *shielded {
	t.Helper()
	s := &shielded{}
	s.guarded = newGuardedBy(t, func(g *guarded, d *Door, o *Options) {
		site := g.desk.Site()
		s.breaker = incident.New(incident.Settings{}, time.Now())
		text := func(title wiki.Title) func(ctx context.Context) (string, error) {
			return func(ctx context.Context) (string, error) {
				pages, err := g.client.Pages(ctx, []wiki.Title{title})
				if err != nil {
					return "", err
				}
				return pages[0].Text, nil
			}
		}
		d.Guard = &incident.Guard{
			Breaker: s.breaker, Site: site, Now: time.Now, Log: slog.New(slog.DiscardHandler), Alarm: func(t incident.Trip) { s.alarms = append(s.alarms, t) },
			Text: func(ctx context.Context, title wiki.Title) (string, error) { return text(title)(ctx) },
			Sources: func(_ context.Context, module string) ([]incident.Source, error) {
				title, err := site.Parse(modules[module])
				if modules[module] == "" || err != nil {
					return nil, err
				}
				return []incident.Source{{Title: title, Key: module, Text: text(title)}}, nil
			},
		}
		d.Sessions = NewSessions(site.ID+"_session", d.Who)
		o.Shield = NewShield(d.Guard, d.Sessions, d.Write, slog.New(slog.DiscardHandler))
		o.Own = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public")
			_, _ = io.WriteString(w, "own "+r.URL.RawQuery)
		})
	})
	for _, name := range []string{"Ulo", "Mara"} {
		s.wiki.AddUser(name, name+"'s password")
	}
	return s
}

func (s *shielded) save(title, text string) {
	s.Helper()
	_, err := s.wiki.Save(title, text, "Ira", "")
	s.ok(err)
}

// be logs somebody in, who sends from now on.
func (s *shielded) be(name string) {
	s.Helper()
	session, err := s.client.Login(s.Context(), name, name+"'s password")
	if name == "Ira" {
		session, err = s.client.Login(s.Context(), name, "ira's password")
	}
	s.ok(err)
	s.cookies = session.Cookies()
	_, body := s.send("GET", "/w/api.php?action=query&meta=tokens&format=json&formatversion=2", "", "")
	_, rest, _ := strings.Cut(body, `"csrftoken":"`)
	s.token, _, _ = strings.Cut(rest, `"`)
	s.token = strings.ReplaceAll(s.token, `\\`, `\`)
}

func (s *shielded) raw(title string) string {
	s.Helper()
	_, body := s.send("GET", "/w/index.php?action=raw&ctype=text/javascript&title="+url.QueryEscape(title), "", "", "Accept-Encoding", "gzip")
	return body
}

const program = "mw.hook( 'wikipage.content' ).add( function ( $c ) { var n = 0; $c.find( 'a' ).each( function () { n += this.href.length; } ); mw.notify( 'count ' + n ); } );\n" +
	"function again( x ) { return [ x, x + 1, x * 2 ].map( function ( y ) { return y > 3 ? y : again( y + 4 ); } ); }\nif ( mw.config.get( 'wgAction' ) === 'view' ) { again( 7 ); }\n"

// outbreak lets Ulo take in what Ira's page serves, and then Mara what Ulo's does. It returns what Mara's write was answered.
func (s *shielded) outbreak() string {
	s.Helper()
	s.save("User:Ira/tool.js", program)
	write := func(name, from, to string) string {
		s.be(name)
		if got := s.raw(from); !strings.Contains(got, "again") && got != "" {
			s.Fatalf("%s serves %q", from, got)
		}
		_, body := s.send("POST", "/w/api.php", formKind, s.edit(to, program))
		return body
	}
	if got := write("Ulo", "User:Ira/tool.js", "User:Ulo/tool.js"); !strings.Contains(got, "Success") {
		s.Fatalf("the first: %s", got)
	}
	return write("Mara", "User:Ulo/tool.js", "User:Mara/tool.js")
}

func TestWhatASessionWasServedAndWritesOnTripsAndIsHeldInEveryDialect(t *testing.T) {
	s := newShielded(t)
	if got := s.outbreak(); !strings.Contains(got, `"sallyport-held"`) || s.text("User:Mara/tool.js") != "" {
		t.Fatalf("the second is answered %s; her page has %q", got, s.text("User:Mara/tool.js"))
	}
	if len(s.alarms) != 1 || s.alarms[0].Rule != incident.Descent {
		t.Errorf("alarms: %v", s.alarms)
	}
	s.be("Ira")
	for _, format := range []string{"plaintext", "html", "wikitext", "raw"} {
		r, body := s.send("POST", "/w/api.php?errorformat="+format, formKind, s.edit("User:Ira/x.js", "mine();"))
		if r.StatusCode != 200 || r.Header.Get("MediaWiki-API-Error") != Held || !strings.Contains(body, `"code":"sallyport-held"`) || !strings.Contains(body, "not lost") {
			t.Errorf("%s: %s %s", format, r.Status, body)
		}
	}
	r, body := s.send("POST", "/w/rest.php/v1/page", "application/json", `{"title":"User:Ira/x.js","source":"mine();","comment":"","token":"`+strings.ReplaceAll(s.token, `\`, `\\`)+`"}`)
	if r.StatusCode != http.StatusForbidden || !strings.Contains(body, `"errorKey":"sallyport-held"`) {
		t.Errorf("rest.php: %s %s", r.Status, body)
	}
	form := url.Values{"wpTextbox1": {"mine <b>"}, "wpEditToken": {s.token}, "wpUnicodeCheck": {"ℳ𝒲♥𝓊𝓃𝒾𝒸ℴ𝒹ℯ"}, "wpSave": {"Save"}, "wpUltimateParam": {"1"}, "wpStarttime": {"20260101000000"}, "wpEdittime": {"20260101000000"}}
	r, body = s.send("POST", "/w/index.php?title=User:Ira/x.js&action=submit", formKind, form.Encode(), "Sec-Fetch-Mode", "navigate", "Sec-Fetch-User", "?1", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "same-origin")
	if r.StatusCode != http.StatusForbidden || !strings.Contains(body, "mine &lt;b&gt;") || !strings.Contains(body, "keep a copy") {
		t.Errorf("the form: %s %s", r.Status, body)
	}
	_, body = s.send("POST", "/w/api.php", formKind, s.edit("MediaWiki:Common.js", "repaired();"))
	if !strings.Contains(body, "https://confirm.test/compose") {
		t.Errorf("the way to repair is not said: %s", body)
	}
	if _, body = s.send("POST", "/w/api.php", formKind, s.edit("Sandbox", "words")); !strings.Contains(body, "Success") {
		t.Errorf("an ordinary edit by somebody else: %s", body)
	}
}

func TestASessionThatTookPartGetsSafePagesAndNoScriptsAndOthersDo(t *testing.T) {
	s := newShielded(t)
	s.save("User:Mara/common.js", "mine();")
	s.outbreak()
	s.be("Ira")
	if got := s.raw("User:Ira/tool.js"); !strings.Contains(got, "again") {
		t.Errorf("a page that is no victim's: %q", got)
	}
	if got := s.raw("User:Ulo/tool.js"); strings.Contains(got, "again") {
		t.Errorf("the page that carries the text is served: %q", got)
	}
	for _, way := range []string{
		"title=User:Ira/tool.js&title=User:Ulo/tool.js&action=raw&ctype=text/javascript", "title=user:ulo/tool.js&%61ction=r%61w&ctype=text/javascript",
		"title=User:Ulo/tool.js&action=raw", "curid=3&action=raw&ctype=text/javascript", "oldid=3&action=raw&gen=js", "title=User_talk:X&title=User:Ulo/tool.js&action=raw&gen=js",
	} {
		if _, got := s.send("GET", "/w/index.php?"+way, "", ""); strings.Contains(got, "again") {
			t.Errorf("served as %s", way)
		}
	}
	asPage := []string{"Accept", "text/html", "Sec-Fetch-Dest", "document"}
	if _, page := s.send("GET", "/w/index.php?title=Sandbox", "", "", asPage...); strings.Contains(page, "safemode=1") {
		t.Error("Ira, who has nothing to do with it, is in safe mode")
	}
	took := s.breaker.State().Trips[0].Sessions
	if len(took) != 2 || s.breaker.Off(incident.SessionOf("another"), 0) {
		t.Fatalf("sessions %v", took)
	}
	s.maraAgain(t, asPage)
}

// maraAgain looks at the wiki with a session that is off.
func (s *shielded) maraAgain(t *testing.T, asPage []string) {
	t.Helper()
	s.be("Mara")
	site := s.desk.Site().ID + "_session="
	_, value, _ := strings.Cut(s.cookies, site)
	value, _, _ = strings.Cut(value, ";")
	user, err := s.client.WhoAmI(t.Context(), s.cookies)
	s.ok(err)
	s.breaker.Report(time.Now(), user.ID, "Mara") // her new session is off, as the old one is
	r, page := s.send("GET", "/w/index.php?title=Sandbox", "", "", append(asPage, "If-None-Match", "*")...)
	if !strings.Contains(page, "safemode=1") || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
		// The account is learned with the first script that is asked for.
		s.raw("User:Mara/common.js")
		r, page = s.send("GET", "/w/index.php?title=Sandbox", "", "", append(asPage, "If-None-Match", "*")...)
	}
	if !strings.Contains(page, "safemode=1") || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("not in safe mode, or kept: %v", r.Header)
	}
	for address, want := range map[string]string{
		"/w/load.php?lang=en&modules=user&only=scripts&skin=vector&user=Mara": `mw.loader.state({"user":"ready"})`,
		"/w/load.php?modules=ext.gadget.bad%7Cjquery.client":                  "",
		"/sallyport/load.php?modules=ext.usergadget.p7":                       `mw.loader.state({"ext.usergadget.p7":"error"})`,
		"/sallyport/g/p7/load.php?modules=ext.usergadget.p7":                  `mw.loader.state({"ext.usergadget.p7":"error"})`,
		"/sallyport/g/p9/earlier/load.php?modules=ext.usergadget.p9":          `mw.loader.state({"ext.usergadget.p9":"error"})`, // the gadget itself is gone
		"/sallyport/g/p7/abc.js":                                              `mw.loader.state({"ext.usergadget.p7":"error"})`,
		"/w/index.php?title=User:Mara/common.js&action=raw&gen=js":            "switched off",
	} {
		r, got := s.send("GET", address, "", "")
		if strings.Contains(got, "mine()") || strings.Contains(got, "again") || !strings.Contains(got, want) || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %q, %s", address, got, r.Header.Get("Cache-Control"))
		}
	}
	s.cookies = s.desk.Site().ID + "_session=forged; " + site + value
	if _, page := s.send("GET", "/w/index.php?title=Sandbox", "", "", asPage...); !strings.Contains(page, "safemode=1") {
		t.Error("a second cookie of the same name makes another session of it")
	}
}

func TestThePulledBreakerSwitchesUserCodeOffForEverybodyAndAResetOnAgain(t *testing.T) {
	s := newShielded(t)
	s.save("User:Ira/common.js", "mine();")
	s.breaker.Pull(time.Now(), "Ira", "to see")
	for _, who := range []string{s.cookies, ""} {
		s.cookies = who
		_, page := s.send("GET", "/w/index.php?title=Sandbox", "", "", "Accept", "text/html", "Sec-Fetch-Dest", "document")
		if got := s.raw("User:Ira/common.js"); !strings.Contains(page, "safemode=1") || strings.Contains(got, "mine") {
			t.Errorf("cookies %q: %q", who, got)
		}
		if r, _ := s.send("GET", "/w/load.php?modules=startup&only=scripts&raw=1&skin=vector&lang=en", "", ""); r.StatusCode != 200 || strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("MediaWiki's own code is withheld: %v", r.Header)
		}
	}
	s.breaker.Reset(false)
	if got := s.raw("User:Ira/common.js"); !strings.Contains(got, "mine") {
		t.Errorf("after the reset: %q", got)
	}
}

func TestTheSameCodeIsReadOnceWhateverTheBrowserHasAlready(t *testing.T) {
	s := newShielded(t)
	s.save("User:Ira/tool.js", program)
	get := func(header ...string) *http.Response {
		r, _ := s.send("GET", "/w/index.php?action=raw&ctype=text/javascript&title=User:Ira/tool.js", "", "", header...)
		return r
	}
	first := get("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")
	if first.StatusCode != http.StatusOK {
		t.Fatalf("the browser's own copy is taken, and nobody knows what it is: %s", first.Status)
	}
	if n := s.breaker.Scripts(); n != 1 {
		t.Errorf("%d scripts are known", n)
	}
	second := get("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")
	if second.StatusCode != http.StatusNotModified && second.StatusCode != http.StatusOK {
		t.Errorf("the second time: %s", second.Status)
	}
	s.be("Ulo")
	get()
	if n := s.breaker.Scripts(); n != 1 {
		t.Errorf("%d scripts are known after somebody else got it", n)
	}
}

func TestAnswersAreCopiedAsFarAsTheyAreReadAndPassWhole(t *testing.T) {
	c := &copying{ResponseWriter: &replyBuffer{header: http.Header{}}, reading: true}
	part := strings.Repeat("x", 300<<10)
	for range 10 {
		n, err := io.WriteString(c, part)
		if n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	if c.body.Len() != maxScript || c.ResponseWriter.(*replyBuffer).body.Len() != 10*len(part) {
		t.Errorf("copied %d, passed %d", c.body.Len(), c.ResponseWriter.(*replyBuffer).body.Len())
	}
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, strings.Repeat("0", 50<<20)) // a small answer that is large unpacked
	_ = z.Close()
	c = &copying{ResponseWriter: &replyBuffer{header: http.Header{"Content-Encoding": {"gzip"}}}, reading: true}
	_, _ = io.WriteString(c, packed.String())
	if got := len(c.text()); got != maxScript {
		t.Errorf("unpacked %d bytes", got)
	}
}

func TestWhenTheWikiDoesNotSayWhoSendsAnOrdinaryEditGoesOn(t *testing.T) {
	s := newShielded(t)
	d := &Sessions{Cookie: s.desk.Site().ID + "_session", Who: func(context.Context, *http.Request) (wiki.User, error) {
		return wiki.User{}, errors.Join(mediawiki.ErrUnavailable)
	}}
	*d = *NewSessions(d.Cookie, d.Who)
	r, err := http.NewRequest(http.MethodGet, "/", nil)
	s.ok(err)
	r.Header.Set("Cookie", s.cookies)
	if _, err := d.sent(t.Context(), r, d.of(r)); !errors.Is(err, mediawiki.ErrUnavailable) {
		t.Fatal(err)
	}
	if _, ok := d.cached(d.of(r)); ok {
		t.Error("what the wiki did not say is remembered")
	}
}
