// Package libs hands out libraries from a folder of npm tarballs, so that "I need library X" has an answer on the wiki's own
// origin and no reader's address goes to a stranger.
//
//	jquery-3.7.1.tgz ──Open──► jquery 3.7.1: files with their sizes and integrity ──► /sallyport/libs/jquery@3.7.1/dist/jquery.min.js
//
// Operators put tarballs there (npm pack NAME); nothing is fetched. What a browser would show as a page of the wiki's, HTML
// above all, is not handed out.
package libs

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Bounds of one tarball. They are far above what libraries for pages need.
const (
	maxPacked   = 64 << 20
	maxUnpacked = 256 << 20
	maxFile     = 8 << 20
	maxFiles    = 20_000
)

// ErrNotFound is returned for a file that is not there, or not handed out.
var ErrNotFound = errors.New("no such file in the mirror")

// Library is one version of a package.
type Library struct {
	Name        string   `json:"name"` // may have a scope: "@wikimedia/codex"
	Version     string   `json:"version"`
	Description string   `json:"description,omitempty"`
	License     string   `json:"license,omitempty"`
	Keywords    []string `json:"keywords,omitempty"`
	Main        string   `json:"main,omitempty"` // the file for browsers, when the package names one
	Files       []File   `json:"files"`
	// Warning says why operators should think twice; empty for most.
	Warning string `json:"warning,omitempty"`

	tarball string
}

// File is one that can be asked for.
type File struct {
	Path      string `json:"path"`
	Bytes     int    `json:"bytes"`
	Integrity string `json:"integrity"` // for the attribute of that name (SRI): "sha384-…"
	Type      string `json:"type"`
}

// Mirror is a folder of tarballs.
type Mirror struct {
	folder fs.FS
	list   []Library
	bodies bodies
}

// types are the endings of what is handed out. A file of another kind would be a page of the wiki's origin.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".cjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".json": "application/json", ".map": "application/json", ".wasm": "application/wasm",
	".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
	".png": "image/png", ".gif": "image/gif", ".jpg": "image/jpeg", ".webp": "image/webp", ".svg": "image/svg+xml",
	".md": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8", "": "text/plain; charset=utf-8",
}

var (
	names    = regexp.MustCompile(`^(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*$`) // npm's rule for new names
	versions = regexp.MustCompile(`^\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][0-9A-Za-z.+-]{1,60})?$`)
)

// Open reads what every tarball of a folder holds. One that cannot be read is left out and said in the errors, which are not
// reasons to stop.
func Open(folder fs.FS) (*Mirror, []error) {
	m := &Mirror{folder: folder, bodies: newBodies()}
	tarballs, err := fs.Glob(folder, "*.tgz")
	if err != nil {
		return m, []error{err}
	}
	var errs []error
	for _, name := range tarballs {
		l, err := read(folder, name)
		if err == nil && slices.ContainsFunc(m.list, func(o Library) bool { return o.Name == l.Name && o.Version == l.Version }) {
			err = fmt.Errorf("%s %s is there already", l.Name, l.Version)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("library %s: %w", name, err))
			continue
		}
		m.list = append(m.list, l)
	}
	slices.SortFunc(m.list, func(a, b Library) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), -compareVersions(a.Version, b.Version))
	})
	return m, errs
}

// Search lists the libraries that have all the words in their name, description or keywords; newest first of each name.
func (m *Mirror) Search(words string) []Library {
	var list []Library
	for _, l := range m.list {
		text := strings.ToLower(l.Name + "\n" + l.Description + "\n" + strings.Join(l.Keywords, "\n"))
		if !slices.ContainsFunc(strings.Fields(strings.ToLower(words)), func(w string) bool { return !strings.Contains(text, w) }) {
			list = append(list, l)
		}
	}
	return list
}

// Read says what one tarball of a folder holds.
func Read(folder fs.FS, tarball string) (Library, error) { return read(folder, tarball) }

// Find returns a library.
func (m *Mirror) Find(name, version string) (Library, bool) {
	i := slices.IndexFunc(m.list, func(l Library) bool { return l.Name == name && l.Version == version })
	if i < 0 {
		return Library{}, false
	}
	return m.list[i], true
}

// Body returns a file's bytes, which are those whose integrity was said.
func (m *Mirror) Body(name, version, file string) ([]byte, File, error) {
	l, ok := m.Find(name, version)
	i := slices.IndexFunc(l.Files, func(f File) bool { return f.Path == file })
	if !ok || i < 0 {
		return nil, File{}, ErrNotFound
	}
	f := l.Files[i]
	body, err := m.bodies.get(f.Integrity, func() ([]byte, error) { return m.unpack(l, f) })
	return body, f, err
}

func (m *Mirror) unpack(l Library, f File) ([]byte, error) {
	var found []byte
	err := each(m.folder, l.tarball, func(name string, body []byte) error {
		if name == f.Path && found == nil {
			found = body
		}
		return nil
	})
	if err == nil && (found == nil || integrity(found) != f.Integrity) {
		err = fmt.Errorf("library %s: it has changed since it was read; start again", l.tarball)
	}
	return found, err
}

// read makes a library of a tarball.
func read(folder fs.FS, tarball string) (Library, error) {
	l := Library{tarball: tarball}
	var about []byte
	err := each(folder, tarball, func(name string, body []byte) error {
		if name == "package.json" && about == nil {
			about = body
		}
		kind, ok := types[strings.ToLower(path.Ext(name))]
		if ok && !slices.ContainsFunc(l.Files, func(f File) bool { return f.Path == name }) {
			l.Files = append(l.Files, File{Path: name, Bytes: len(body), Integrity: integrity(body), Type: kind})
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	if err := l.describe(about); err != nil {
		return l, err
	}
	slices.SortFunc(l.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return l, nil
}

// describe reads package.json as npm documents it. What it says of itself is shown to
// people and decides nothing.
func (l *Library) describe(text []byte) error {
	var p struct {
		Name, Version, Description, Main, Browser, Unpkg, Jsdelivr string
		License                                                    any
		Keywords                                                   any
	}
	// Fields that should be texts may be anything; encoding/json goes on after such an error.
	var wrong *json.UnmarshalTypeError
	if err := json.Unmarshal(text, &p); err != nil && !errors.As(err, &wrong) {
		return fmt.Errorf("read package.json: %w", err)
	}
	if !names.MatchString(p.Name) || len(p.Name) > 214 || !versions.MatchString(p.Version) {
		return fmt.Errorf("package.json names it %.50q, version %.50q", p.Name, p.Version)
	}
	l.Name, l.Version, l.Description = p.Name, p.Version, brief(p.Description)
	if s, ok := p.License.(string); ok {
		l.License = brief(s)
	}
	if list, ok := p.Keywords.([]any); ok {
		for _, k := range list[:min(len(list), 30)] {
			if s, ok := k.(string); ok {
				l.Keywords = append(l.Keywords, brief(s))
			}
		}
	}
	for _, main := range []string{p.Jsdelivr, p.Unpkg, p.Browser, p.Main} {
		main = strings.TrimPrefix(path.Clean("/"+main), "/")
		if slices.ContainsFunc(l.Files, func(f File) bool { return f.Path == main }) {
			l.Main = main
			break
		}
	}
	if l.Name == "angular" {
		l.Warning = "AngularJS runs what stands in a page's HTML. A policy that allows this file allows any script."
	}
	return nil
}

func brief(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return s
}

// each calls do with every regular file of a tarball, by its path inside the package.
func each(folder fs.FS, tarball string, do func(name string, body []byte) error) (err error) {
	f, err := folder.Open(tarball)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	unpacked, err := gzip.NewReader(io.LimitReader(f, maxPacked))
	if err != nil {
		return err
	}
	left := &io.LimitedReader{R: unpacked, N: maxUnpacked}
	archive := tar.NewReader(left)
	for n := 0; ; n++ {
		h, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && left.N == 0, n > maxFiles:
			return fmt.Errorf("it unfolds to more than %d MiB or %d files", maxUnpacked>>20, maxFiles)
		case err != nil:
			return err
		case h.Typeflag != tar.TypeReg || h.Size > maxFile:
			continue // links lead nowhere here
		}
		// npm puts everything below one folder, usually "package".
		top, name, _ := strings.Cut(strings.TrimPrefix(h.Name, "./"), "/")
		if top == "" || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00?#%") {
			continue
		}
		var body bytes.Buffer
		if _, err := io.Copy(&body, archive); err != nil { //nolint:gosec // it reads from left, which ends
			return fmt.Errorf("read %q: %w", name, err)
		}
		if err := do(name, body.Bytes()); err != nil {
			return err
		}
	}
}

func integrity(body []byte) string {
	sum := sha512.Sum384(body)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

// compareVersions orders by semver's numbers; a version with a suffix comes before the one without.
func compareVersions(a, b string) int {
	number := func(v string) []string {
		return strings.SplitN(strings.FieldsFunc(v, func(r rune) bool { return r == '-' || r == '+' })[0], ".", 3)
	}
	x, y := number(a), number(b)
	for i := range min(len(x), len(y)) {
		if c := cmp.Or(cmp.Compare(len(x[i]), len(y[i])), cmp.Compare(x[i], y[i])); c != 0 {
			return c
		}
	}
	switch {
	case strings.Contains(a, "-") && !strings.Contains(b, "-"):
		return -1
	case !strings.Contains(a, "-") && strings.Contains(b, "-"):
		return 1
	}
	return cmp.Compare(a, b)
}
