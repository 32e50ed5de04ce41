// Package author is for people who write gadgets: a working copy in a folder, begun, made from a script, and checked as the wiki
// would check it, before anything is saved.
//
// A working copy is somebody's user space: clock.gadget in it is User:NAME/clock.gadget, and the page "/clock.js" that it names is
// clock.js beside it. Pages of other people stay on the wiki.
package author

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sallyport/internal/gadget"
)

// Scaffolds are gadgets to begin with; NAME in names and texts is replaced.
//
//go:embed scaffold
var scaffolds embed.FS

// Kinds of gadgets to begin with.
var Kinds = []string{"plain", "package", "vue", "styles"}

// maxName bounds a gadget's name, in bytes: it stands in titles, which have 255.
const maxName = 80

// ErrName is returned for a name that a page, a file or an id cannot have.
var ErrName = errors.New("a name is made of letters, digits and hyphens, and begins with a letter")

// New is a gadget to begin with: its files by path. The error is [ErrName], or says that there is no such kind.
func New(kind, name string) (map[string]string, error) {
	if !good(name) {
		return nil, fmt.Errorf("%q: %w", name, ErrName)
	}
	folder := path.Join("scaffold", kind)
	files := map[string]string{}
	err := fs.WalkDir(scaffolds, folder, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(scaffolds, at)
		files[strings.ReplaceAll(strings.TrimPrefix(at, folder+"/"), "NAME", name)] = strings.ReplaceAll(string(text), "NAME", name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("no gadget to begin with is %q; there are %s", kind, strings.Join(Kinds, ", "))
	}
	return files, nil
}

func good(name string) bool {
	if name == "" || len(name) > maxName {
		return false
	}
	for i, c := range name {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}

// definitions are the definition pages at the top of a folder, by path.
func definitions(files fs.FS) ([]string, error) { return fs.Glob(files, "*"+gadget.DefaultSuffix) }
