package decoy

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"strings"

	"sallyport/internal/gadget"
)

// Script is a script to be served at a page's address.
type Script struct {
	Title  string // "User:Mara/x.js"
	Text   string // as served: instrumented, perhaps
	Before string // put in front, on the first line
	After  string // put behind
}

// File is a script that is at hand.
type File struct{ Name, Text string }

// Library holds scripts that others import. The zero value is empty.
type Library struct {
	files   []File
	gadgets []gadget.Entry
	byTitle map[string]string // lower case, spaces for underscores
	byURL   map[string]string // without scheme
	byName  map[string]string
}

// Add puts a script in: under a page's title, an address, or a file's name, of which the last part will do.
func (l *Library) Add(name, text string) {
	if l.byTitle == nil {
		l.byTitle, l.byURL, l.byName = map[string]string{}, map[string]string{}, map[string]string{}
	}
	l.files = append(l.files, File{name, text})
	switch {
	case strings.Contains(name, "://"):
		_, rest, _ := strings.Cut(name, "://")
		l.byURL[rest] = text
	case strings.Contains(name, ":"):
		l.byTitle[plainTitle(name)] = text
	default:
		name = strings.ToLower(name)
		l.byName[name] = text
		if base := path.Base(name); l.byName[base] == "" {
			l.byName[base] = text
		}
	}
}

// Define puts the gadgets of a page MediaWiki:Gadgets-definition in: which pages they consist of, and what they count on.
func (l *Library) Define(page string) {
	entries, _ := gadget.ParseWikitext(page) // what has mistakes is left out
	l.gadgets = append(l.gadgets, entries...)
}

// Gadgets are those that were defined.
func (l *Library) Gadgets() []gadget.Entry { return l.gadgets }

// Files are all scripts, as they were added.
func (l *Library) Files() []File { return l.files }

// Page finds a script by its title; the end of a path may stand for it: "Mara/x.js", or "x.js".
func (l *Library) Page(title string) (string, bool) {
	if text, ok := l.byTitle[plainTitle(title)]; ok {
		return text, true
	}
	_, rest, _ := strings.Cut(title, ":")
	return l.file(rest)
}

// URL finds a script by its address, or the end of its path.
func (l *Library) URL(u *url.URL) (string, bool) {
	if text, ok := l.byURL[u.Host+u.RequestURI()]; ok {
		return text, true
	}
	if text, ok := l.byURL[u.Host+u.Path]; ok {
		return text, true
	}
	return l.file(u.Host + u.Path)
}

// file finds the longest end of a path that is a file's name.
func (l *Library) file(path string) (string, bool) {
	path = strings.ToLower(strings.ReplaceAll(path, " ", "_"))
	for path != "" {
		plain := strings.TrimPrefix(path, "gadget-") // repositories leave out what only the page's title needs
		for _, name := range []string{path, strings.ReplaceAll(path, "_", " "), plain, strings.ReplaceAll(plain, "_", " ")} {
			if text, ok := l.byName[name]; ok {
				return text, true
			}
		}
		_, rest, ok := strings.Cut(path, "/")
		if !ok {
			return "", false
		}
		path = rest
	}
	return "", false
}

func plainTitle(t string) string { return strings.ToLower(strings.ReplaceAll(t, "_", " ")) }

// hash is the SHA-256 of a text in hex.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
