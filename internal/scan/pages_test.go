package scan

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
)

func pretend(t *testing.T) *mediawiki.Client {
	t.Helper()
	w := fakewiki.New(fakewiki.Options{})
	w.AddUser("Mara", "mara's password")
	w.AddUser("Ira", "ira's password", "interface-admin", "sysop")
	for title, text := range map[string]string{
		"User:Mara/a tool.js": "eval(1)", "User:Mara/b.css": "a{}", "User:Mara/notes": "eval(prose)", "User:Ira/c.js": "alert(1)",
		"MediaWiki:Common.js": "eval(2)", "MediaWiki:Sidebar": "eval(no)", "MediaWiki:Copyright": "<b>",
	} {
		if _, err := w.Save(title, text, "Ira", "test"); err != nil {
			t.Fatal(err)
		}
	}
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	return mediawiki.New(s.URL, "/w", nil, mediawiki.Options{})
}

func TestPagesOfAWikiAreReadByTitleAndByPrefix(t *testing.T) {
	client := pretend(t)
	for title, want := range map[string]string{
		"user:mara/a_tool.js": "User:Mara/a tool.js script eval@1:1",
		"MediaWiki:Sidebar":   "MediaWiki:Sidebar script eval@1:1",
		"User:*":              "User:Ira/c.js script alert@1:1\nUser:Mara/a tool.js script eval@1:1\nUser:Mara/b.css css",
		"User:mara/*":         "User:Mara/a tool.js script eval@1:1\nUser:Mara/b.css css",
		"User:Mara/a tool*":   "User:Mara/a tool.js script eval@1:1",
		"MediaWiki:*":         "MediaWiki:Common.js script eval@1:1",
		"User:Nobody/*":       "",
	} {
		var said []string
		out, _ := scanned(t, Options{}, Pages(client, title, func(line string) { said = append(said, line) }))
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
		if title == "MediaWiki:*" && strings.Join(said, "") != "MediaWiki:Copyright: a message in HTML; not read" {
			t.Errorf("left out are %q", said)
		}
	}
}

func TestAWikiThatSaysNoIsAScriptThatCannotBeRead(t *testing.T) {
	client := pretend(t)
	for title, says := range map[string]string{
		"User:Mara/none.js": "has no page of that name", "bad[title": "no title may hold", "Main*": "only the User and MediaWiki namespaces",
		"Project:*": "only the User and MediaWiki namespaces",
	} {
		out, sum := scanned(t, Options{}, Pages(client, title, silent))
		if sum.Broken != 1 || !strings.Contains(out.String(), says) {
			t.Errorf("%s: %+v %s", title, sum, out)
		}
	}
	away := mediawiki.New("http://127.0.0.1:1", "/w", nil, mediawiki.Options{})
	if out, sum := scanned(t, Options{}, Pages(away, "User:*", silent)); sum.Broken != 1 || !strings.Contains(out.String(), "does not answer") {
		t.Errorf("a wiki that is away: %+v %s", sum, out)
	}
}
