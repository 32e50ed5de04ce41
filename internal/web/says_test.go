package web

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"sallyport/internal/message"
	"sallyport/internal/narrow"
)

// The pages' English is that of commands, for every sentence about policies, whatever stands in it; and in Hebrew each is another.
func TestPagesSayOfPoliciesWhatCommandsSay(t *testing.T) {
	words, err := message.Read(messages)
	if err != nil {
		t.Fatal(err)
	}
	p := &pages{words: words}
	tags := regexp.MustCompile(`<[^>]*>`)
	counts := map[string]bool{"few-people": true, "few-days": true, "within-share": true, "needed": true}
	for _, key := range narrow.Keys() {
		s := narrow.Saying{Key: key}
		for i := range 5 {
			if counts[key] || strings.HasPrefix(key, "surprise") && (i == 0 || i == 4 || strings.HasSuffix(key, "unknown") && i == 3) {
				s.Params = append(s.Params, i+3)
			} else {
				s.Params = append(s.Params, fmt.Sprint("x", i))
			}
		}
		en := html.UnescapeString(tags.ReplaceAllString(string(p.says("en", s)), ""))
		if en != s.String() {
			t.Errorf("%s: a page says %q, a command %q", key, en, s)
		}
		if he := p.says("he", s); he == "" || string(he) == string(p.says("en", s)) && key != "what-eval" && key != "what-wasm" {
			t.Errorf("%s in Hebrew: %q", key, he)
		}
	}
	if got := p.says("en", narrow.Saying{Key: "of-a-later-version"}); got != "" {
		t.Error(got)
	}
}
