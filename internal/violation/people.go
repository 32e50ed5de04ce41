package violation

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Sizes of [People]. 2^12 registers give a standard error of 1.6 %.
const (
	mostExact = 1024
	precision = 12
	registers = 1 << precision
)

// ErrBadPeople is returned for bytes that are no encoded [People].
var ErrBadPeople = errors.New("not an encoded set of people")

// People counts distinct numbers: exactly up to 1,024 of them, then by a HyperLogLog of 4 KiB (Flajolet et al., 2007). The
// numbers must be evenly spread over 64 bits, as keyed hashes are. The zero value is empty.
type People struct {
	exact    []uint64 // ascending; nil when there are registers
	register []uint8
}

// Add counts somebody.
func (p *People) Add(who uint64) {
	if p.register != nil {
		p.raise(who)
		return
	}
	at, found := slices.BinarySearch(p.exact, who)
	if found {
		return
	}
	p.exact = slices.Insert(p.exact, at, who)
	if len(p.exact) > mostExact {
		p.spread()
	}
}

// spread gives up telling people apart.
func (p *People) spread() {
	p.register = make([]uint8, registers)
	for _, who := range p.exact {
		p.raise(who)
	}
	p.exact = nil
}

func (p *People) raise(who uint64) {
	rank := uint8(bits.LeadingZeros64(who<<precision|1<<(precision-1)) + 1)
	if r := &p.register[who>>(64-precision)]; rank > *r {
		*r = rank
	}
}

// Merge counts everybody another set counts, those in both once.
func (p *People) Merge(o *People) {
	if o.register == nil {
		for _, who := range o.exact {
			p.Add(who)
		}
		return
	}
	if p.register == nil {
		p.spread()
	}
	for i, r := range o.register {
		p.register[i] = max(p.register[i], r)
	}
}

// Clone returns a copy that shares nothing.
func (p *People) Clone() People {
	return People{slices.Clone(p.exact), slices.Clone(p.register)}
}

// Exact returns the numbers themselves, ascending. ok is false when there were too many to keep.
func (p *People) Exact() (numbers []uint64, ok bool) { return p.exact, p.register == nil }

// Count is how many there are.
func (p *People) Count() int {
	if p.register == nil {
		return len(p.exact)
	}
	const m = float64(registers)
	sum, empty := 0.0, 0
	for _, r := range p.register {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if estimate < 2.5*m && empty > 0 { // linear counting for small sets
		estimate = m * math.Log(m/float64(empty))
	}
	return int(math.Round(estimate))
}

// AppendBinary writes the set: 'e' and the numbers, eight bytes each, or 'h' and the registers.
func (p *People) AppendBinary(b []byte) ([]byte, error) {
	if p.register != nil {
		return append(append(b, 'h'), p.register...), nil
	}
	b = append(b, 'e')
	for _, who := range p.exact {
		b = binary.BigEndian.AppendUint64(b, who)
	}
	return b, nil
}

// UnmarshalBinary reads what AppendBinary wrote.
func (p *People) UnmarshalBinary(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == 'e' && len(b)%8 == 1 && len(b) <= 1+8*mostExact:
		*p = People{}
		for b = b[1:]; len(b) > 0; b = b[8:] {
			p.Add(binary.BigEndian.Uint64(b))
		}
		return nil
	case len(b) == 1+registers && b[0] == 'h':
		*p = People{register: slices.Clone(b[1:])}
		return nil
	}
	return fmt.Errorf("read %d bytes: %w", len(b), ErrBadPeople)
}
