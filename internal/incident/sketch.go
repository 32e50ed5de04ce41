package incident

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// shingle is how many tokens make a fingerprint, and window how many neighbours it must be the smallest of: any run of
	// shingle + window - 1 tokens that two texts share gives both a common fingerprint (Schleimer, Wilkerson and Aiken,
	// "Winnowing", SIGMOD 2003).
	shingle = 5
	window  = 4
	// maxPrints is how many fingerprints are kept of a text: the smallest, which are a sample of all (Broder's bottom-k).
	maxPrints = 1024
)

// Sketch is what is remembered of a text: enough to know it again after it was mutated, and to see which pages it names.
// The zero Sketch is that of nothing.
type Sketch struct {
	ID     [16]byte // equal for texts that differ in spaces, comments and names of variables alone
	prints []uint64 // ascending; all of them, or the smallest maxPrints
	cut    bool     // there are more
	names  []string // folded; of pages, and of what else has a colon
}

// Read sketches a text.
func Read(text string) Sketch {
	all := tokens(text)
	return sketch(shapes(all), winnowed(shapes(all)), names(all))
}

// Added sketches what is new in a text: what came in, whatever it came into.
func Added(before, after string) Sketch {
	old, all := tokens(before), tokens(after)
	prints, mentioned := winnowed(shapes(all)), names(all)
	for p := range winnowed(shapes(old)) {
		delete(prints, p)
	}
	for n := range names(old) {
		delete(mentioned, n)
	}
	return sketch(shapes(all), prints, mentioned)
}

func sketch(shape []uint64, prints map[uint64]bool, mentioned map[string]bool) Sketch {
	h := sha256.New()
	var b [8]byte
	for _, s := range shape {
		binary.LittleEndian.PutUint64(b[:], s)
		_, _ = h.Write(b[:]) // never fails
	}
	s := Sketch{prints: slices.Sorted(maps.Keys(prints)), names: slices.Sorted(maps.Keys(mentioned))}
	copy(s.ID[:], h.Sum(nil))
	if len(s.prints) > maxPrints {
		s.prints, s.cut = slices.Clone(s.prints[:maxPrints]), true
	}
	return s
}

// winnowed picks fingerprints: of each window of neighbours the smallest.
func winnowed(shape []uint64) map[uint64]bool {
	prints := map[uint64]bool{}
	if len(shape) < shingle {
		return prints
	}
	hashes := make([]uint64, len(shape)-shingle+1)
	for i := range hashes {
		for _, s := range shape[i : i+shingle] {
			hashes[i] = mix(hashes[i] ^ s)
		}
	}
	for i := 0; i < max(1, len(hashes)-window+1); i++ {
		prints[slices.Min(hashes[i:min(i+window, len(hashes))])] = true
	}
	return prints
}

// mix is the finaliser of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Overlap says how much of the smaller of two texts is in the other, from 0 to 1, and how many fingerprints that are. Of
// long texts it is an estimate.
func (s Sketch) Overlap(t Sketch) (share float64, shared int) {
	top := min(s.top(), t.top())
	a, b := s.below(top), t.below(top)
	both := common(a, b)
	if both == 0 {
		return 0, 0
	}
	scale := max(float64(len(s.prints))/float64(len(a)), float64(len(t.prints))/float64(len(b)))
	if both < 4 { // too few to say anything of a sample
		scale = 1
	}
	return float64(both) / float64(min(len(a), len(b))), int(math.Round(float64(both) * scale))
}

func (s Sketch) top() uint64 {
	if s.cut {
		return s.prints[len(s.prints)-1]
	}
	return math.MaxUint64
}

func (s Sketch) below(top uint64) []uint64 {
	n, found := slices.BinarySearch(s.prints, top)
	if found {
		n++
	}
	return s.prints[:n]
}

func common(a, b []uint64) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}

// Names says whether a text names a page, as every loader must. title is a page's full title.
func (s Sketch) Names(title string) bool {
	title = fold(title)
	return title != "" && slices.ContainsFunc(s.names, func(n string) bool {
		at := strings.Index(n, title)
		if at < 0 {
			return false
		}
		after, _ := utf8.DecodeRuneInString(n[at+len(title):])
		return !isWord(after) || after == utf8.RuneError
	})
}

// codePage is a page of code as it stands in a string, folded.
var codePage = regexp.MustCompile(`\p{L}+(?: talk)?:[^:?&=#|<>"\[\]{}]+\.(?:js|css)`)

// pages are the pages of code that a text names.
func (s Sketch) pages() []string {
	var found []string
	for _, n := range s.names {
		found = append(found, codePage.FindAllString(n, -1)...)
	}
	return found
}

// NamesSame says whether two texts name the same page of code: a loader that one passed on to the other.
func (s Sketch) NamesSame(t Sketch) bool {
	if len(s.names) == 0 || len(t.names) == 0 {
		return false
	}
	theirs := t.pages()
	return slices.ContainsFunc(s.pages(), func(p string) bool { return slices.Contains(theirs, p) })
}

// Empty says whether nothing is known of a text.
func (s Sketch) Empty() bool { return len(s.prints) == 0 && len(s.names) == 0 }
