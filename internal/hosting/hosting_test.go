package hosting

import "testing"

func TestWhoCanPublishOnAHost(t *testing.T) {
	for host, open := range map[string]bool{
		"unpkg.com": true, "cdn.jsdelivr.net": true, "mara.github.io": true, "tool.toolforge.org": true, "x.workers.dev": true, "bucket.s3.amazonaws.com": true,
		"a.b.pages.dev": true, "raw.githubusercontent.com": true, "app.vercel.app": true, "bucket.storage.googleapis.com": true,
		"code.jquery.com": false, "wiki.example": false, "example.co.uk": false, "fonts.googleapis.com": false, "ajax.googleapis.com": false, "translate.googleapis.com": false, "en.wikipedia.org": false, "localhost": false, "": false,
	} {
		if got := Open(host); (got != "") != open {
			t.Errorf("Open(%q) = %q, want one: %v", host, got, open)
		}
	}
}

func TestNamesBelowASuffixBelongToAnybody(t *testing.T) {
	for host, many := range map[string]bool{
		"com": true, "co.uk": true, "toolforge.org": true, "workers.dev": true, "github.io": true,
		"example.com": false, "tool.toolforge.org": false, "wikipedia.org": false, "": false,
	} {
		if got := Below(host); (got != "") != many {
			t.Errorf("Below(%q) = %q, want one: %v", host, got, many)
		}
	}
}
