package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// difference is one way in which the gateway's load.php answers otherwise than MediaWiki 1.39's, and why it does. In both
// texts * stands for anything.
type difference struct {
	question string
	what     string // "path: wiki → gateway"
	why      string
	seen     []string
}

type differenceTable []difference

func explained() differenceTable {
	return differenceTable{
		{question: "*", what: `header X-Request-Id: * → null`, why: "the id under which MediaWiki logs this request"},
		{question: "*", what: `header Sourcemap: null → "there"`, why: "source maps came with MediaWiki 1.41"},
		{question: "*", what: `header Vary: null → "Accept-Encoding"`, why: "we keep a compressed copy; this MediaWiki leaves that to the web server"},
		{question: "*debug*", what: `header Pragma: "no-cache" → null`, why: "a header of HTTP/1.0, gone from MediaWiki 1.43"},
		{question: "debug=1 *", what: `body modules * script: "addresses: 1" → *`, why: "MediaWiki loads each page by its own address in debug mode; ours come in the answer, as with debug=2"},
		{question: "debug=1 *", what: `body marks: [] → *`, why: "for the same reason the code runs here and not a request later"},
		{question: "debug=1 *", what: `body log: [] → *`, why: "as above"},
		{question: "debug=* *", what: `body modules * styles: "addresses: all" → *`, why: "as above, for style sheets"},
		{question: "* modern", what: `body * → *`, why: "1.39 takes ES5 only; the page's syntax is today's, and we run it"},
		{question: "* returns", what: `body * → *`, why: "1.39's parser refuses return outside functions, although the page is inside one"},
		{question: "*empty", what: `body modules empty script: * → "function of 4"`, why: "an empty page is an empty function, not nothing; neither does anything"},
		{question: "load emptypack", what: `body modules emptypack script *`, why: "MediaWiki leaves an empty main page out, and its client then fails for want of one"},
		{question: "load missing", what: `body modules missing script: null → "function of 4"`, why: "the function says that the page is not there"},
		{question: "load *", what: `body log: [] → ["*missing.js"]`, why: "MediaWiki passes a missing page over in silence"},
		{question: "* badcss", what: `body * ["p { color: rgb(255, 0, 0); }",".open { }"] → *".later { left: 0px; }"]`, why: "we close every style sheet by itself, so that one page cannot break the next"},
		{question: "* nojson", what: `body * → *`, why: "1.39 takes an empty list, 0, false and \"\" for broken JSON (PHP's loose comparison)"},
		{question: "*", what: `body *".z::before { content: \"“x \"; }"* → *".z::before { content: \"“x /* no comment */\"; }"*`, why: "1.39's minifier takes comment signs out of texts too"},
		{question: "* typed", what: `body * → *`, why: "1.39 sends the scripts of a gadget of type styles; newer versions and we do not"},
		{question: "unknown*", what: `header Cache-Control: "public, max-age=300, s-maxage=300, stale-while-revalidate=60" → "public, max-age=60, s-maxage=60"`, why: "a gadget that is not there yet may be in a moment: the wiki's registry is code, ours is a page"},
		{question: "unknown*", what: `header Expires: "in 5m0s" → "in 1m0s"`, why: "as above"},
		{question: "only=other", what: `body states nowhere: null → "missing"`, why: "a value of only that means nothing is as good as none; in MediaWiki it drops the states, and the module would load for ever"},
		{question: "tag*", what: `header Content-Type: * → null`, why: "a 304 has no type of its own; Go leaves it out (RFC 9110, 15.4.5)"},
		{question: "tag strong", what: "status: 200 → 304", why: "a GET compares tags weakly (RFC 9110, 13.1.2); MediaWiki compares text"},
		{question: "tag strong", what: "body*", why: "as above"},
		{question: "tag star", what: "status: 200 → 304", why: "* is any (RFC 9110, 13.1.2); MediaWiki does not know it"},
		{question: "tag star", what: "body*", why: "as above"},
		{question: "sourcemap", what: `header Content-Type: * → "application/json"`, why: "source maps came with MediaWiki 1.41; 1.39 ignores the parameter"},
		{question: "sourcemap", what: "body *", why: "as above"},
		{question: "post", what: "status: 200 → 405", why: "we answer GET and HEAD; mw.loader never sends anything else"},
		{question: "post", what: "header *", why: "as above"},
		{question: "post", what: "body *", why: "as above"},
	}
}

func (table differenceTable) explains(question, what string) bool {
	for i := range table {
		if like(table[i].question, question) && like(table[i].what, what) {
			table[i].seen = append(table[i].seen, question)
			return true
		}
	}
	return false
}

// like matches a text with a pattern in which * is any text.
func like(pattern, text string) bool {
	any := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
	return regexp.MustCompile("(?s)^" + any + "$").MatchString(text)
}

// report prints the table, and fails for what it explains in vain.
func (table differenceTable) report(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for _, d := range table {
		if len(d.seen) == 0 {
			t.Errorf("this difference is explained but no longer there: %s: %s", d.question, d.what)
		}
		fmt.Fprintf(&b, "%3d× %-28s %s\n     %s\n", len(d.seen), d.question, d.what, d.why)
	}
	t.Logf("differences from MediaWiki 1.39's load.php in %d questions:\n%s", len(questions()), b.String())
}
