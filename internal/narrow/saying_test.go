package narrow

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/csp"
)

// read joins the Go files of a folder but for tests and the sentences themselves.
func read(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || filepath.Base(name) == "sentences.go" {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// Whatever is said has a sentence: the names in the code, those that the csp package's problems have, and those put together; and there
// is no sentence that nothing says.
func TestEverySentenceThatIsSaidIsThereAndNoOther(t *testing.T) {
	code := read(t, ".")
	var said []string
	for _, m := range regexp.MustCompile(`"([a-z0-9]+(?:-[a-z0-9]+)*)"`).FindAllStringSubmatch(code, -1) {
		if sentences[m[1]] != "" {
			said = append(said, m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\bsay\("([^"]+)"[,)]`).FindAllStringSubmatch(code, -1) {
		if sentences[m[1]] == "" {
			t.Errorf("there is no sentence %q", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\bCode: +"([^"]+)"|p\.add\("([^"]+)"`).FindAllStringSubmatch(read(t, "../csp"), -1) {
		if code := m[1] + m[2]; code != "not-joinable" { // only joining finds it
			said = append(said, "csp-"+code)
		}
	}
	for _, kind := range []string{"packages", "site", "name"} { // those of hosting
		said = append(said, "host-"+kind, "open-"+kind)
	}
	for _, kind := range []string{"surprise-new", "surprise-more"} {
		said = append(said, kind+"-unknown")
	}
	slices.Sort(said)
	if got := slices.Compact(said); !slices.Equal(got, Keys()) {
		for _, key := range Keys() {
			if !slices.Contains(got, key) {
				t.Errorf("nothing says %q", key)
			}
		}
		for _, key := range got {
			if sentences[key] == "" {
				t.Errorf("there is no sentence %q", key)
			}
		}
	}
}

func TestASayingIsASentenceWithWhatStandsInIt(t *testing.T) {
	for want, s := range map[string]Saying{
		"": {},
		"https://a.example: anybody can have a site under a.example.":   say("host-site", "https://a.example", "a.example"),
		"met by 3 of at least 5 people":                                 say("few-people", 3, 5),
		"last used on 2026-11-22":                                       say("last-used", time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)),
		"2 people lost $3 in $4, wanted by $1: 7 were foreseen for all": say("surprise-more", 2, "$3", "$4", "$1", 7),
	} {
		if got := s.String(); got != want {
			t.Errorf("%v is %q, want %q", s, got, want)
		}
	}
}

// Whatever is wrong with a policy is said in English and by a name, with all that stands in the sentence.
func TestEveryWeaknessIsSaidByItsName(t *testing.T) {
	holes := regexp.MustCompile(`\$[1-9]`)
	for _, text := range []string{
		"", "script-src * 'unsafe-inline' 'unsafe-eval' data: blob:; object-src *; base-uri *; frame-ancestors *",
		"default-src 'self' https://*.github.io https://cdn.jsdelivr.net http://plain.example 1.2.3.4 script-src 'nonce-ab' 'nonce-!' 'unsafe-hashes' https://ajax.googleapis.com; object-src 'self'; base-uri 'none'",
		"script-src 'strict-dynamic' 'sha256-abc=' https://unpkg.com/x.js; connect-src *.co.uk *.github.io https://unpkg.com; sandbox nonsense; bogus x; script-src x; img-src none 'none' https://a.example/?q; upgrade-insecure-requests 1; default-src ö; frame-ancestors 'unsafe-inline'; trusted-types",
	} {
		set, problems := csp.ParseHeader(text)
		for _, w := range Judge(set, problems, csp.ParseAddress("https://wiki.example/")).Weaknesses {
			says, do := w.Says.String(), w.Do.String()
			if says == "" || w.Message == "" || holes.MatchString(says+do) || do != w.Advice || !strings.HasPrefix(w.Says.Key, "csp-") && says != w.Message {
				t.Errorf("%s: %v %q, %v %q, message %q", w.Code, w.Says, says, w.Do, do, w.Message)
			}
		}
	}
}
