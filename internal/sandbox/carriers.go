package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/decoy"
)

var (
	unseen     = regexp.MustCompile(`\\u\{?(200[b-f]|206[0-4]|feff|FEFF|00ad|fe0[0-9a-f]|FE0[0-9A-F]|e01[0-9a-fA-F]{2}|E01[0-9A-F]{2})\}?|([\x{200b}-\x{200f}\x{2060}-\x{2064}\x{feff}\x{fe00}-\x{fe0f}])`)
	attributes = regexp.MustCompile(`\[\s*(data-[a-z][\w-]*)|\bdataset\.([a-zA-Z]\w*)|['"](data-[a-z][\w-]*)['"]`)
	capitals   = regexp.MustCompile(`[A-Z]`)
)

// lengthUnseen is how many characters that nobody sees are put into a page: enough for a line of code, a bit each.
const lengthUnseen = 1536

// unseenIn is a paragraph of the characters that nobody sees and the script looks for: whether they mean anything does not matter, for who
// makes code of them will try with these.
func unseenIn(script string) []decoy.Element {
	var letters []rune
	for _, m := range unseen.FindAllStringSubmatch(script, 40) {
		letter := []rune(m[2])
		if m[1] != "" {
			n, _ := strconv.ParseInt(m[1], 16, 32)
			letter = []rune{rune(n)}
		}
		if !slices.Contains(letters, letter[0]) && letter[0] != 0xad {
			letters = append(letters, letter[0])
		}
	}
	if len(letters) == 0 {
		return nil
	}
	var b strings.Builder
	for i := range lengthUnseen {
		b.WriteRune(letters[(i+i/len(letters)/3)%len(letters)])
	}
	return []decoy.Element{{HTML: `<div class="mw-parser-output"><p>Lamps` + b.String() + " and harbours.</p></div>"}}
}

// attributesIn are elements, in wikitext, with the attributes of pages' own that the script reads, and in them code that can be run.
func attributesIn(script string) string {
	var b strings.Builder
	var had []string
	for _, m := range attributes.FindAllStringSubmatch(script, 60) {
		name := m[1] + m[3]
		if m[2] != "" {
			name = "data-" + strings.ToLower(capitals.ReplaceAllString(m[2], "-$0"))
		}
		if slices.Contains(had, name) || strings.HasPrefix(name, "data-mw") || strings.HasPrefix(name, "data-ooui") || len(had) == 12 {
			continue
		}
		had = append(had, name)
		value := planted
		if strings.HasSuffix(name, "tag") { // of an element that is to be made
			value = "script"
		}
		fmt.Fprintf(&b, "<span %s=\"%s\">lamp</span>\n", name, value)
	}
	return b.String()
}
