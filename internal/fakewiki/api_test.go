package fakewiki

import (
	"strings"
	"testing"
)

func TestAnEditMadeThroughTheAPICanBeReadBack(t *testing.T) {
	_, server, _ := newTestWiki(t)
	b := newBrowser(t, server)
	b.login("Mara", "mara-password")
	if got := b.edit("user:mara/common.js", "mw.log( 1 );\n\n", "summary", "first"); got != "" {
		t.Fatalf("edit: %s", got)
	}
	out := b.api("action", "query", "titles", "User:Mara/common.js", "prop", "info|revisions", "rvslots", "main", "rvprop", "ids|content|sha1|user|timestamp|contentmodel|comment")
	page := []string{"query", "pages", "0"}
	for path, want := range map[string]string{
		"title": "User:Mara/common.js", "ns": "2", "contentmodel": "javascript", "touched": "2026-03-05T12:00:00Z", "length": "12",
		"revisions/0/slots/main/content": "mw.log( 1 );", "revisions/0/user": "Mara", "revisions/0/comment": "first",
		"revisions/0/slots/main/contentmodel": "javascript", "revisions/0/timestamp": "2026-03-05T12:00:00Z",
	} {
		if got := dig(out, append(page, strings.Split(path, "/")...)...); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	if dig(out, "query", "normalized", "0", "to") != "" {
		t.Error("a canonical title was normalised")
	}
}
