package trace

// matcher finds many words in a text at once, in one pass: four bytes decide whether to look closer. Capitals of ASCII
// count as small letters.
type matcher struct {
	words map[uint32][]word
	bits  [1 << 10]uint64 // of hashes of the first four bytes of words
}

type word struct {
	text string // lower case
	name int
}

// add makes the matcher look for a word of at least four bytes.
func (m *matcher) add(text string, name int) {
	if len(text) < 4 {
		return
	}
	var key uint32
	for i := range 4 {
		key = key<<8 | uint32(small(text[i]))
	}
	if m.words == nil {
		m.words = map[uint32][]word{}
	}
	m.words[key] = append(m.words[key], word{text, name})
	h := hashed(key)
	m.bits[h>>6] |= 1 << (h & 63)
}

// find calls found for words in a text; one that stands there several times is found several times.
func (m *matcher) find(text string, found func(name int)) {
	var key uint32
	for i := range len(text) {
		key = key<<8 | uint32(small(text[i]))
		h := hashed(key)
		if i < 3 || m.bits[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, w := range m.words[key] {
			if begins(text[i-3:], w.text) {
				found(w.name)
			}
		}
	}
}

func hashed(key uint32) uint32 { return key * 2654435761 >> 16 }

func small(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// begins says whether a text begins with a word of small letters.
func begins(text, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		if small(text[i]) != small(word[i]) {
			return false
		}
	}
	return true
}
