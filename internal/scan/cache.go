package scan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"sallyport/internal/finding"
	"sallyport/internal/link"
)

// Cache keeps what an analyser said about a text, so that a second scan costs reading and hashing. Entries are files named
// by a hash of the path, the text and the analyser's version; each begins with its own hash, and one that is damaged
// counts as absent. A nil Cache is none.
type Cache struct{ dir string }

// keepFor is how long the entries of an analyser that is not used are kept.
const keepFor = 30 * 24 * time.Hour

// generation is the shape of a folder of ours: nothing else is ever removed.
var generation = regexp.MustCompile(`^sallyport-scan-[0-9a-f]{16}$`)

// OpenCache opens the cache in a folder, which is made when it is missing, for one version of the analyser. Entries of
// versions that nobody opened for a month are removed.
func OpenCache(dir, version string, now time.Time) (*Cache, error) {
	c := &Cache{filepath.Join(dir, "sallyport-scan-"+hash(version)[:16])}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the cache: %w", err)
	}
	if err := os.Chtimes(c.dir, now, now); err != nil {
		return nil, fmt.Errorf("use the cache: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the cache: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.IsDir() && generation.MatchString(e.Name()) && now.Sub(info.ModTime()) > keepFor {
			_ = os.RemoveAll(filepath.Join(dir, e.Name())) // the next scan tries again
		}
	}
	return c, nil
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// key names an entry. The path is part of it because what a script may do depends on whose page it is.
func (c *Cache) key(path, digest string) string { return hash(path + "\x00" + digest) }

func (c *Cache) file(key string) string { return filepath.Join(c.dir, key[:2], key[2:]) }

// get returns a script without its text, or nil. What it was read together with must be as it was.
func (c *Cache) get(key string, find link.Find) *finding.Script {
	if c == nil {
		return nil
	}
	entry, err := os.ReadFile(c.file(key))
	if err != nil {
		return nil
	}
	sum, body, _ := bytes.Cut(entry, []byte("\n"))
	e := &kept{Script: &finding.Script{}}
	if string(sum) != hash(string(body)) || json.Unmarshal(body, e) != nil || !e.Lookups.hold(find) {
		return nil
	}
	return e.Script
}

// kept is an entry.
type kept struct {
	Script  *finding.Script
	Lookups lookups
}

// put keeps a script. A cache that cannot be written makes the next scan slower and nothing else, so nobody is told.
func (c *Cache) put(key string, s *finding.Script, asked lookups) {
	if c == nil {
		return
	}
	body, err := json.Marshal(kept{s, asked})
	if err != nil {
		return
	}
	name := c.file(key)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), "new-*")
	if err != nil {
		return
	}
	_, err = f.WriteString(hash(string(body)) + "\n" + string(body))
	if f.Close() != nil || err != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}
