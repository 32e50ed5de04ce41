package hook_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
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

const admin = mediawikitest.Admin

// sealed is a real wiki that includes the seal, and the key that signs grants for it.
type sealed struct {
	t   *testing.T
	w   *mediawikitest.Wiki
	key ed25519.PrivateKey
	n   int // numbers pages and nonces
}

func seal(t *testing.T, s hook.Seal) *sealed {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	s.Key = key.Public().(ed25519.PublicKey)
	text, err := s.File()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "SallyportSeal.php")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	// What a test prepares goes past the seal; everything else does not.
	w := mediawikitest.Start(t, mediawikitest.Options{Settings: codeJob + `$wgGroupPermissions['sysop']['mergehistory'] = true;
		if ( ( $_SERVER['REQUEST_URI'] ?? '' ) !== '/sallyport-eval' ) { require_once '` + name + `'; }`})
	w.AddUser(admin, mediawikitest.AdminPassword)
	w.AddUser("Mara", "mara's password")
	return &sealed{t: t, w: w, key: key}
}

// codeJob is a job that edits a page of code as somebody who may, as jobs of extensions do.
const codeJob = `
$wgJobClasses['codejob'] = 'CodeJob';
class CodeJob extends Job implements GenericParameterJob {
	public function __construct( array $params ) {
		parent::__construct( 'codejob', $params );
	}
	public function run() {
		$page = MediaWiki\MediaWikiServices::getInstance()->getWikiPageFactory()->newFromTitle( Title::newFromText( 'MediaWiki:Job.js' ) );
		$page->doUserEditContent( ContentHandler::makeContent( 'job();', $page->getTitle() ), User::newFromName( 'Admin' ), 'x' );
		return true;
	}
}
`

// person is a logged-in browser.
type person struct {
	*sealed
	name, cookies string
}

func (s *sealed) login(name, password string) *person {
	s.t.Helper()
	session, err := mediawiki.New(s.w.URL, "", nil, mediawiki.Options{}).Login(s.t.Context(), name, password)
	if err != nil {
		s.t.Fatal(err)
	}
	return &person{s, name, session.Cookies()}
}

// send makes a request with a grant, or without when it is empty, and returns what came back.
func (p *person) send(method, target, kind string, body []byte, grant string) string {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.w.URL+target, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Cookie", p.cookies)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if grant != "" {
		req.Header.Set(hook.Header, grant)
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return fmt.Sprint(resp.StatusCode, " ", string(text))
}

func (p *person) token(kind string) string {
	p.t.Helper()
	_, text, _ := strings.Cut(p.send("GET", "/api.php?action=query&meta=tokens&format=json&type="+kind, "", nil, ""), " ")
	var answer struct {
		Query struct{ Tokens map[string]string }
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		p.t.Fatalf("%v: %s", err, text)
	}
	return answer.Query.Tokens[kind+"token"]
}

// state is a page's content model and text; empty when there is none.
func (s *sealed) state(title string) string {
	s.t.Helper()
	var state string
	if err := json.Unmarshal(s.w.Eval(`$t = Title::newFromTextThrow( $args[0] );
		$r = MediaWiki\MediaWikiServices::getInstance()->getRevisionLookup()->getRevisionByTitle( $t, 0, 1 );
		$c = $r ? $r->getContent( 'main' ) : null;
		return $c ? $c->getModel() . ': ' . $c->serialize() : '';`, title), &state); err != nil {
		s.t.Fatal(err)
	}
	return state
}

func (s *sealed) number() string {
	s.n++
	return fmt.Sprint(s.n)
}

func (s *sealed) sign(user string, lives time.Duration, changes ...hook.Change) string {
	s.t.Helper()
	header, err := hook.Grant{Wiki: "testwiki", User: user, Expires: time.Now().Add(lives), Nonce: "a nonce of some length " + s.number(), Changes: changes}.Sign(s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	return header
}

func title(text string) wiki.Title {
	ns, key, _ := strings.Cut(text, ":")
	number := map[string]int{"MediaWiki": wiki.NSMediaWiki, "User": wiki.NSUser}[ns]
	if number == 0 {
		return wiki.Title{Key: text}
	}
	return wiki.Title{NS: number, Key: key}
}

func save(page, text string) hook.Change {
	return hook.Change{Op: hook.Save, Title: title(page), SHA256: hook.Hash(text)}
}

// a way tries to change a page. It is called again and again, and makes the page what it was before.
type way struct {
	name    string
	page    string
	changes []hook.Change // what a grant must say
	after   string        // the page's state when it succeeded
	try     func(p *person, grant string) string
}

const form = "application/x-www-form-urlencoded"

func (p *person) api(grant string, pairs ...string) string {
	p.t.Helper()
	v := url.Values{"format": {"json"}, "token": {p.token("csrf")}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return p.send("POST", "/api.php", form, []byte(v.Encode()), grant)
}

func (p *person) editForm(grant, query, text string) string {
	v := url.Values{
		"wpTextbox1": {text}, "wpEditToken": {p.token("csrf")}, "wpUnicodeCheck": {"ℳ𝒲♥𝓊𝓃𝒾𝒸ℴ𝒹ℯ"}, "wpUltimateParam": {"1"},
		"wpStarttime": {"20990101000000"}, "wpSave": {"1"},
	}
	return p.send("POST", "/index.php?action=submit&"+query, form, []byte(v.Encode()), grant)
}

func (p *person) importFile(grant, page, model, text string) string {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for key, value := range map[string]string{"action": "import", "format": "json", "token": p.token("csrf"), "interwikiprefix": "x"} {
		_ = m.WriteField(key, value)
	}
	f, _ := m.CreateFormFile("xml", "x.xml")
	fmt.Fprintf(f, `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"><page><title>%s</title><ns>0</ns><id>1</id><revision>
<id>1</id><timestamp>2099-01-01T00:00:00Z</timestamp><contributor><username>X</username><id>1</id></contributor><model>%s</model>
<format>text/plain</format><text xml:space="preserve">%s</text></revision></page></mediawiki>`, page, model, text)
	_ = m.Close()
	return p.send("POST", "/api.php", m.FormDataContentType(), b.Bytes(), grant)
}
