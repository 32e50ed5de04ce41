package trace

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const secret = "k7Tq2mX9vB4w"

var canaries = NewCanaries([]Canary{{CanaryToken, secret}, {CanaryEmail, "mara7@decoy.example"}, {"short", "abc"}})

// spellings are ways in which a script may send a value.
var spellings = map[string]func(string) string{
	"plain":        func(s string) string { return s },
	"upper case":   strings.ToUpper,
	"percent":      func(s string) string { return percentAll(s) },
	"twice":        func(s string) string { return url.QueryEscape(percentAll(s)) },
	"broken":       func(s string) string { return "%zz" + percentAll(s) },
	"escape()":     func(s string) string { return each(s, "%%u%04X") },
	"json":         func(s string) string { return `{"a":"` + each(s, `\u%04x`) + `"}` },
	"code point":   func(s string) string { return each(s, `\u{%x}`) },
	"js":           func(s string) string { return each(s, `\x%02x`) },
	"html":         func(s string) string { return each(s, "&#%d;") },
	"base64":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url":    func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("?~" + s + ">?")) },
	"base64 lower": func(s string) string { return strings.ToLower(base64.RawStdEncoding.EncodeToString([]byte(s))) },
	"hex":          func(s string) string { return hex.EncodeToString([]byte(s)) },
	"hex in host": func(s string) string {
		h := hex.EncodeToString([]byte(s))
		return "https://" + h[:len(h)/3] + "." + h[len(h)/3:] + ".evil.test/"
	},
	"host": func(s string) string {
		return "https://" + strings.ToLower(s[:len(s)/2]+"."+s[len(s)/2:]) + ".evil.test/"
	},
	"reversed": reversed,
	"rot13":    rot13,
	"codes":    func(s string) string { return "[" + codes(s, ",") + "]" },
	"utf-16":   func(s string) string { return string(utf16Bytes(s)) },
	"utf-16be": func(s string) string { return string(append([]byte{0}, utf16Bytes(s)...)) },
	"letters":  func(s string) string { return `["` + strings.Join(strings.Split(s, ""), `","`) + `"]` },
	"gzip":     func(s string) string { return pack(s, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }) },
	"zlib":     func(s string) string { return pack(s, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }) },
	"deflate": func(s string) string {
		return pack(s, func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 6); return f })
	},
}

func each(s, format string) (out string) {
	for _, r := range s {
		out += fmt.Sprintf(format, r)
	}
	return out
}

func percentAll(s string) string { return each(s, "%%%02x") }

func pack(s string, open func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	w := open(&b)
	_, _ = w.Write([]byte(strings.Repeat("padding so that it pays. ", 9) + s + " end"))
	_ = w.Close()
	return b.String()
}

func TestACanaryIsFoundHoweverItIsSpelled(t *testing.T) {
	for how, spell := range spellings {
		text := "a=1&q=" + spell("u="+secret+"&b") + "&z=2"
		if strings.HasPrefix(how, "gzip") || how == "zlib" || how == "deflate" || strings.Contains(how, "host") || how == "utf-16be" {
			text = spell(secret)
		}
		if got := canaries.Find(text); !slices.Equal(got, []string{CanaryToken}) {
			t.Errorf("%s: %q holds %v", how, text, got)
		}
	}
	t.Logf("%d spellings", len(spellings))
}

// Base64 of a longer text begins the value at any of three places.
func TestACanaryIsFoundAtEveryAlignmentOfBase64(t *testing.T) {
	for n := range 7 {
		for m := range 7 {
			text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", n) + secret + strings.Repeat("y", m)))
			if !slices.ContainsFunc(forms(secret), func(f string) bool { return strings.Contains(strings.ToLower(text), f) }) {
				t.Errorf("%d before and %d behind: no form stands in %s", n, m, text)
			}
		}
	}
}

func TestSpellingsWithinSpellingsAreFound(t *testing.T) {
	pairs := 0
	for a, outer := range spellings {
		for b, inner := range spellings {
			if a == "twice" && b == "twice" || oneWay[a] || oneWay[b] || strings.Contains(a, "host") || strings.Contains(b, "host") {
				continue
			}
			pairs++
			if got := canaries.Find(outer(inner(secret))); !slices.Contains(got, CanaryToken) {
				t.Errorf("%s in %s is not found", b, a)
			}
		}
	}
	t.Logf("%d pairs", pairs)
}

// oneWay are spellings that lose something, or that are only looked for as the last layer.
var oneWay = map[string]bool{
	"upper case": true, "base64 lower": true, "reversed": true, "rot13": true, "codes": true, "letters": true, "utf-16": true, "utf-16be": true,
	"gzip": true, "zlib": true, "deflate": true,
}

func TestPackedAndEncodedAreFound(t *testing.T) {
	for _, how := range []string{"gzip", "zlib", "deflate"} {
		for _, text := range []string{"/c/" + spellings["base64"](spellings[how](secret)), spellings["base64"](spellings[how](secret)), spellings["base64"](spellings[how](spellings["hex"](secret)))} {
			if !slices.Contains(canaries.Find("body="+url.QueryEscape(text)), CanaryToken) {
				t.Errorf("%s in base64 is not found", how)
			}
		}
	}
}

func TestNothingIsFoundWhereNothingIs(t *testing.T) {
	for _, text := range []string{
		"", "abc", "%", "%%%u", `\u`, "&#;", strings.Repeat("QUJD", 500), secret[:9], "mara7", "H\x1f\x8b\x08", "\x1f\x8b\x08junk",
		"https://wiki.test/w/api.php?action=query&titles=" + strings.Repeat("abc|", 200),
	} {
		if got := canaries.Find(text); len(got) > 0 {
			t.Errorf("%.40q holds %v", text, got)
		}
	}
	if got := canaries.Find("mara7%40decoy.example", secret); !slices.Equal(got, []string{CanaryEmail, CanaryToken}) {
		t.Errorf("two canaries: %v", got)
	}
}

// A few kilobytes of gzip can hold gigabytes.
func TestASearchEndsWhateverIsPacked(t *testing.T) {
	bomb := strings.Repeat("\x00", 64<<20)
	text := pack(bomb, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	left := searchMost
	read := 0
	unfold(text, &left, func(s string) { read += len(s) })
	if left < 0 || read > searchMost {
		t.Errorf("%d bytes were read, %d are left", read, left)
	}
	canaries.Find(strings.Repeat("aGVsbG8gd29ybGQ ", 100_000))
	far := strings.Repeat("x.", 10<<20)
	for _, text := range []string{far + secret + far, far + percentAll(secret), percentAll(secret) + far} {
		if got := canaries.Find(text); !slices.Equal(got, []string{CanaryToken}) {
			t.Errorf("in %d bytes: %v", len(text), got)
		}
	}
}

func FuzzCanaries(f *testing.F) {
	for _, spell := range spellings {
		f.Add(spell(secret), "x")
		f.Add("a=%"+spell(secret)+"\\u00", spell("b"))
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		got := canaries.Find(a, b)
		if strings.Contains(a, secret) && !slices.Contains(got, CanaryToken) {
			t.Errorf("%q stands there in plain", secret)
		}
		if !slices.IsSorted(got) {
			t.Error(got)
		}
	})
}
