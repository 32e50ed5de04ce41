package phpform

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

const formType = "application/x-www-form-urlencoded"

// encodings are ways to say title=MediaWiki:Common.js that some reader in the way takes for something else.
func encodings() []request {
	post := func(body string) request { return request{"POST", "", []string{formType}, body} }
	mixed := func(query, body string) request { return request{"POST", query, []string{formType}, body} }
	parts := func(heads ...string) request {
		var b strings.Builder
		for _, h := range heads {
			head, value, _ := strings.Cut(h, "|")
			b.WriteString("--b\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + value + "\r\n")
		}
		b.WriteString("--b--\r\n")
		return request{"POST", "", []string{"multipart/form-data; boundary=b"}, b.String()}
	}
	return []request{
		post("title=Sandbox&title=MediaWiki:Common.js"),
		post("title=MediaWiki%3ACommon.js"),
		post("t%69tle=MediaWiki:Common.js"),
		post("%20title=MediaWiki:Common.js&x=1"),
		post("+title=MediaWiki:Common.js"),
		post("title=Sandbox;title=MediaWiki:Common.js"),
		post("title=MediaWiki:Common.js;x=1"),
		post("title%00x=MediaWiki:Common.js"),
		post("title\x00x=MediaWiki:Common.js"),
		post("title[]=MediaWiki:Common.js"),
		post("title=Sandbox&title[]=MediaWiki:Common.js"),
		post("title[=MediaWiki:Common.js"),
		post("=Sandbox&title=MediaWiki:Common.js"),
		post("title=Sandbox&TITLE=MediaWiki:Common.js"),
		post("title=%4dediaWiki:Common.js%"),
		post("title=MediaWiki:Common.js%00Sandbox"),
		post("&&title=MediaWiki:Common.js&&"),
		post("a.b=1&a_b=2&a b=3&title=x"),
		post("a[b]c=1&a[b][c]d=2&a[ ]=3&a[]=4"),
		mixed("title=Sandbox", "title=MediaWiki:Common.js"),
		mixed("title=MediaWiki:Common.js", "action=submit"),
		mixed("title=Sandbox&title=MediaWiki:Common.js", ""),
		parts(`name="title"|Sandbox`, `name="title"|MediaWiki:Common.js`),
		parts(`name="title"; filename=""|MediaWiki:Common.js`),
		parts(`name="title"; filename="x"|MediaWiki:Common.js`, `name="title"|Sandbox`),
		parts(`name="x"; name="title"|MediaWiki:Common.js`),
		parts(`name=title|MediaWiki:Common.js`),
		parts(`name='title'|MediaWiki:Common.js`),
		parts(`name="ti\tle"|MediaWiki:Common.js`),
		parts(`name=" title"|MediaWiki:Common.js`),
		parts(`name="title"; filename*=UTF-8''x|MediaWiki:Common.js`),
		{"POST", "", []string{"Multipart/Form-Data; Boundary=b"}, "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nX\r\n--b--\r\n"},
		{"POST", "title=a", []string{"application/json"}, `{"title":"b"}`},
		{"POST", "title=a", []string{formType + ", text/plain"}, "title=b"},
		{"POST", "title=a", []string{formType, "text/plain"}, "title=b"},
		{"POST", "title=a", nil, "title=b"},
		{"PUT", "title=a", []string{formType}, "title=b"},
	}
}

func TestKnownEncodingsAreReadAsPHPReadsThemOrRefused(t *testing.T) {
	p := startPHP(t)
	refused, naive := 0, 0
	for _, r := range encodings() {
		if p.verdict(r) {
			refused++
			_, err := Read(r.method, r.query, r.types, []byte(r.body), Limits{})
			t.Logf("refused: %.70q: %v", r.body, err)
		}
		if len(r.types) <= 1 && goTitle(t, r) != phpTitle(p.read(r)) {
			naive++
		}
	}
	all := len(encodings())
	t.Logf("%d encodings: %d agree with PHP, %d refused, 0 differ; net/http's FormValue differs in %d", all, all-refused, refused, naive)
	if naive == 0 {
		t.Error("the encodings do not tell a naive reader from PHP")
	}
}

// goTitle is what a gate built on net/http would see.
func goTitle(t *testing.T, r request) string {
	t.Helper()
	req, err := http.NewRequest(r.method, "/?"+r.query, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range r.types {
		req.Header.Add("Content-Type", kind)
	}
	return hexed(req.FormValue("title"))
}

// phpTitle is what MediaWiki would see: $_POST + $_GET.
func phpTitle(r reading) string {
	for _, from := range []any{r.Post, r.Get} {
		for _, pair := range from.([]any) {
			if pair := pair.([]any); pair[0] == hexed("title") {
				text, _ := pair[1].(string)
				return text
			}
		}
	}
	return ""
}

// TestGeneratedRequestsAreReadAsPHPReadsThemOrRefused takes another seed when SALLYPORT_SEED says so.
func TestGeneratedRequestsAreReadAsPHPReadsThemOrRefused(t *testing.T) {
	p := startPHP(t)
	seed, cases := uint64(1), 20_000
	if s := os.Getenv("SALLYPORT_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	if testing.Short() {
		cases = 500
	}
	g := generator{rand.New(rand.NewPCG(seed, 7))}
	agreed, refused := 0, 0
	for deadline := time.Now().Add(20 * time.Second); agreed+refused < cases && time.Now().Before(deadline); {
		if p.verdict(g.request()) {
			refused++
		} else {
			agreed++
		}
	}
	t.Logf("seed %d: %d requests: %d agree with PHP in both spellings, %d refused, 0 may differ", seed, agreed+refused, agreed, refused)
	if agreed < (agreed+refused)/4 {
		t.Error("nearly everything is refused: the comparison says little")
	}
}

func TestHonestRequestsAreNeverRefused(t *testing.T) {
	p := startPHP(t)
	archive, err := txtar.ParseFile("testdata/honest.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		r := recorded(t, file)
		if p.verdict(r) {
			_, err := Read(r.method, r.query, r.types, []byte(r.body), Limits{})
			t.Errorf("%s: %v", file.Name, err)
		}
	}
	t.Logf("%d recorded requests, 0 refused", len(archive.Files))
}

// recorded reads "METHOD query", a Content-Type, an empty line and the body; line breaks of multipart bodies are CRLF, and
// urlencoded bodies are one pair a line.
func recorded(t *testing.T, file txtar.File) request {
	t.Helper()
	head, body, _ := strings.Cut(string(file.Data), "\n\n")
	first, kind, hasType := strings.Cut(strings.TrimSuffix(head, "\n"), "\n")
	method, query, ok := strings.Cut(first, " ")
	if !ok {
		t.Fatalf("%s: no query", file.Name)
	}
	r := request{method: method, query: query}
	if hasType {
		r.types = []string{kind}
	}
	if strings.HasPrefix(kind, "multipart/") {
		r.body = strings.ReplaceAll(body, "\n", "\r\n")
	} else {
		r.body = strings.ReplaceAll(strings.TrimSuffix(body, "\n"), "\n", "&")
	}
	return r
}

func TestRefusalsSayWhatAndWhere(t *testing.T) {
	for _, c := range []struct {
		r            request
		where, about string
	}{
		{request{"GET", "a[b=1", nil, ""}, "query string", "never closed"},
		{request{"GET", "a%00=1", nil, ""}, "query string", "NUL"},
		{request{"GET", "a b=1", nil, ""}, "query string", "no address"},
		{request{"GET", "[a]=1", nil, ""}, "query string", "begins with a bracket"},
		{request{"GET", "a[-1]=1&a[]=2", nil, ""}, "query string", "which key follows"},
		{request{"GET", "a" + strings.Repeat("[b]", 65) + "=1", nil, ""}, "query string", "nested"},
		{request{"GET", "..Host-a=1", nil, ""}, "query string", "cookie"},
		{request{"POST", "", []string{formType}, strings.Repeat("a=1&", 1001)}, "body", "max_input_vars"},
		{request{"POST", "", []string{formType, formType}, ""}, "Content-Type", "several"},
		{request{"POST", "", []string{"multipart/form-data"}, ""}, "Content-Type", "boundary"},
		{request{"POST", "", []string{"multipart/form-data; boundary=a; x=boundary"}, ""}, "Content-Type", "boundary"},
		{request{"POST", "", []string{"multipart/form-data; boundary=b"}, "--c--"}, "multipart body", "begin"},
		{request{"POST", "", []string{"multipart/form-data; boundary=b"}, "--b\r\nX: " + strings.Repeat("x", 5000)}, "multipart body", "too long"},
	} {
		_, err := Read(c.r.method, c.r.query, c.r.types, []byte(c.r.body), Limits{})
		var a *Ambiguous
		if !errors.As(err, &a) || a.Where != c.where || !strings.Contains(err.Error(), c.about) {
			t.Errorf("%v: %v; want one about %q in the %s", c.r, err, c.about, c.where)
		} else if len(err.Error()) > 300 {
			t.Errorf("the error is %d bytes long", len(err.Error()))
		}
	}
}

func TestLimitsAreWherePHPHasThem(t *testing.T) {
	p := startPHP(t)
	for _, r := range []request{
		{"GET", "a" + strings.Repeat("[b]", 64) + "=1", nil, ""},
		{"GET", strings.Repeat("a=1&", 999) + "b=2", nil, ""},
		{"POST", "", []string{formType}, strings.Repeat("a=1&", 999) + "b=2"},
		{"POST", "", []string{"multipart/form-data; boundary=b"}, strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"a[]\"\r\n\r\nx\r\n", 1000) + "--b--\r\n"},
	} {
		if p.verdict(r) {
			t.Errorf("%.60s is refused", fmt.Sprint(r))
		}
	}
}

func TestABodyOfManyMegabytesIsReadAsPHPReadsIt(t *testing.T) {
	p := startPHP(t)
	text := strings.Repeat("/* שלום */ f( \"\\r\\n--b\" );\r\n--\r\n", 60_000)
	for _, r := range []request{
		{"POST", "", []string{formType}, "wpTextbox1=" + url.QueryEscape(text)},
		{"POST", "", []string{"multipart/form-data; boundary=----b"}, "------b\r\nContent-Disposition: form-data; name=\"wpTextbox1\"\r\n\r\n" + text + "\r\n------b--\r\n"},
	} {
		if p.verdict(r) {
			t.Error("refused")
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, r := range encodings() {
		f.Add(r.method, r.query, strings.Join(r.types, "\n"), r.body)
	}
	f.Fuzz(func(t *testing.T, method, query, kind, body string) {
		form, err := Read(method, query, []string{kind}, []byte(body), Limits{})
		if err != nil {
			return
		}
		want := ours(form)
		types := []string{kind}
		if k, b := form.Encode(); k != "" {
			types, body = []string{k}, string(b)
		}
		again, err := Read(method, EncodeQuery(form.Get), types, []byte(body), Limits{})
		if err != nil || fmt.Sprint(ours(again)) != fmt.Sprint(want) {
			t.Fatalf("written again: %v\n%v\n%v", err, again, want)
		}
	})
}
