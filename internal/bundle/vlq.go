package bundle

import (
	"errors"
	"strings"
)

// A segment says where one stretch of generated code comes from. Lines and columns are 0-based, columns count UTF-16
// code units. (Source Map Revision 3; ECMA-426.)
type segment struct {
	line, col       int // generated
	source          int // index of the file; negative when the code comes from nowhere
	srcLine, srcCol int
	name            int // index of the original name; negative for none
}

const vlqDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

var errMappings = errors.New("malformed source map")

func appendVLQ(b []byte, n int) []byte {
	u := uint(n) << 1
	if n < 0 {
		u = uint(-n)<<1 | 1
	}
	for {
		d := u & 31
		u >>= 5
		if u > 0 {
			d |= 32
		}
		b = append(b, vlqDigits[d])
		if u == 0 {
			return b
		}
	}
}

// encodeMappings writes segments, which must be in generated order.
func encodeMappings(segs []segment) string {
	var b []byte
	var prev segment
	line := 0
	for i, s := range segs {
		if s.line > line {
			for ; line < s.line; line++ {
				b = append(b, ';')
			}
			prev.col = 0
		} else if i > 0 {
			b = append(b, ',')
		}
		b = appendVLQ(b, s.col-prev.col)
		prev.col = s.col
		if s.source < 0 {
			continue
		}
		b = appendVLQ(b, s.source-prev.source)
		b = appendVLQ(b, s.srcLine-prev.srcLine)
		b = appendVLQ(b, s.srcCol-prev.srcCol)
		prev.source, prev.srcLine, prev.srcCol = s.source, s.srcLine, s.srcCol
		if s.name >= 0 {
			b = appendVLQ(b, s.name-prev.name)
			prev.name = s.name
		}
	}
	return string(b)
}

// decodeMappings reads the "mappings" of a source map.
func decodeMappings(s string) ([]segment, error) {
	var segs []segment
	var at segment
	for line, text := range strings.Split(s, ";") {
		at.line, at.col = line, 0
		for _, group := range strings.Split(text, ",") {
			if group == "" {
				continue
			}
			fields, err := decodeVLQ(group)
			if err != nil {
				return nil, err
			}
			segs = append(segs, at.step(fields))
		}
	}
	return segs, nil
}

// step moves the running position by the fields of one group and returns the segment there.
func (s *segment) step(f []int) segment {
	s.col += f[0]
	seg := segment{line: s.line, col: s.col, source: -1, name: -1}
	if len(f) >= 4 {
		s.source += f[1]
		s.srcLine += f[2]
		s.srcCol += f[3]
		seg.source, seg.srcLine, seg.srcCol = s.source, s.srcLine, s.srcCol
	}
	if len(f) == 5 {
		s.name += f[4]
		seg.name = s.name
	}
	return seg
}

func decodeVLQ(s string) ([]int, error) {
	var fields []int
	n, shift := 0, 0
	for i := 0; i < len(s); i++ {
		d := strings.IndexByte(vlqDigits, s[i])
		if d < 0 || shift > 30 {
			return nil, errMappings
		}
		n |= d & 31 << shift
		shift += 5
		if d&32 != 0 {
			continue
		}
		if n&1 != 0 {
			n = -n
		}
		fields = append(fields, n/2)
		n, shift = 0, 0
	}
	if shift != 0 || len(fields) != 1 && len(fields) != 4 && len(fields) != 5 {
		return nil, errMappings
	}
	return fields, nil
}
