package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// suffixes of the files that are read in a folder. A file that is named itself is read whatever it is called.
var suffixes = []string{".js", ".mjs", ".cjs", ".ts", ".css", ".json", ".vue"}

// Files is a source of files and folders, sorted by path. Folders are read with everything in them but what begins with a
// dot. Links in a folder are followed to files in that same folder only; tell says which ones are not.
func Files(paths []string, tell func(string)) Source {
	found, folders := map[string]Input{}, map[string]*folder{}
	for _, path := range paths {
		path = filepath.Clean(path)
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			walk(path, tell, found)
			continue
		}
		dir := filepath.Dir(path)
		if folders[dir] == nil {
			folders[dir] = newFolder(dir)
		}
		in := Input{
			Path: filepath.ToSlash(path), Find: folders[dir].find,
			Open: func(context.Context) (io.ReadCloser, error) { return os.Open(path) },
		}
		if err == nil {
			in.Size = info.Size()
		}
		found[in.Path] = in
	}
	names := slices.Sorted(maps.Keys(found))
	return Source{Known: len(names), Each: func(_ context.Context, yield func(Input) error) error {
		for _, name := range names {
			if err := yield(found[name]); err != nil {
				return err
			}
		}
		return nil
	}}
}

// walk gathers the scripts of a folder.
func walk(root string, tell func(string), found map[string]Input) {
	root = strings.TrimSuffix(root, "/") + "/" // the folder, even when a link to it was named
	in := newFolder(root)
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error { // walkers below return no errors
		if path != root && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err != nil {
			found[filepath.ToSlash(path)] = missing(filepath.ToSlash(path), err)
			return nil
		}
		kind := d.Type()
		code := slices.Contains(suffixes, strings.ToLower(filepath.Ext(path)))
		switch {
		case kind&fs.ModeSymlink != 0:
			follow(in, path, code, tell, found)
		case code && kind.IsRegular():
			add(found, in, path, sizeOf(d))
		case code && !kind.IsDir():
			tell(path + ": not a file; not read")
		}
		return nil
	})
}

func add(found map[string]Input, in *folder, path string, size int64) {
	name := filepath.ToSlash(path)
	found[name] = Input{Path: name, Size: size, Open: in.open(path), Find: in.find}
}

func sizeOf(d fs.DirEntry) int64 {
	info, err := d.Info()
	if err != nil {
		return 0 // opening it will say why
	}
	return info.Size()
}

// follow deals with a link. One that leads nowhere, in a circle or out of the folder does not open, which is said of
// those that look like a script.
func follow(in *folder, path string, code bool, tell func(string), found map[string]Input) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		tell(path + ": a link to a folder; not followed")
	case !code:
	case err == nil && !info.Mode().IsRegular():
		tell(path + ": not a file; not read")
	case err == nil:
		add(found, in, path, info.Size())
	default:
		found[filepath.ToSlash(path)] = missing(filepath.ToSlash(path), err)
	}
}

// folder is a folder whose files are read. It is opened once, by whoever needs it first.
type folder struct {
	name string
	root func() (*os.Root, error)
}

func newFolder(name string) *folder {
	return &folder{name, sync.OnceValues(func() (*os.Root, error) { return os.OpenRoot(name) })}
}

// open opens a file of a folder and refuses to leave the folder on the way.
func (in *folder) open(path string) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) {
		name, err := filepath.Rel(in.name, path)
		if err != nil {
			return nil, err
		}
		root, err := in.root()
		if err != nil {
			return nil, err
		}
		f, err := root.Open(name)
		if err != nil {
			var outside *fs.PathError
			if target, linkErr := os.Readlink(path); linkErr == nil && errors.As(err, &outside) {
				return nil, fmt.Errorf("a link to %s, out of the folder: %w", target, outside.Err)
			}
			return nil, err
		}
		return f, nil
	}
}
