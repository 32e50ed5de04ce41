package trace

// Bits packs the numbers of functions that ran: bit i%8 of byte i/8 is function i, and 0 is the script itself. Numbers
// that no log can hold are left out.
func Bits(ran []int) []byte {
	var bits []byte
	for _, i := range ran {
		if i < 0 || i/8 >= maxRan {
			continue
		}
		for len(bits) <= i/8 {
			bits = append(bits, 0)
		}
		bits[i/8] |= 1 << (i % 8)
	}
	return bits
}

// coverage is how many functions of the script ran in any of its runs, of how many. What only ran because a condition
// was forced counts: it was looked at.
func (l *Log) coverage() (ran, total int) {
	var union []byte
	most := 0
	for _, r := range l.Runs {
		if r.Setup.Base {
			continue
		}
		for _, e := range r.Events {
			if e.Kind != End {
				continue
			}
			total, most = max(total, e.Data.Total), max(most, e.Data.Count)
			for i, b := range e.Data.Ran {
				if i == len(union) {
					union = append(union, 0)
				}
				union[i] |= b
			}
		}
	}
	for i := range min(total, 8*len(union)) {
		if union[i/8]&(1<<(i%8)) != 0 {
			ran++
		}
	}
	return min(max(ran, most), total), total
}
