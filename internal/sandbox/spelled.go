package sandbox

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"sallyport/internal/browser"
	"sallyport/internal/trace"
)

// spelled finds secrets that leave letter by letter, a request each: what is typed, most of all. The request with the letter that
// completes one has it. Requests are taken in the order in which the page made them.
func (r *recorder) spelled(events []trace.Event) {
	letters, told := map[string]string{}, map[string]bool{}
	for _, b := range r.browsed {
		u, err := url.Parse(b.URL)
		if b.Kind != browser.Request || err != nil || told[u.Host] {
			continue
		}
		letter := letterIn(u)
		if letter == "" {
			continue
		}
		letters[u.Host] += letter
		found := r.secrets.Find(letters[u.Host])
		if len(found) == 0 && strings.Contains(firsts(letters[u.Host]), firsts(r.secrets.Keys)) {
			found = []string{trace.CanaryKeys}
		}
		if len(found) > 0 {
			told[u.Host] = true
			mark(events, b.URL, found)
		}
	}
}

// firsts leaves out of a text the letters that it had before: a browser asks once for what it is loading already.
func firsts(text string) string {
	var b strings.Builder
	for i, letter := range text {
		if !strings.ContainsRune(text[:i], letter) {
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// letterIn is what a request takes along when that is one letter; "" otherwise.
func letterIn(u *url.URL) string {
	for _, part := range strings.Split(u.RawQuery, "&") {
		_, value, _ := strings.Cut(part, "=")
		if text, err := url.QueryUnescape(value); err == nil && utf8.RuneCountInString(text) == 1 {
			return text
		}
	}
	return ""
}

// mark says of the first request for an address that secrets went there with it.
func mark(events []trace.Event, address string, secrets []string) {
	for i := range events {
		if e := &events[i]; e.Kind == trace.Request && e.Data.URL == address {
			e.Canary = append(e.Canary, secrets...)
			return
		}
	}
}
