package sqlstore

import (
	"slices"
	"strconv"
	"strings"
)

// batchSize is how many keys one statement names at most. Both SQLite's parser and its driver look for each numbered
// placeholder among all others, so a key costs the more the more there are; past a hundred that outweighs the statement.
const batchSize = 64

// inBatches calls do for every part of keys. Each part is filled up to a power of two by repeating its last key, so that
// the database sees seven different statements and not sixty-four.
func inBatches[K any](keys []K, do func(part []K) error) error {
	for part := range slices.Chunk(keys, batchSize) {
		size := 1
		for size < len(part) {
			size *= 2
		}
		last := part[len(part)-1]
		for len(part) < size {
			part = append(part, last) // a copy: slices.Chunk leaves its parts no room to grow into the next
		}
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}

// marks returns n numbered placeholders, "$2, $3" for first 2 and n 2.
func marks(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
	}
	return b.String()
}

// arguments puts fixed arguments before the keys of a part.
func arguments[K any](part []K, fixed ...any) []any {
	for _, key := range part {
		fixed = append(fixed, key)
	}
	return fixed
}
