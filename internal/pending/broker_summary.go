package pending

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxSummary is how much of a summary MediaWiki keeps, in code points (CommentStore::COMMENT_CHARACTER_LIMIT).
const maxSummary = 500

// Mark ends the summary of a change that the gateway's own account makes. It follows from the change's id, which is not
// published: whoever knows an id may read the change's page.
func Mark(id string) string {
	sum := sha256.Sum256([]byte("sallyport change 1\n" + id))
	return "; change " + hex.EncodeToString(sum[:8]) + "]"
}

// attribution is the summary of a change that the gateway's own account makes: what its author wrote, and in square brackets
// whose change it is. Nothing that the author wrote can end up in square brackets of its own.
func attribution(c *Change) string {
	names := []string{c.User}
	for _, a := range c.Told.Approvals {
		if a.UserID != c.UserID {
			names = append(names, a.User)
		}
	}
	by := "[approved by [[User:" + strings.Join(names, "]], [[User:") + "]]" + Mark(c.ID)
	if utf8.RuneCountInString(by) > maxSummary-100 {
		by = fmt.Sprintf("[approved by %d people", len(names)) + Mark(c.ID)
	}
	said := shortened(plainSummary(c.Summary), maxSummary-utf8.RuneCountInString(by)-1)
	return strings.TrimSpace(said + " " + by)
}

var (
	// A whole link of wikitext, with nothing in it that could begin or end another.
	wholeLink = regexp.MustCompile(`\[\[[^\[\]{}<>\n]+\]\]`)
	// Square brackets, and what looks like them.
	brackets = strings.NewReplacer("[", "(", "]", ")", "［", "(", "］", ")", "⁅", "(", "⁆", ")", "⟦", "(", "⟧", ")", "〚", "(", "〛", ")",
		"﹇", "(", "﹈", ")", "❲", "(", "❳", ")", "⦋", "(", "⦌", ")", "⦍", "(", "⦎", ")", "⦏", "(", "⦐", ")", "⸢", "(", "⸣", ")", "⸤", "(", "⸥", ")")
)

// plainSummary is a summary on one line, whose links are whole, without other square brackets, and without characters that
// change the order or the place of those around them.
func plainSummary(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case r == '\u200c' || r == '\u200d': // joiners, which some languages spell with
			return r
		case unicode.Is(unicode.Cf, r), r == utf8.RuneError, unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "")))
	text = strings.Join(strings.Fields(text), " ")
	var b strings.Builder
	at := 0
	for _, link := range wholeLink.FindAllStringIndex(text, -1) {
		b.WriteString(brackets.Replace(text[at:link[0]]))
		b.WriteString(text[link[0]:link[1]])
		at = link[1]
	}
	b.WriteString(brackets.Replace(text[at:]))
	return b.String()
}

// shortened cuts a summary that is already plain at a number of code points. A link that is cut is none.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)
	return plainSummary(string(runes[:max(0, most-1)])) + "…"
}
