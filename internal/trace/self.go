package trace

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// How a text can hold the script that writes it: see [Event.Self].
const (
	SelfText   = "text"   // a good part of its own text
	SelfHash   = "hash"   // the beginning of its SHA-256
	SelfImport = "import" // something that would load its page
)

// Self knows a script again in what it writes.
type Self struct {
	chunks []string // lines of the script without white space, long enough to tell
	size   int      // bytes of all chunks
	sum    string
	names  []string // ways to spell its page, lower case
}

// Shares and lengths that tell a copy from a likeness.
const (
	chunkLeast = 16
	chunksMost = 400
	textMost   = 1 << 20 // bytes of a text that are looked at
	shareLeast = 0.4     // of the script's own text
	sumLeast   = 12      // hex digits of a hash
)

// NewSelf reads a script. The title is the page it is kept on, as "User:Mara/x.js", or "" when it has none.
func NewSelf(title, source string) *Self {
	sum := sha256.Sum256([]byte(source))
	s := &Self{sum: hex.EncodeToString(sum[:])[:sumLeast], chunks: chunksOf(source)}
	for _, c := range s.chunks {
		s.size += len(c)
	}
	if title = strings.ToLower(title); strings.Contains(title, ":") {
		under := strings.ReplaceAll(title, " ", "_")
		for _, t := range []string{under, strings.ReplaceAll(title, "_", " "), url.QueryEscape(under), url.PathEscape(under), url.QueryEscape(title)} {
			if t = strings.ToLower(t); !slices.Contains(s.names, t) {
				s.names = append(s.names, t)
			}
		}
	}
	return s
}

// chunksOf are statements and lines from all over a script, each once; a short script is one chunk.
func chunksOf(source string) []string {
	var all []string
	seen := map[string]bool{}
	for line := range strings.FieldsFuncSeq(source, func(r rune) bool { return r == '\n' || r == '\r' || r == ';' }) {
		if c := tight(line); len(c) >= chunkLeast && !seen[c] {
			seen[c] = true
			all = append(all, c)
		}
	}
	if c := tight(source); len(all) == 0 && len(c) >= chunkLeast {
		return []string{c}
	}
	if len(all) <= chunksMost {
		return all
	}
	var some []string
	for i := range chunksMost {
		some = append(some, all[i*len(all)/chunksMost])
	}
	return some
}

// tight leaves white space and the escapes of quotes out, so that a text in a string is still the same text.
func tight(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '\\', 0xa0:
			return -1
		}
		return r
	}, strings.NewReplacer(`\n`, "", `\t`, "").Replace(s))
}

// Find says how a text holds the script, in alphabetical order. It should see the whole text, of which the log keeps only
// the beginning.
func (s *Self) Find(text string) []string {
	var marks []string
	text = clip(text, textMost)
	lower := strings.ToLower(text)
	if strings.Contains(lower, s.sum) {
		marks = append(marks, SelfHash)
	}
	if loads(lower) && slices.ContainsFunc(s.names, func(n string) bool { return strings.Contains(lower, n) }) {
		marks = append(marks, SelfImport)
	}
	if s.copied(tight(text)) {
		marks = append(marks, SelfText)
	}
	return marks
}

func (s *Self) copied(text string) bool {
	if s.size == 0 {
		return false
	}
	found := 0
	for _, c := range s.chunks {
		if strings.Contains(text, c) {
			found += len(c)
		}
	}
	return float64(found) >= shareLeast*float64(s.size)
}

// loads says whether a text, lower case, has a word that loads code.
func loads(text string) bool {
	return slices.ContainsFunc(loaders, func(w string) bool { return strings.Contains(text, w) })
}

var loaders = []string{"importscript", "importstylesheet", "importarticle", "mw.loader", "mediawiki.loader", "getscript", "<script", "createelement", "import(", "@import", "eval(", "ctype=", "iusc("}
