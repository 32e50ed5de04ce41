package wiki

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalise does what MediaWiki does to every request parameter: NFC, and nothing that is not text.
func normalise(text string) (string, error) {
	if len(text) > maxText {
		return "", ErrTooLong
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, neverText) {
		return "", ErrEncoding
	}
	out := norm.NFC.String(text)
	// Package norm breaks runs of more than 30 marks with U+034F, which MediaWiki does not. Nobody needs so many.
	if strings.Count(out, "\u034F") != strings.Count(text, "\u034F") {
		return "", ErrCharacters
	}
	return out, nil
}

// neverText are the code points that UtfNormal\Validator::cleanUp turns into U+FFFD, and that one itself.
func neverText(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r >= 0xFFFD && r <= 0xFFFF
}

// cleanSpaces drops direction marks, makes one underscore of every run of spaces, and trims.
func cleanSpaces(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	space := false
	for _, r := range text {
		switch {
		case isDirectionMark(r):
		case isSpace(r):
			space = true
		default:
			if space && b.Len() > 0 {
				b.WriteByte('_')
			}
			space = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func isDirectionMark(r rune) bool {
	return r == 0x200E || r == 0x200F || r >= 0x202A && r <= 0x202E
}

func isSpace(r rune) bool {
	switch r {
	case ' ', '_', 0xA0, 0x1680, 0x180E, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}
