package wiki

import (
	"html"
	"regexp"
	"strconv"
	"strings"
)

var charReference = regexp.MustCompile(`&(?:#([0-9]+)|#[xX]([0-9A-Fa-f]+)|([A-Za-z0-9\x{80}-\x{10FFFF}]+));`)

// decodeEntities replaces character references once, as Sanitizer::decodeCharReferences does: only with a semicolon,
// unknown names stay, numbers that no document may hold become U+FFFD.
func decodeEntities(text string) string {
	if !strings.Contains(text, "&") {
		return text
	}
	return charReference.ReplaceAllStringFunc(text, func(ref string) string {
		m := charReference.FindStringSubmatch(ref)
		switch {
		case m[1] != "":
			return decodeNumber(m[1], 10)
		case m[2] != "":
			return decodeNumber(m[2], 16)
		default:
			return decodeName(m[3])
		}
	})
}

func decodeNumber(digits string, base int) string {
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !allowedReference(rune(n)) {
		return "\uFFFD"
	}
	return string(rune(n))
}

// allowedReference is Sanitizer::validateCodepoint.
func allowedReference(r rune) bool {
	return r == 0x09 || r == 0x0a ||
		r >= 0x20 && r <= 0x7e ||
		r >= 0xa0 && r <= 0xd7ff ||
		r >= 0xe000 && r <= 0xfffd ||
		r >= 0x10000 && r <= 0x10ffff
}

func decodeName(name string) string {
	if name == "רלמ" || name == "رلم" { // MediaWiki's own names for &rlm;
		return "\u200F"
	}
	ref := "&" + name + ";"
	text := html.UnescapeString(ref)
	// Package html also takes the beginning of a longer name (&notit; as ¬it;) and leaves the semicolon behind.
	if strings.HasSuffix(text, ";") && name != "semi" {
		return ref
	}
	return text
}
