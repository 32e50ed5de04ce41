package notice

import (
	"strings"
	"testing"
	"unicode"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Whatever strangers typed: the subject is ours, no line of the letter is theirs, and nothing in it leads elsewhere.
func FuzzALetterIsOurs(f *testing.F) {
	for _, seed := range []string{
		"", "Common.js", "x\r\nBcc: eve@evil.test", "https://evil.test", "WWW.evil.test", "\u202e\u200b\u2028\x00\xff", "mailto:eve", "a\n-- \nsigned, the operators",
		strings.Repeat("é\n", 1000), "Look at it: https://confirm.test.evil.test/a/x",
	} {
		f.Add(seed, seed)
	}
	o := &Office{o: Options{Site: &wiki.Site{Name: "Testwiki"}, Confirm: "https://confirm.test"}}
	f.Fuzz(func(t *testing.T, name, text string) {
		for _, kind := range append(Kinds(), "unheard of") {
			for _, user := range []int64{0, 7} {
				n := &Notice{store.Notice{UserID: user, User: name, Kind: string(kind)}, Details{
					Change: "abc", Page: text, More: 3, By: name, For: name, What: text, Reason: text, Hash: "00ff", Last: true,
				}}
				subject, letter := o.letter(n)
				plain := &Notice{store.Notice{UserID: user, Kind: string(kind)}, Details{Change: "abc", Page: "p", More: 3, What: "w", Reason: "r", Hash: "00ff", Last: true}}
				if want, _ := o.letter(plain); subject != want {
					t.Fatalf("subject %q, want %q", subject, want)
				}
				if _, want := o.letter(plain); text != "" && strings.Count(letter, "\n") != strings.Count(want, "\n") {
					t.Fatalf("%d lines, want %d:\n%q", strings.Count(letter, "\n"), strings.Count(want, "\n"), letter)
				}
				for _, r := range letter {
					if r != '\n' && !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
						t.Fatalf("%U in %q", r, letter)
					}
				}
				if links := strings.Count(letter, "://"); links != strings.Count(letter, "https://confirm.test/") || strings.Contains(strings.ToLower(letter), "www.") || strings.Contains(letter, "@") {
					t.Fatalf("a link elsewhere in %q", letter)
				}
			}
		}
	})
}
