package policy

import "sync/atomic"

// sizeStep is how exactly sizes are known, in bytes.
const sizeStep = 128

// sizes counts headers by size.
type sizes [Most/sizeStep + 1]atomic.Int64

func (s *sizes) add(bytes int) { s[min(bytes/sizeStep, len(s)-1)].Add(1) }

// below is a size that a share of the headers do not exceed, in bytes; 0 when there were none.
func (s *sizes) below(share float64) int {
	var all, seen int64
	for i := range s {
		all += s[i].Load()
	}
	for i := range s {
		if seen += s[i].Load(); all > 0 && float64(seen) >= share*float64(all) {
			return (i + 1) * sizeStep
		}
	}
	return 0
}
