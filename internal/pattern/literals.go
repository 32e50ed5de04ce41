package pattern

import (
	"regexp/syntax"
	"strconv"
)

func digits(i int) string { return strconv.Itoa(i) }

// literals are texts one of which must occur where a regular expression matches, nil when there are none worth asking for.
func literals(text string) []string {
	re, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil
	}
	words := literalsOf(re.Simplify())
	for _, w := range words {
		if len(w) < 3 {
			return nil
		}
	}
	return words
}

const maxLiterals = 16

func literalsOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return literalsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literalsOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if words := literalsOf(sub); shortest(words) > shortest(best) {
				best = words
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			words := literalsOf(sub)
			if words == nil || len(all)+len(words) > maxLiterals {
				return nil
			}
			all = append(all, words...)
		}
		return all
	}
	return nil
}

func shortest(words []string) int {
	n := 0
	for i, w := range words {
		if i == 0 || len(w) < n {
			n = len(w)
		}
	}
	return n
}

// wordRule is a rule that needs one of some words in the text.
type wordRule struct {
	rule  int
	words []string
}

// worded are the rules whose words the text may have. A text is first read for its groups of three letters, so that a
// thousand regular expressions cost a few look-ups each.
func (r *run) worded() []int {
	if len(r.set.words) == 0 {
		return nil
	}
	from, to := r.extent()
	var have trigrams
	for i := from; i+3 <= to; i++ {
		have.add(r.Text[i : i+3])
	}
	var out []int
	for _, w := range r.set.words {
		for _, word := range w.words {
			if have.mayHave(word) {
				out = append(out, w.rule)
				break
			}
		}
	}
	return out
}

// trigrams is a set of groups of three bytes, by a hash.
type trigrams [1 << 10]uint64

func spot(s string) (word, bit uint32) {
	h := (uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])) * 2654435761 >> 16
	return h >> 6, h & 63
}

func (t *trigrams) add(s string) {
	word, bit := spot(s)
	t[word] |= 1 << bit
}

func (t *trigrams) mayHave(text string) bool {
	for i := 0; i+3 <= len(text); i++ {
		if word, bit := spot(text[i : i+3]); t[word]&(1<<bit) == 0 {
			return false
		}
	}
	return true
}
