package js

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decode turns the bytes of a page into text: without byte order mark, in UTF-8 without mistakes. Too large a text comes
// back empty and opaque.
func (s *Script) decode(src []byte, max int) string {
	if len(src) > max {
		s.opaque(TooLarge, 0, fmt.Sprintf("%d bytes: nothing past %d is read", len(src), max))
		return ""
	}
	text, wide := decodeWide(src)
	if wide {
		s.problem(Encoding, 0, "the page is in UTF-16; wikis serve UTF-8")
	} else {
		text = string(bytes.TrimPrefix(src, []byte("\ufeff")))
	}
	if !utf8.ValidString(text) {
		at := invalidAt(text)
		text = strings.ToValidUTF8(text, "\ufffd")
		s.problem(Encoding, at, "bytes that are no UTF-8 are read as \ufffd")
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		s.problem(Encoding, at, "a NUL character stands in the page")
	}
	return text
}

func invalidAt(text string) int {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return i
		}
	}
	return 0
}

// decodeWide reads UTF-16 with a byte order mark, or with the zeros that Latin text has in it.
func decodeWide(src []byte) (string, bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}), zeros(src, 1):
		order = binary.LittleEndian
	case bytes.HasPrefix(src, []byte{0xfe, 0xff}), zeros(src, 0):
		order = binary.BigEndian
	default:
		return "", false
	}
	units := make([]uint16, len(src)/2)
	for i := range units {
		units[i] = order.Uint16(src[2*i:])
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff"), true
}

// zeros says whether each second of the first bytes is zero, and no other.
func zeros(src []byte, from int) bool {
	if len(src) < 8 {
		return false
	}
	for i := range 8 {
		if (src[i] == 0) != (i%2 == from) {
			return false
		}
	}
	return true
}
