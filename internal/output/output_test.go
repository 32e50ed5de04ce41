package output_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/net/html"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/output"
)

// formats are all of them, as the command line makes them.
func formats() map[string]func(io.Writer) finding.Handler {
	return map[string]func(io.Writer) finding.Handler{
		"txt":   func(w io.Writer) finding.Handler { return output.NewText(w, output.TextOptions{}) },
		"ansi":  func(w io.Writer) finding.Handler { return output.NewText(w, output.TextOptions{Colour: true}) },
		"quiet": func(w io.Writer) finding.Handler { return output.NewText(w, output.TextOptions{Quiet: true}) },
		"json":  output.NewJSON,
		"sarif": func(w io.Writer) finding.Handler {
			return output.NewSARIF(w, output.SARIFOptions{Version: "1.2.3", Rules: rules(), Baseline: true})
		},
		"html": output.NewHTML,
	}
}

func show(t *testing.T, format string, scripts ...*finding.Script) string {
	t.Helper()
	var b bytes.Buffer
	h := formats()[format](&b)
	for _, s := range scripts {
		if err := h.Script(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (UPDATE=1 rewrites it): %s", path, diff)
	}
}

func TestEveryFormatLooksAsItDidBefore(t *testing.T) {
	for format := range formats() {
		got := show(t, format, samples()...)
		golden(t, "scan."+format, got)
		if again := show(t, format, samples()...); again != got {
			t.Errorf("%s differs between two runs", format)
		}
		golden(t, "empty."+format, show(t, format))
	}
}

func TestTheCaretStandsBelowTheCode(t *testing.T) {
	text := show(t, "txt", samples()[1])
	code, carets, _ := strings.Cut(text[strings.Index(text, "3 | "):], "\n")
	before, _, _ := strings.Cut(code, ".html")
	// Two of the characters before the span are as wide as two: the caret line has two columns more than characters.
	at := strings.Index(carets, "^") - strings.Index(carets, "|")
	if want := len([]rune(before)) + 2 - len("3 "); at != want {
		t.Errorf("the caret is in column %d, the span in column %d:\n%s", at, want, text)
	}
}

func TestALongLineIsCutAroundTheFinding(t *testing.T) {
	text := show(t, "txt", samples()[2])
	for _, l := range strings.Split(text, "\n") {
		if len([]rune(l)) > 130 {
			t.Errorf("a line of %d characters", len([]rune(l)))
		}
	}
	if !strings.Contains(text, "eval(location.hash);") || !strings.Contains(text, "…") {
		t.Errorf("the frame is not around the finding:\n%s", text)
	}
}

func TestNothingAStrangerWroteActsOnATerminal(t *testing.T) {
	for _, format := range []string{"txt", "quiet"} {
		for _, r := range show(t, format, hostile()) {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
				t.Errorf("%s lets %U through", format, r)
			}
		}
	}
	var b bytes.Buffer
	if err := output.DiffText(&b, output.Changes(nil, []*finding.Script{hostile()})); err != nil || strings.ContainsAny(b.String(), "\x1b\r\u202e") {
		t.Errorf("the diff lets it through, %v", err)
	}
}

func TestNothingAStrangerWroteActsInThePage(t *testing.T) {
	page := show(t, "html", append(samples(), hostile())...)
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]int{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		tags[n.Data]++
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "action" ||
				strings.HasSuffix(a.Key, "href") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, tag := range []string{"script", "link", "img", "iframe", "base", "form", "object"} {
		if tags[tag] > 0 {
			t.Errorf("the page has <%s>", tag)
		}
	}
	if tags["style"] != 1 || tags["article"] != 4 || tags["svg"] != 1 || tags["bdi"] < 10 {
		t.Errorf("the page has %v", tags)
	}
	for _, r := range page {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Errorf("the page lets %U through", r)
		}
	}
}

func TestThePageAllowsItsOwnStyleAndNothingElse(t *testing.T) {
	page := show(t, "html", samples()...)
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	_, policy, _ := strings.Cut(page, `http-equiv="Content-Security-Policy" content="`)
	policy, _, _ = strings.Cut(policy, `"`)
	if got := html.UnescapeString(policy); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if strings.Contains(style, "ZgotmplZ") || !strings.Contains(style, "body:has(#rule0:not(:checked))") {
		t.Errorf("the style is %s", style)
	}
}

func TestJSONReadsAsTheSameScripts(t *testing.T) {
	scripts := append(samples(), hostile())
	var got []*finding.Script
	err := finding.Read(strings.NewReader(show(t, "json", scripts...)), func(s *finding.Script) error {
		got = append(got, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		s.Text, s.Gone = "", nil // shown, not saved
	}
	if diff := cmp.Diff(scripts[:4], got[:4], cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if len(got) != 5 || got[4].Findings[0].Severity != finding.High {
		t.Errorf("the hostile one reads as %+v", got[len(got)-1])
	}
}

func TestSARIFIsValid(t *testing.T) {
	text, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(text, &s.root); err != nil {
		t.Fatal(err)
	}
	for name, scripts := range map[string][]*finding.Script{"samples": samples(), "hostile": {hostile()}, "nothing": nil} {
		var log any
		if err := json.Unmarshal([]byte(show(t, "sarif", scripts...)), &log); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, e := range s.check(s.root, log, "$") {
			t.Errorf("%s: %s", name, e)
		}
	}
}

func TestSARIFSaysWhatToolsNeed(t *testing.T) {
	var log struct {
		Runs []struct {
			ColumnKind string
			Results    []struct {
				RuleID              string
				RuleIndex           int
				BaselineState       string
				PartialFingerprints map[string]string
				Suppressions        []struct{ Kind, Justification string }
				Locations           []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
				CodeFlows []struct{ ThreadFlows []struct{ Locations []any } }
			}
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Invocations []struct {
				ToolExecutionNotifications []struct{ Message struct{ Text string } }
			}
			Taxonomies []struct{ Taxa []struct{ ID string } }
		}
	}
	if err := json.Unmarshal([]byte(show(t, "sarif", samples()...)), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	var got []string
	for _, r := range run.Results {
		if id := run.Tool.Driver.Rules[r.RuleIndex].ID; id != r.RuleID {
			t.Errorf("the index of %s leads to %s", r.RuleID, id)
		}
		got = append(got, r.RuleID+" "+r.BaselineState+" "+r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	}
	want := []string{
		"dom-html new User%3AMara/tool.js",
		"eval new https://wiki.example/w/index.php?title=User:Ira/x.js",
		"deprecated unchanged https://wiki.example/w/index.php?title=User:Ira/x.js",
		"sync-xhr new https://wiki.example/w/index.php?title=User:Ira/x.js",
		"document-write absent https://wiki.example/w/index.php?title=User:Ira/x.js",
		"opaque new big.js",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	first := run.Results[0]
	if len(first.CodeFlows[0].ThreadFlows[0].Locations) != 3 || first.PartialFingerprints["sallyport/v1"] == "" || run.ColumnKind != "utf16CodeUnits" {
		t.Errorf("the first result is %+v", first)
	}
	if s := run.Results[3].Suppressions; len(s) != 1 || s[0].Kind != "external" || s[0].Justification != "until the rewrite" {
		t.Errorf("suppressions are %v", s)
	}
	if n := run.Invocations[0].ToolExecutionNotifications; len(n) != 1 || !strings.Contains(n[0].Message.Text, "50 MB") {
		t.Errorf("notifications are %v", n)
	}
	if len(run.Taxonomies[0].Taxa) != 3 {
		t.Errorf("taxa are %v", run.Taxonomies)
	}
}

func TestEveryPathIsAReferenceToolsCanRead(t *testing.T) {
	for path, want := range map[string]string{
		"a b/c.js": "a%20b/c.js", "User:Mara/x.js": "User%3AMara/x.js", "/home/mara/x.js": "file:///home/mara/x.js",
		"https://wiki.example/w?title=A": "https://wiki.example/w?title=A", "javascript:alert(1)": "javascript%3Aalert%281%29",
		"50%.js": "50%25.js", "é#?.js": "%C3%A9%23%3F.js",
	} {
		s := &finding.Script{Path: path, Findings: []finding.Finding{{Rule: "r"}}}
		if got := show(t, "sarif", s); !strings.Contains(got, `"uri":"`+want+`"`) {
			t.Errorf("%s is not %s in %s", path, want, got)
		}
	}
}

func TestChangesAreToldInWords(t *testing.T) {
	can := func(path string, all ...capability.Capability) *finding.Script {
		return &finding.Script{Path: path, Capabilities: all}
	}
	click := capability.Capability{Name: capability.Delete, Trigger: capability.OnClick, Certainty: capability.Certain, Line: 3}
	load := capability.Capability{Name: capability.Delete, Trigger: capability.OnLoad, Certainty: capability.Likely, Line: 4}
	same := can("same.js", click)
	changes := output.Changes(
		[]*finding.Script{can("b.js", click), can("gone.js", load), same},
		[]*finding.Script{same, can("b.js", load), can("a.js", load)})
	var b bytes.Buffer
	if err := output.DiffText(&b, changes); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.txt", b.String())
	b.Reset()
	if err := output.DiffJSON(&b, changes); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.json", b.String())

	renamed := output.Changes([]*finding.Script{can("old.js", click)}, []*finding.Script{can("new.js", click)})
	b.Reset()
	if err := output.DiffText(&b, renamed); err != nil || b.String() != "No capability is gained or lost.\n" {
		t.Errorf("a renamed script: %q, %v", b.String(), err)
	}
}

// broken takes n bytes and then no more, like a full disk.
type broken struct{ n int }

func (b *broken) Write(p []byte) (int, error) {
	if b.n -= len(p); b.n < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestAFullDiskIsSaid(t *testing.T) {
	for format, open := range formats() {
		for _, room := range []int{0, 5000} {
			h := open(&broken{room})
			var errs []error
			for range 50 {
				errs = append(errs, h.Script(samples()[2]))
			}
			errs = append(errs, h.Close())
			if !slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
				t.Errorf("%s says nothing when %d bytes are all there is", format, room)
			}
		}
	}
}
