package trace

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"html"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Bounds of one search.
const (
	searchMost = 8 << 20 // bytes that are decoded from, of one call
	endMost    = 1 << 20 // bytes at either end of a long text
	unfoldMost = 3       // layers
	tokenMost  = 2000    // stretches of one text that may be base64 or hex
	tokenLeast = 12      // bytes of one
	pathMost   = 8       // slashes behind which one may begin
)

// What can be told from a byte.
var (
	inToken = bytesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
	between = bytesOf("./ \t\r\n\v\f,\"[]")
)

// unfold gives a text and what it becomes when it is decoded in every way that its look allows, layer by layer.
func unfold(text string, left *int, yield func(string)) {
	seen := map[string]bool{}
	var open func(string, int)
	open = func(text string, depth int) {
		text = clip(text, *left)
		if text == "" || seen[text] {
			return
		}
		seen[text] = true
		*left -= len(text)
		yield(text)
		if depth == unfoldMost {
			return
		}
		for _, decode := range decoders {
			decode(text, *left, func(inner string) { open(inner, depth+1) })
		}
	}
	open(text, 0)
}

// decoders each give what they make of a text, when it looks as if that made sense. None gives more bytes than most.
var decoders = [...]func(text string, most int, yield func(string)){
	percent, escapes, entities, joined, tokens, packed,
}

func percent(text string, _ int, yield func(string)) {
	if !strings.Contains(text, "%") {
		return
	}
	if s, err := url.QueryUnescape(text); err == nil {
		yield(s)
		return
	}
	yield(percentEscape.ReplaceAllStringFunc(text, func(e string) string { // one bad escape hides no good ones; %uXXXX is escape()'s
		n, _ := strconv.ParseUint(strings.TrimLeft(e, "%uU"), 16, 32)
		if len(e) == 3 {
			return string([]byte{byte(n)})
		}
		return string(rune(n))
	}))
}

var percentEscape = regexp.MustCompile(`(?i)%u[0-9a-f]{4}|%[0-9a-f]{2}`)

// escapes reads \u0041 and \x41, as JSON and JavaScript write them.
func escapes(text string, _ int, yield func(string)) {
	if !strings.Contains(text, `\`) {
		return
	}
	yield(slashEscape.ReplaceAllStringFunc(text, func(e string) string {
		if len(e) == 2 {
			return e[1:]
		}
		n, _ := strconv.ParseUint(strings.Trim(e[2:], "{}"), 16, 32)
		return string(rune(n))
	}))
}

var slashEscape = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\x[0-9a-fA-F]{2}|\\["'\\/]`)

func entities(text string, _ int, yield func(string)) {
	if strings.Contains(text, "&") {
		if s := html.UnescapeString(text); s != text {
			yield(s)
		}
	}
}

// bytesOf is the set of the bytes of a text.
func bytesOf(text string) (set [256]bool) {
	for _, c := range []byte(text) {
		set[c] = true
	}
	return set
}

// joined takes out what may stand between the parts of a host name, a path or a list.
func joined(text string, _ int, yield func(string)) {
	out := make([]byte, 0, len(text))
	for _, c := range []byte(text) {
		if !between[c] {
			out = append(out, c)
		}
	}
	if len(out) < len(text) {
		yield(string(out))
	}
}

// tokens decodes stretches that may be base64 or hex.
func tokens(text string, most int, yield func(string)) {
	count := 0
	for at := 0; at < len(text) && count < tokenMost; {
		if !inToken[text[at]] {
			at++
			continue
		}
		from := at
		for at < len(text) && inToken[text[at]] {
			at++
		}
		if t := text[from:at]; len(t) >= tokenLeast && len(t) <= most {
			count++
			decodeToken(t, yield)
			for range pathMost { // base64 has slashes too, so the last parts of a path go together
				_, rest, ok := strings.Cut(t, "/")
				if !ok || len(rest) < tokenLeast {
					break
				}
				decodeToken(rest, yield)
				t = rest
			}
		}
	}
}

func decodeToken(t string, yield func(string)) {
	if s, err := hex.DecodeString(t[:len(t)&^1]); err == nil {
		yield(string(s))
		return
	}
	if len(t)%4 == 1 {
		t = t[:len(t)-1]
	}
	if strings.ContainsAny(t, "-_") {
		t = strings.NewReplacer("-", "+", "_", "/").Replace(t)
	}
	if s, err := base64.RawStdEncoding.DecodeString(t); err == nil {
		yield(string(s))
	}
}

// packed unpacks gzip, zlib and bare deflate, as CompressionStream writes them.
func packed(text string, most int, yield func(string)) {
	in := strings.NewReader(text)
	switch {
	case strings.HasPrefix(text, "\x1f\x8b"):
		if r, err := gzip.NewReader(in); err == nil {
			unpack(r, most, yield)
		}
	case len(text) > 2 && text[0]&0x0f == 8 && (int(text[0])<<8|int(text[1]))%31 == 0:
		if r, err := zlib.NewReader(in); err == nil {
			unpack(r, most, yield)
		}
	case strings.ContainsFunc(text[:min(len(text), 64)], func(r rune) bool { return r < 9 || r == 0xfffd }):
		unpack(flate.NewReader(in), most, yield)
	}
}

// unpack gives what comes out before the data ends or turns out to be bad.
func unpack(r io.Reader, most int, yield func(string)) {
	var b bytes.Buffer
	_, _ = io.Copy(&b, io.LimitReader(r, int64(max(0, most)))) // half of it is worth a look too
	if b.Len() > 0 {
		yield(b.String())
	}
}
