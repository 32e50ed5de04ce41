package wiki

import (
	"errors"
	"fmt"
	"strings"
)

// Why a text is not the title of a page on this wiki.
var (
	ErrEmpty      = errors.New("the title is empty")
	ErrEncoding   = errors.New("the title is not clean UTF-8")
	ErrCharacters = errors.New("the title holds a character or sequence that no title may hold")
	ErrRelative   = errors.New("the title has a part of one or two dots only")
	ErrTilde      = errors.New("the title holds ~~~")
	ErrTooLong    = errors.New("the title is too long")
	ErrTalk       = errors.New("the talk namespace holds no title with a namespace of its own")
	ErrColon      = errors.New("the title begins with a colon")
	ErrInterwiki  = errors.New("the title is on another wiki")
	// ErrUnstable refuses a title that MediaWiki would store but not find again: "ﬁle:x" is capitalised into "FIle:x",
	// which reads as a file. Nobody can say which page such a text means.
	ErrUnstable = errors.New("the title changes each time it is read")
)

// Limits in bytes. Namespaces below zero have no row in a table and thus a longer limit (MediaWikiTitleCodec).
const (
	maxKey        = 255
	maxSpecialKey = 512
	maxText       = 16 << 10 // ours: a fragment may be long, but not without end
)

// Parse reads a title as the title= of index.php is read (WebRequest's normalisation, then Title::newFromURL): HTML
// entities are not decoded. The fragment is dropped. Errors are this package's, wrapped with the text.
func (s *Site) Parse(text string) (Title, error) { return s.ParseIn(text, NSMain) }

// ParseIn is [Site.Parse] with the namespace of titles that name none.
func (s *Site) ParseIn(text string, ns int) (Title, error) {
	clean, err := normalise(text)
	if err != nil {
		return Title{}, refuse(text, err)
	}
	t, err := s.stable(clean, ns)
	return t, refuse(text, err)
}

// ParseText reads a title as the Action API and links do (Title::newFromText): HTML entities are decoded, once.
func (s *Site) ParseText(text string) (Title, error) {
	clean, err := normalise(text)
	if err != nil {
		return Title{}, refuse(text, err)
	}
	if clean, err = normalise(decodeEntities(clean)); err != nil {
		return Title{}, refuse(text, err)
	}
	t, err := s.stable(clean, NSMain)
	return t, refuse(text, err)
}

// stable reads normalised text, and refuses a title that would be another one when it is read again.
func (s *Site) stable(text string, ns int) (Title, error) {
	t, err := s.split(text, ns)
	if err != nil || isASCII(text) {
		return t, err
	}
	// Other capitals may compose with what follows, grow, or turn into the name of a namespace.
	again, err := normalise(s.Prefixed(t))
	if err != nil {
		return Title{}, ErrUnstable
	}
	if second, err := s.split(again, NSMain); err != nil || second != t {
		return Title{}, ErrUnstable
	}
	return t, nil
}

func refuse(text string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("title %q: %w", shorten(text), err)
}

// shorten keeps errors readable when the title is not.
func shorten(text string) string {
	const most = 120
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
