package gateway

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// FuzzPlace holds our search for the startup tag against a real HTML tokenizer: whatever the page, the bootstrap stands
// right after a script element of MediaWiki's startup module, in the head, or nowhere.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{pageWith(startTg), pageWith(safeTg), pageWith(""), "<script>x</script>" + startTg, "<body>" + startTg, "<SCRIPT src=modules=startup></SCRIPT>"} {
		f.Add(s[:min(len(s), 2000)])
	}
	f.Fuzz(func(t *testing.T, page string) {
		at, settled := place([]byte(page))
		if at < 0 {
			return
		}
		if !settled || at > len(page) || !strings.HasSuffix(page[:at], "</script>") {
			t.Fatalf("at %d, settled %v", at, settled)
		}
		if strings.ContainsAny(page[:at], "\x00") || strings.Contains(page, "<!") || strings.Contains(page, "<title") ||
			strings.Contains(page, "<style") || strings.Contains(page, "<textarea") || strings.ContainsAny(page[:at], `"'`) {
			return // MediaWiki never leaves a bare "<script" inside these; the tokenizer and we may differ
		}
		z := html.NewTokenizer(strings.NewReader(page[:at]))
		var last []byte
		for z.Next() != html.ErrorToken {
			last = append(last[:0], z.Raw()...)
		}
		if !bytes.HasPrefix(last, []byte("</script")) {
			t.Fatalf("the last token before the bootstrap is %q", last)
		}
	})
}
