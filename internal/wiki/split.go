package wiki

import (
	"regexp"
	"strings"
)

// split is MediaWikiTitleCodec::splitTitleString on normalised text.
func (s *Site) split(text string, ns int) (Title, error) {
	key := cleanSpaces(text)
	if rest, ok := strings.CutPrefix(key, ":"); ok {
		ns, key = NSMain, strings.TrimLeft(rest, "_")
	}
	if key == "" {
		return Title{}, ErrEmpty
	}
	// MediaWiki's expressions stop at a line break and then take "User:x#⏎" for a page called "User:x" in the main
	// namespace, which nobody can link to.
	if strings.Contains(key, "\n") {
		return Title{}, ErrCharacters
	}
	p, err := s.splitPrefix(key, ns)
	if err != nil {
		return Title{}, err
	}
	if p.key, err = checkKey(p.key, p.ns); err != nil {
		return Title{}, err
	}
	if p.foreign {
		return Title{}, ErrInterwiki
	}
	return s.finish(p)
}

// finish capitalises, canonicalises addresses, and refuses what is left of nothing.
func (s *Site) finish(p prefixed) (Title, error) {
	if p.key == "" {
		return Title{}, ErrEmpty
	}
	if !s.Namespaces[p.ns].CaseSensitive {
		p.key = s.upperFirst(p.key)
	}
	if p.ns == NSUser || p.ns == NSUserTalk {
		p.key = canonicalIP(p.key)
	}
	if p.key[0] == ':' {
		return Title{}, ErrColon
	}
	return Title{NS: p.ns, Key: p.key}, nil
}

// A prefixed is a key whose words before the colon have been understood.
type prefixed struct {
	ns      int
	key     string
	foreign bool // on another wiki
}

// splitPrefix takes namespace and interwiki names off the front. A prefix that leads back to this wiki is taken off and
// the rest is read again.
func (s *Site) splitPrefix(key string, ns int) (prefixed, error) {
	for {
		prefix, rest, ok := cutPrefix(key)
		if !ok {
			return prefixed{ns: ns, key: key}, nil
		}
		if id, ok := s.namespaceOf(prefix); ok {
			if id == NSTalk && s.namesAnother(rest) {
				return prefixed{}, ErrTalk
			}
			return prefixed{ns: id, key: rest}, nil
		}
		known, local := s.interwiki(prefix)
		switch {
		case !known:
			return prefixed{ns: ns, key: key}, nil
		case local && rest == "":
			return s.mainPage()
		case !local:
			return prefixed{ns: NSMain, key: strings.TrimLeft(strings.TrimPrefix(rest, ":"), "_"), foreign: true}, nil
		}
		key = rest
	}
}

// cutPrefix splits at the first colon that is not the first character, and eats underscores around it.
func cutPrefix(key string) (prefix, rest string, ok bool) {
	if len(key) < 2 {
		return "", "", false
	}
	i := strings.IndexByte(key[1:], ':') + 1
	if i == 0 {
		return "", "", false
	}
	return key[:1] + strings.TrimRight(key[1:i], "_"), strings.TrimLeft(key[i+1:], "_"), true
}

// namesAnother finds "File:x" after "Talk:": one of them is too many.
func (s *Site) namesAnother(key string) bool {
	prefix, _, ok := cutPrefix(key)
	if !ok {
		return false
	}
	if _, ok := s.namespaceOf(prefix); ok {
		return true
	}
	known, _ := s.interwiki(prefix)
	return known
}

// mainPage is where a bare prefix of this very wiki leads.
func (s *Site) mainPage() (prefixed, error) {
	key := cleanSpaces(s.MainPage)
	if key == "" {
		key = "Main_Page"
	}
	prefix, rest, ok := cutPrefix(key)
	if ok {
		if id, ok := s.namespaceOf(prefix); ok {
			return prefixed{ns: id, key: rest}, nil
		}
	}
	return prefixed{ns: NSMain, key: key}, nil
}

// illegal matches what no key may hold: characters outside $wgLegalTitleChars, percent codes and character references.
var illegal = regexp.MustCompile(`[\x00-\x1F\x7F#<>\[\]{|}]|%[0-9A-Fa-f]{2}|&[A-Za-z0-9\x{80}-\x{10FFFF}]+;`)

// checkKey drops the fragment and refuses what no key may be.
func checkKey(key string, ns int) (string, error) {
	if before, _, found := strings.Cut(key, "#"); found {
		key = strings.TrimRight(before, "_")
	}
	limit := maxKey
	if ns == NSSpecial {
		limit = maxSpecialKey
	}
	switch {
	case illegal.MatchString(key):
		return "", ErrCharacters
	case isRelative(key):
		return "", ErrRelative
	case strings.Contains(key, "~~~"):
		return "", ErrTilde
	case len(key) > limit:
		return "", ErrTooLong
	}
	return key, nil
}

func isRelative(key string) bool {
	framed := "/" + key + "/"
	return strings.Contains(framed, "/./") || strings.Contains(framed, "/../")
}
