package gate

import (
	"strconv"
	"strings"

	"sallyport/internal/js"
)

// remainder reads id % 97 === 0, !( n % 7 ), day % 2: who wants to be seen seldom asks that a number divides.
func (s *Script) remainder(n js.Node) {
	by, ok := s.number(s.Right(n), 0)
	v := s.about(s.Left(n))
	if !ok || by < 2 || by > 1e6 || by != float64(int(by)) || v.Asks == Other || !numbered[v.Asks] {
		return
	}
	left := "0"
	if up := s.up[n]; s.Kind(up) == js.Binary {
		other := s.Right(up)
		if other == n {
			other = s.Left(up)
		}
		f, ok := s.number(other, 0)
		switch s.Op(up) {
		case js.OpEq, js.OpStrictEq, js.OpNe, js.OpStrictNe: // the latter two leave where it does not divide
			if !ok || f < 0 || f >= by {
				return
			}
			left = formatNumber(f)
		}
	}
	s.add(n, Constant{Asks: v.Asks, Key: plainKey(v), Op: "%" + strconv.Itoa(int(by)), Value: left})
}

func (s *Script) isRemainder(n js.Node) bool { return s.Kind(n) == js.Binary && s.Op(n) == js.OpMod }

// Divisor is the number by which what is asked for is divided, so that Value is what is left; 0 for other constants.
func (k *Constant) Divisor() int {
	text, ok := strings.CutPrefix(k.Op, "%")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// Least is the smallest number that is at least from and leaves what is asked for; the constant has a divisor.
func (k *Constant) Least(from int) int {
	by, left := k.Divisor(), 0
	if n, err := strconv.Atoi(k.Value); err == nil {
		left = n
	}
	if by < 1 {
		return from
	}
	return from + ((left-from)%by+by)%by
}
