package writedoor

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor/hook"
)

// session is somebody logged in on a real wiki, behind a door that reads what they send.
type session struct {
	t       *testing.T
	w       *mediawikitest.Wiki
	door    *Door
	actor   wiki.User
	cookies string
	grant   string // sent along, when it is set
}

func newSession(t *testing.T, settings string) *session {
	w := mediawikitest.Start(t, mediawikitest.Options{Settings: settings})
	client := mediawiki.New(w.URL, "", nil, mediawiki.Options{})
	login, err := client.Login(t.Context(), mediawikitest.Admin, mediawikitest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := client.WhoAmI(t.Context(), login.Cookies())
	if err != nil {
		t.Fatal(err)
	}
	w.AddUser("Mara", "mara's password")
	return &session{t, w, realDoor(w), actor, login.Cookies(), ""}
}

// ask asks as the session, by POST.
func (s *session) ask(_ context.Context, params map[string]string) ([]byte, error) {
	q := url.Values{}
	for k, v := range params {
		q.Set(k, v)
	}
	_, body := s.send(&Forward{Method: "POST", Target: "/api.php", ContentType: "application/x-www-form-urlencoded", Body: []byte(q.Encode())})
	return body, nil
}

func (s *session) send(f *Forward) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), f.Method, s.w.URL+f.Target, strings.NewReader(string(f.Body)))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Cookie", s.cookies)
	if s.grant != "" {
		req.Header.Set(hook.Header, s.grant)
	}
	if f.ContentType != "" {
		req.Header.Set("Content-Type", f.ContentType)
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, body
}

func (s *session) token(kind string) string {
	s.t.Helper()
	body, _ := s.ask(s.t.Context(), map[string]string{"action": "query", "meta": "tokens", "type": kind, "format": "json"})
	var answer struct {
		Query struct{ Tokens map[string]string }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		s.t.Fatal(err)
	}
	return answer.Query.Tokens[kind+"token"]
}

// state is a page's content model and text; empty when there is none.
func (s *session) state(t wiki.Title) string {
	var state string
	evalInto(s.t, s.w, &state, `$t = Title::makeTitle( $args[0], $args[1] );
		$r = MediaWiki\MediaWikiServices::getInstance()->getRevisionLookup()->getRevisionByTitle( $t, 0, 1 );
		$c = $r ? $r->getContent( 'main' ) : null;
		return $c ? $c->getModel() . ': ' . $c->serialize() : '';`, t.NS, t.Key)
	return state
}

// classify reads "METHOD target body" as the door does. TOKEN stands for an edit token.
func (s *session) classify(line string) *Operation {
	s.t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	target, body, hasBody := strings.Cut(rest, " ")
	body = strings.ReplaceAll(body, "TOKEN", url.QueryEscape(s.token("csrf")))
	target = strings.ReplaceAll(target, "ROLLBACK", url.QueryEscape(s.token("rollback")))
	r := Request{Method: method, Target: target, Body: []byte(body), Actor: s.actor}
	if hasBody {
		r.ContentType = []string{"application/x-www-form-urlencoded"}
	}
	op, err := s.door.Classify(s.t.Context(), r)
	if err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	return op
}

const formRest = "&wpEditToken=TOKEN&wpUnicodeCheck=%E2%84%B3%F0%9D%92%B2%E2%99%A5%F0%9D%93%8A%F0%9D%93%83%F0%9D%92%BE%F0%9D%92%B8%E2%84%B4%F0%9D%92%B9%E2%84%AF&wpUltimateParam=1&wpStarttime=20990101000000"

// TestWhatIsForetoldIsWhatMediaWikiStores computes each change, makes it, and looks.
func TestWhatIsForetoldIsWhatMediaWikiStores(t *testing.T) {
	foretold(t, newSession(t, ""), func([]hook.Change) string { return "" })
}

// TestAGrantForWhatIsForetoldOpensASealedWiki does the same on a wiki that takes no change of code without a grant.
func TestAGrantForWhatIsForetoldOpensASealedWiki(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	file, err := hook.Seal{Key: key.Public().(ed25519.PublicKey), Interface: true, OwnCode: true}.File()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "SallyportSeal.php")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSession(t, `if ( ( $_SERVER['REQUEST_URI'] ?? '' ) !== '/sallyport-eval' ) { require_once '`+name+`'; }`)
	n := 0
	foretold(t, s, func(changes []hook.Change) string {
		n++
		grant, err := hook.Grant{Wiki: "testwiki", User: "Admin", Expires: time.Now().Add(time.Minute), Nonce: fmt.Sprint("nonce ", n), Changes: changes}.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		return grant
	})
}

func foretold(t *testing.T, s *session, sign func([]hook.Change) string) {
	edit := func(user, title, text string) int64 { return s.w.Edit(user, title, text) }
	sections := "intro\n\n== One ==\n\nfirst\n\n== Two ==\nsecond\n"
	for _, c := range []struct {
		name    string
		prepare func()
		line    string
	}{
		{"a whole text", nil, "POST /api.php action=edit&title=MediaWiki:A.js&text=a()%3B%0D%0A%0D%0A+&token=TOKEN"},
		{"a signature in a script", nil, "POST /api.php action=edit&title=MediaWiki:B.js&text=//+~~~~%0Ab()&token=TOKEN"},
		{"JSON", nil, "POST /api.php action=edit&title=MediaWiki:C.json&text=%7B%22a%22%3A%5B1%5D%7D&token=TOKEN"},
		{"composed letters", nil, "POST /api.php action=edit&title=MediaWiki:D.js&text=e%CC%81()&token=TOKEN"},
		{"an addition", func() { edit("Admin", "MediaWiki:E.js", "one();") }, "POST /api.php action=edit&title=MediaWiki:E.js&appendtext=%0Atwo();&prependtext=zero();&token=TOKEN"},
		{"an undo", func() { edit("Admin", "MediaWiki:F.js", "one();"); edit("Mara", "MediaWiki:F.js", "two();") }, "POST /api.php action=edit&title=MediaWiki:F.js&undo=LATEST&token=TOKEN"},
		{"the form", func() { edit("Admin", "MediaWiki:G.js", "one();") }, "POST /index.php?title=MediaWiki:G.js&action=submit wpTextbox1=two();%0D%0A%0D%0A" + formRest},
		{"a section by the form", func() { edit("Admin", "MediaWiki:H", sections) }, "POST /index.php?title=MediaWiki:H&action=submit wpSection=1&wpTextbox1=%3D%3D+One+%3D%3D%0D%0Achanged" + formRest},
		{"a section by the API", func() { edit("Admin", "MediaWiki:H", sections) }, "POST /api.php action=edit&title=MediaWiki:H&section=2&text=%3D%3D+2+%3D%3D%0Achanged&token=TOKEN"},
		{"the first section", func() { edit("Admin", "MediaWiki:H", sections) }, "POST /api.php action=edit&title=MediaWiki:H&section=0&text=changed&token=TOKEN"},
		{"a rollback by a link", func() {
			edit("Mara", "MediaWiki:I.js", "one();")
			edit("Admin", "MediaWiki:I.js", "two();")
			edit("Admin", "MediaWiki:I.js", "three();")
		}, "GET /index.php?title=MediaWiki:I.js&action=rollback&from=Admin&token=ROLLBACK"},
		{"a move", func() { edit("Admin", "Stage", "staged();") }, "POST /api.php action=move&from=Stage&to=MediaWiki:J.js&token=TOKEN"},
		{"a deletion", func() { edit("Admin", "MediaWiki:K.js", "k();") }, "POST /api.php action=delete&title=MediaWiki:K.js&token=TOKEN"},
		{"a restoration", func() {
			edit("Admin", "MediaWiki:L.js", "one();")
			edit("Admin", "MediaWiki:L.js", "two();")
			s.w.Delete("Admin", "MediaWiki:L.js")
		}, "POST /api.php action=undelete&title=MediaWiki:L.js&token=TOKEN"},
		{"a content model", func() { edit("Admin", "User:Mara/m", "m();") }, "POST /api.php action=changecontentmodel&title=User:Mara/m&model=javascript&summary=x&token=TOKEN"},
	} {
		if c.prepare != nil {
			c.prepare()
		}
		line := c.line
		if strings.Contains(line, "LATEST") {
			var rev int64
			evalInto(t, s.w, &rev, `return Title::newFromText( 'MediaWiki:F.js' )->getLatestRevID( 1 );`)
			line = strings.ReplaceAll(line, "LATEST", fmt.Sprint(rev))
		}
		op := s.classify(line)
		changes, err := s.door.Changes(t.Context(), op, s.ask)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		settled, err := op.Settle(changes[0])
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		s.grant = sign(op.Permits(changes))
		status, body := s.send(settled)
		s.grant = ""
		for _, change := range changes {
			want := change.After + ": " + change.New
			if change.Gone {
				want = ""
			}
			if got := s.state(change.Title); got != want && !change.Stub {
				t.Errorf("%s: %v is %q, foretold was %q: %d %.600s", c.name, change.Title, got, want, status, body)
			}
		}
	}
}

func TestWhatCannotBeForetoldIsRefusedWithTheReason(t *testing.T) {
	s := newSession(t, "")
	s.w.Edit("Admin", "MediaWiki:A.js", "one();")
	first := s.w.Edit("Admin", "MediaWiki:A.js", "two();")
	s.w.Edit("Admin", "MediaWiki:A.js", "three();")
	for line, why := range map[string]string{
		"POST /api.php action=import&interwikisource=x&interwikipage=y&token=TOKEN":                             "import",
		"POST /api.php action=visualeditoredit&paction=save&page=MediaWiki:A.js&html=x&token=TOKEN":             "something else",
		fmt.Sprintf("POST /api.php action=edit&title=MediaWiki:A.js&undo=%d&token=TOKEN", first):                "not the current",
		"GET /index.php?title=MediaWiki:A.js&action=rollback&from=Admin&token=x":                                "nobody else",
		"POST /api.php action=edit&title=MediaWiki:Sidebar&appendtext=x&token=TOKEN":                            "message",
		"POST /api.php action=edit&title=MediaWiki:A.js&section=new&text=x&token=TOKEN":                         "new section",
		"POST /api.php action=undelete&title=MediaWiki:Gone.js&token=TOKEN":                                     "nothing deleted",
		"POST /index.php?title=Special:Undelete&action=submit target=MediaWiki:A.js&restore=1&ts20260101000000": "only some",
	} {
		if changes, err := s.door.Changes(t.Context(), s.classify(line), s.ask); !errors.Is(err, ErrUncomputable) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %+v, %v; want a refusal about %q", line, changes, err, why)
		}
	}
}
