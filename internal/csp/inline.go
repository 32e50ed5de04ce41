package csp

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"strings"
)

// allowsInline decides about texts of the page itself (CSP3 §6.7.3.3).
func (d *Directive) allowsInline(r Request) (Source, bool) {
	if by, ok := d.allInline(r.Kind); ok {
		return by, true
	}
	element := r.Kind == InlineScript || r.Kind == InlineStyle || r.Kind == Speculation
	if element {
		if by, ok := d.nonce(r.Nonce); ok {
			return by, true
		}
	}
	if (r.Kind == InlineScript || r.Kind == Speculation) && !r.ParserInserted && d.word(StrictDynamic) {
		return Word(StrictDynamic), true
	}
	if element || d.word(UnsafeHashes) {
		return d.digest(r.Text)
	}
	return Source{}, false
}

// allInline: a nonce or a digest makes browsers ignore 'unsafe-inline', so that one header serves old and new ones
// (CSP3 §6.7.3.2). 'inline-speculation-rules' does the same for those, and Chromium ignores it alike, and in default-src.
func (d *Directive) allInline(k Kind) (by Source, ok bool) {
	for _, s := range d.Sources {
		switch {
		case s.Kind == Nonce, s.Kind == Hash:
			return Source{}, false
		case s == Word(StrictDynamic) && !strings.HasPrefix(d.Name, "style-src"): // default-src is one of both in Chromium
			return Source{}, false
		case s == Word(UnsafeInline), s == Word(InlineRules) && k == Speculation && d.Name != "default-src":
			by, ok = s, true
		}
	}
	return by, ok
}

func (d *Directive) digest(text string) (Source, bool) {
	sums := map[string]string{}
	for _, s := range d.Sources {
		if s.Kind != Hash {
			continue
		}
		if sums[s.Digest] == "" {
			sums[s.Digest] = digestOf(s.Digest, text)
		}
		if sums[s.Digest] == s.Value {
			return s, true
		}
	}
	return Source{}, false
}

func digestOf(algorithm, text string) string {
	var sum []byte
	switch algorithm {
	case "sha256":
		s := sha256.Sum256([]byte(text))
		sum = s[:]
	case "sha384":
		s := sha512.Sum384([]byte(text))
		sum = s[:]
	default:
		s := sha512.Sum512([]byte(text))
		sum = s[:]
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// HashOf is the source that allows exactly this inline text. The algorithm is "sha256", "sha384" or "sha512".
func HashOf(algorithm, text string) Source {
	return Source{Kind: Hash, Digest: algorithm, Value: digestOf(algorithm, text)}
}

// integrity: an external script is allowed when every digest of its integrity attribute stands in the directive
// (CSP3 §6.7.1.1, step 1.2).
func (d *Directive) integrity(attribute string) (by Source, ok bool) {
	for word := range strings.FieldsSeq(attribute) {
		word, _, _ = strings.Cut(word, "?")
		s, why := readSource("'" + word + "'")
		if why != "" || s.Kind != Hash {
			continue // browsers skip what they do not know
		}
		if !d.Has(s) {
			return Source{}, false
		}
		by, ok = s, true
	}
	return by, ok
}
