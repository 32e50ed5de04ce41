package decoy

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// Script is a script to be served at a page's address.
type Script struct {
	Title  string // "User:Mara/x.js"
	Text   string // as served: instrumented, perhaps
	Before string // put in front, on the first line
	After  string // put behind
	// Modules are loaded before the script is: what a gadget's definition would name.
	Modules []string
}

// Library holds scripts that others import. The zero value is empty.
type Library struct {
	byTitle map[string]string // lower case, spaces for underscores
	byURL   map[string]string // without scheme
	byName  map[string]string
}

// Add puts a script in: under a page's title, an address, or a file name.
func (l *Library) Add(name, text string) {
	if l.byTitle == nil {
		l.byTitle, l.byURL, l.byName = map[string]string{}, map[string]string{}, map[string]string{}
	}
	switch {
	case strings.Contains(name, "://"):
		_, rest, _ := strings.Cut(name, "://")
		l.byURL[rest] = text
	case strings.Contains(name, ":"):
		l.byTitle[plainTitle(name)] = text
	default:
		l.byName[strings.ToLower(name)] = text
	}
}

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
		for _, name := range []string{path, strings.ReplaceAll(path, "_", " ")} {
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
