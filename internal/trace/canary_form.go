package trace

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// forms are the spellings of a value that a plain search can find, lower case.
func forms(value string) []string {
	wide := utf16Bytes(value)
	all := []string{value, reversed(value), rot13(value), hex.EncodeToString([]byte(value)), hex.EncodeToString([]byte(reversed(value)))}
	all = append(all, string(wide), string(wide[1:])+"\x00") // both byte orders; the second without its first zero
	for _, text := range []string{value, reversed(value), string(wide)} {
		all = append(all, base64Forms(text)...)
	}
	for _, by := range []string{",", " ", "-", ".", ";", "_", "+", ", "} {
		all = append(all, codes(value, by))
	}
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// base64Forms are the characters that a value fixes in base64, for each of the three places where it can begin, in both
// alphabets.
func base64Forms(value string) []string {
	var out []string
	for before := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString([]byte("\x00\x00"[:before] + value))
		first := (before*8 + 5) / 6 // characters that what stands before has a part in
		last := (before + len(value)) * 8 / 6
		sure := encoded[first:last]
		out = append(out, sure, strings.NewReplacer("+", "-", "/", "_").Replace(sure))
	}
	return out
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func rot13(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case r >= 'A' && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		}
		return r
	}, s)
}

// codes is a text as charCodeAt gives it.
func codes(s, by string) string {
	var list []string
	for _, u := range utf16.Encode([]rune(s)) {
		list = append(list, strconv.Itoa(int(u)))
	}
	return strings.Join(list, by)
}

// utf16Bytes is a text in UTF-16, low byte first.
func utf16Bytes(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
