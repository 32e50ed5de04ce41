package mediawikitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// instance copies the installation into a folder of its own:
//
//	data/      databases
//	cache/     compiled messages: links to the installation's, and what this instance compiles
//	server.txt public address
//	extra.php  further settings
//	php.log    what PHP has to say
func instance(base string, o Options) (string, error) {
	dir, err := os.MkdirTemp("", "sallyport-wiki-")
	if err != nil {
		return "", err
	}
	if err := fill(dir, base, o); err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("copy the installation: %w", err)
	}
	return dir, nil
}

func fill(dir, base string, o Options) error {
	for _, d := range []string{"data", "cache", "images"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			return err
		}
	}
	err := each(base+"/data/*.sqlite", func(from, name string) error {
		if name == "wiki.sqlite" { // MediaWiki wants the main one named like the wiki
			name = o.WikiID + ".sqlite"
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "data", name), data, 0o600)
	})
	if err != nil {
		return err
	}
	// Linked, so that PHP's cache of compiled files serves all instances.
	err = each(base+"/cache/*.php", func(from, name string) error {
		return os.Symlink(from, filepath.Join(dir, "cache", name))
	})
	if err != nil || strings.TrimSpace(o.Settings) == "" {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "extra.php"), []byte("<?php\n"+o.Settings+"\n"), 0o600)
}

func each(pattern string, do func(path, name string) error) error {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := do(path, filepath.Base(path)); err != nil {
			return err
		}
	}
	return nil
}
