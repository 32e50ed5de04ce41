package wiki

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const mediaWiki = "/usr/share/mediawiki"

// settings make a wiki with every kind of namespace name: local, gendered, alias, case-sensitive, and a way back to itself.
const settings = `
$wgExtraNamespaces = [ 3000 => 'Kiste', 3001 => 'Kiste_Diskussion' ];
$wgCapitalLinkOverrides = [ 3000 => false, 3001 => false ];
$wgNamespaceAliases = [ 'Skript' => 8, 'Wp' => 4 ];
$wgLocalInterwikis = [ 'here' ];
`

type phpTitles struct {
	Site struct {
		Namespaces []Namespace
		Aliases    map[string]int
		Prefixes   []string
		MainPage   string
	}
	URL, Text []*[2]any
}

// askMediaWiki installs a MediaWiki of Debian's in a folder of its own and hands it texts.
func askMediaWiki(t *testing.T, texts []string) phpTitles {
	t.Helper()
	if _, err := os.Stat(mediaWiki); err != nil {
		absent(t, "Debian's mediawiki package is not installed")
	}
	if _, err := exec.LookPath("php"); err != nil {
		absent(t, "php is not installed")
	}
	dir := t.TempDir()
	run(t, nil, filepath.Join(mediaWiki, "maintenance/install.php"), "--confpath", dir, "--dbtype", "sqlite", "--dbpath", dir,
		"--dbname", "t", "--lang", "de", "--pass", "only-for-this-test", "--server", "http://wiki.test", "Test", "Admin")
	local := filepath.Join(dir, "LocalSettings.php")
	text, err := os.ReadFile(local)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(local, append(text, settings...), 0o600); err != nil {
		t.Fatal(err)
	}
	question := map[string][]string{"texts": {}}
	for _, s := range texts {
		question["texts"] = append(question["texts"], hex.EncodeToString([]byte(s)))
	}
	in, _ := json.Marshal(question)
	var answer phpTitles
	if err := json.Unmarshal(run(t, in, "testdata/titles.php", "--conf", local), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func run(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "php", args...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	cmd.Env = append(os.Environ(), "MW_INSTALL_PATH="+mediaWiki)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("php %s: %v\n%s%s", args[0], err, out, stderr.Bytes())
	}
	return out
}

func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("SALLYPORT_TEST_ALL") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func (p phpTitles) site() *Site {
	s := &Site{Lang: "de", MainPage: p.Site.MainPage, Aliases: p.Site.Aliases, Namespaces: map[int]Namespace{},
		LocalInterwiki: map[string]bool{"here": true}, Interwiki: map[string]bool{}}
	for _, n := range p.Site.Namespaces {
		s.Namespaces[n.ID] = n
	}
	for _, prefix := range p.Site.Prefixes {
		s.Interwiki[prefix] = !s.LocalInterwiki[prefix]
	}
	return s
}

// The differences we want: what we refuse although MediaWiki takes it, because nobody could say which page is meant.
func wanted(text string, err error) bool {
	odd := strings.Contains(text, "\n") || strings.Count(text, "\u0301") > 30
	return errors.Is(err, ErrUnstable) || odd && errors.Is(err, ErrCharacters)
}

func TestTitlesAreReadAsMediaWikiReadsThem(t *testing.T) {
	texts := titleTexts()
	answer := askMediaWiki(t, texts)
	site := answer.site()
	differ, stricter, refused := 0, 0, 0
	compare := func(how, text string, php *[2]any, got Title, err error) {
		want, ok := Title{}, php != nil
		if ok {
			want = Title{NS: int(php[0].(float64)), Key: php[1].(string)}
		}
		switch {
		case err == nil && ok && got == want:
		case err != nil && !ok:
			refused++
		case ok && wanted(text, err):
			stricter++
			t.Logf("refused on purpose: %s %q, which MediaWiki reads as %q: %v", how, shorten(text), shorten(want.Key), errors.Unwrap(err))
		default:
			differ++
			t.Errorf("%s %q: got %+v, %v; MediaWiki says %+v, %v", how, text, got, err, want, ok)
		}
	}
	for i, text := range texts {
		got, err := site.Parse(text)
		compare("Parse", text, answer.URL[i], got, err)
		got, err = site.ParseText(text)
		compare("ParseText", text, answer.Text[i], got, err)
	}
	t.Logf("%d texts read twice: %d differences, %d refused by both, %d refused by us on purpose", len(texts), differ, refused, stricter)
}
