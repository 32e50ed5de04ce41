package flow

import (
	"hash/maphash"
	"math/bits"
)

// numbers finds a number by two others. It does what a map does, in one block that the garbage collector need not look
// into and that serves one script after the other. 0 stands for nothing.
type numbers struct {
	slots []slot // length is a power of two, at least half of it free
	count int
}

type slot struct{ a, b, value uint32 }

// scatter is drawn by the process, so that no script can be written whose keys all meet in one place. It decides about
// speed alone.
var scatter = [2]uint64{draw(), draw() | 1}

func draw() uint64 { return maphash.Bytes(maphash.MakeSeed(), nil) }

// start empties the table and makes room for as many numbers as are expected.
func (t *numbers) start(expected int) {
	t.slots = zeros(t.slots, max(64, 1<<bits.Len(uint(2*expected))))
	t.count = 0
}

func (t *numbers) at(a, b uint32) *slot {
	hi, lo := bits.Mul64((uint64(a)<<32|uint64(b))^scatter[0], scatter[1])
	mask := uint64(len(t.slots) - 1)
	for i := (hi ^ lo) & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.value == 0 || s.a == a && s.b == b {
			return s
		}
	}
}

func (t *numbers) get(a, b uint32) uint32 { return t.at(a, b).value }

// put adds a number that is not there yet.
func (t *numbers) put(a, b, value uint32) {
	if t.count++; 2*t.count > len(t.slots) {
		old := t.slots
		t.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.value != 0 {
				*t.at(s.a, s.b) = s
			}
		}
	}
	*t.at(a, b) = slot{a, b, value}
}
