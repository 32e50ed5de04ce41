package decoy

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"

	"sallyport/internal/trace"
)

// Secrets are the canaries of one run: values that stand nowhere but where they belong. A page gets them in place of placeholders
// and of the source's own tokens.
type Secrets struct {
	Token    string // 40 hex digits; an edit token is this and "+\"
	Cookie   string // the session's
	Email    string
	Draft    string // a text somebody is writing
	Storage  string // a value in local storage
	Feed     string // an option: the key of the watch list's feed
	Few      string // stands in texts that were deleted
	Password string // what stands in password fields
	Script   string // a mark in the served script
	Keys     string // what is typed on the page
	Name     string // the user name, when it was made up

	find   *trace.Canaries
	places *strings.Replacer // of placeholders
}

// NewSecrets makes the secrets of a run for somebody.
func NewSecrets(p Persona) *Secrets {
	s := &Secrets{
		Token: strings.ToLower(hex.EncodeToString(random(20))), Cookie: word(26), Email: word(14) + "@mail.example", Draft: "draft " + word(16), Storage: word(22), Feed: strings.ToLower(hex.EncodeToString(random(20))), Few: word(16),
		Password: "pw-" + word(14), Script: word(20), Keys: word(12),
	}
	if !p.Known {
		s.Name = p.Name
	}
	s.find = trace.NewCanaries([]trace.Canary{
		{Name: trace.CanaryToken, Value: s.Token}, {Name: trace.CanaryCookie, Value: s.Cookie}, {Name: trace.CanaryEmail, Value: strings.TrimSuffix(s.Email, "@mail.example")},
		{Name: trace.CanaryDraft, Value: strings.TrimPrefix(s.Draft, "draft ")}, {Name: trace.CanaryStorage, Value: s.Storage}, {Name: trace.CanaryFeed, Value: s.Feed}, {Name: trace.CanaryFew, Value: s.Few}, {Name: trace.CanaryPassword, Value: s.Password},
		{Name: trace.CanaryScript, Value: s.Script}, {Name: trace.CanaryKeys, Value: s.Keys}, {Name: trace.CanaryName, Value: s.Name}, {Name: trace.CanaryName, Value: strings.ReplaceAll(s.Name, " ", "_")},
	})
	s.places = strings.NewReplacer(EmailPlaceholder, s.Email, DraftPlaceholder, s.Draft, feedPlaceholder, s.Feed, fewPlaceholder, s.Few)
	return s
}

// Find names the secrets that texts hold.
func (s *Secrets) Find(texts ...string) []string {
	if s == nil {
		return nil
	}
	return s.find.Find(texts...)
}

// What a source has where secrets belong.
const (
	EmailPlaceholder = "somebody@placeholder.example"
	DraftPlaceholder = "placeholder-of-a-draft"
	feedPlaceholder  = "placeholder-of-a-feed"
	fewPlaceholder   = "placeholder-for-few"
)

// tokens are MediaWiki's: a hash, the time, and a suffix; in JSON the backslash is doubled, and in addresses all of it escaped.
var tokens = regexp.MustCompile(`\b[0-9a-f]{40}(\+\\|%2[Bb]%5[Cc])`)

// fill puts the secrets into a page or an answer. The token is that of the run's own wiki: another one has others, which may go there.
func (s *Secrets) fill(text string, own bool) string {
	if s == nil {
		return text
	}
	if own && (strings.Contains(text, `+\`) || strings.Contains(text, "%2B%5C")) {
		text = tokens.ReplaceAllString(text, s.Token+"$1")
	}
	if strings.Contains(text, "placeholder") {
		text = s.places.Replace(text)
	}
	return text
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return b
}

// word is a random word of letters and digits.
func word(n int) string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	b := random(n)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}

// Word is a random word of letters and digits: for names that nobody has.
func Word(n int) string { return word(n) }
