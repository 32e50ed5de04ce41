package scan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"sallyport/internal/finding"
	"sallyport/internal/link"
)

// Cache keeps what an analyser said about a text, so that a second scan costs reading and hashing. Entries are files named
// by a hash of the path, the text and the analyser's version; each begins with a sum of itself, and one that is damaged
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

// entry is what is kept of a script: its line in a document of package finding, and besides what a summary says of it, so
// that the line need not be read where lines are all that is wanted.
type entry struct {
	tally   tally
	lookups lookups
	line    []byte
}

// script reads the line; the text is not part of it. It is nil when the line cannot be read.
func (e *entry) script() *finding.Script {
	s := &finding.Script{}
	if json.Unmarshal(e.line, s) != nil {
		return nil
	}
	return s
}

// get returns an entry, or nil. What the script was read together with must be as it was.
func (c *Cache) get(key string, find link.Find) *entry {
	text, err := os.ReadFile(c.file(key))
	if err != nil {
		return nil
	}
	e := &entry{}
	if !e.read(text) || !e.lookups.hold(find) {
		return nil
	}
	return e
}

// check is the sum that an entry begins with. It tells damage; whoever can write here can write what they like anyway.
func check(body []byte) string {
	return fmt.Sprintf("%08x", crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// write spells an entry: the sum of the rest, the tally, the lookups, the line.
func (e *entry) write() ([]byte, error) {
	asked, err := json.Marshal(e.lookups)
	if err != nil {
		return nil, err
	}
	body := fmt.Appendf(nil, "%s\n%s\n%s", e.tally.spell(), asked, e.line)
	return append([]byte(check(body)+"\n"), body...), nil
}

func (e *entry) read(text []byte) bool {
	sum, body, _ := bytes.Cut(text, []byte("\n"))
	if string(sum) != check(body) {
		return false
	}
	head, rest, _ := bytes.Cut(body, []byte("\n"))
	asked, line, _ := bytes.Cut(rest, []byte("\n"))
	e.line = line
	return e.tally.read(string(head)) && (string(asked) == "null" || json.Unmarshal(asked, &e.lookups) == nil)
}

// put keeps a script. A cache that cannot be written makes the next scan slower and nothing else, so nobody is told.
func (c *Cache) put(key string, s *finding.Script, asked lookups) {
	line, err := s.MarshalJSON()
	if err != nil {
		return
	}
	text, err := (&entry{tallyOf(s), asked, line}).write()
	if err != nil {
		return
	}
	name := c.file(key)
	f, err := os.CreateTemp(filepath.Dir(name), "new-*")
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(filepath.Dir(name), 0o700) == nil {
		f, err = os.CreateTemp(filepath.Dir(name), "new-*")
	}
	if err != nil {
		return
	}
	_, err = f.Write(text)
	if f.Close() != nil || err != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}
