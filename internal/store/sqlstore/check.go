package sqlstore

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"sallyport/internal/store"
)

// MaxText is the length of the longest text the store keeps, in bytes; MediaWiki's own limit ($wgMaxArticleSize) is 2 MiB
// unless a wiki changes it.
const MaxText = 16 << 20

// MaxName is the length of the longest name, in bytes. MediaWiki's titles and user names end at 255 bytes after the
// namespace; PostgreSQL indexes no row above 2,700.
const MaxName = 1024

// maxPosition is the length of the longest cursor, in bytes. A position in recent changes lists what was seen around it.
const maxPosition = 1 << 20

// checkName says why a name cannot be kept; "" can. PostgreSQL keeps neither NUL nor invalid UTF-8 in TEXT, MediaWiki
// allows neither in a name, and SQLite must not be the odd one out.
func checkName(what, name string) error { return checkWords(what, name, MaxName) }

// checkWords is checkName for text of another length.
func checkWords(what, name string, most int) error {
	switch {
	case len(name) > most:
		return fmt.Errorf("%w: %s has %d bytes, at most %d are kept", store.ErrRefused, what, len(name), most)
	case strings.ContainsRune(name, 0):
		return fmt.Errorf("%w: %s %.200q has a NUL byte", store.ErrRefused, what, name)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: %s %.200q is not valid UTF-8", store.ErrRefused, what, name)
	}
	return nil
}

// checkKey is checkName for what must not be empty.
func checkKey(what, name string) error {
	if name == "" {
		return fmt.Errorf("%w: %s is empty", store.ErrRefused, what)
	}
	return checkName(what, name)
}

// checkID refuses the ids MediaWiki gives to nothing and nobody.
func checkID(what string, id int64) error {
	if id <= 0 {
		return fmt.Errorf("%w: %s is %d, not a positive number", store.ErrRefused, what, id)
	}
	return nil
}

func checkText(what, text string) error {
	if len(text) > MaxText {
		return fmt.Errorf("%w: %s has %d bytes, at most %d are kept", store.ErrRefused, what, len(text), MaxText)
	}
	return nil
}

func checkNames(what string, names []string) error {
	for _, name := range names {
		if err := checkName(what, name); err != nil {
			return err
		}
	}
	return nil
}

// kept says whether rows under these names can be there at all. Reads ask it instead of the database, which would call
// the question itself an error.
func kept(names ...string) bool {
	for _, name := range names {
		if checkName("", name) != nil {
			return false
		}
	}
	return true
}

// toJSON is for lists that no statement looks into.
func toJSON(what string, list any) (string, error) {
	b, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", what, err)
	}
	return string(b), checkText(what, string(b))
}

func fromJSON(what, text string, list any) error {
	if err := json.Unmarshal([]byte(text), list); err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// moment is the time kept as microseconds.
func moment(micros int64) time.Time {
	return time.UnixMicro(micros).UTC()
}
