package diff

import "slices"

// op is a step of an edit script over two lists.
type op int

const (
	keep op = iota
	drop
	put
)

// maxSteps bounds how many differences are looked for. Beyond it the whole stretch is shown as replaced, which is longer
// and no less true.
const maxSteps = 1500

// edits turns one list into another: keep takes one from both, drop one of a, put one of b (Myers, "An O(ND) Difference
// Algorithm and Its Variations", 1986).
func edits[T comparable](a, b []T) []op {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	script := slices.Repeat([]op{keep}, head)
	script = append(script, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	return append(script, slices.Repeat([]op{keep}, tail)...)
}

func middle[T comparable](a, b []T) []op {
	if len(a) == 0 || len(b) == 0 {
		return replaced(len(a), len(b))
	}
	limit := min(len(a)+len(b), maxSteps)
	ends := make([]int, 2*limit+2) // by diagonal: how far a is used up
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, slices.Clone(ends[limit-d:limit+d+2]))
		for k := -d; k <= d; k += 2 {
			x := 0
			if k == -d || k != d && ends[limit+k-1] < ends[limit+k+1] {
				x = ends[limit+k+1]
			} else {
				x = ends[limit+k-1] + 1
			}
			for x < len(a) && x-k < len(b) && x-k >= 0 && a[x] == b[x-k] {
				x++
			}
			ends[limit+k] = x
			if x >= len(a) && x-k >= len(b) {
				return backtrack(trace, len(a), len(b))
			}
		}
	}
	return replaced(len(a), len(b))
}

func replaced(a, b int) []op {
	return append(slices.Repeat([]op{drop}, a), slices.Repeat([]op{put}, b)...)
}

// backtrack reads the way from the end. trace[d] holds the ends before step d, for diagonals -d to d+1.
func backtrack(trace [][]int, x, y int) []op {
	var script []op
	for d := len(trace) - 1; d >= 0; d-- {
		at := func(k int) int {
			if i := k + d; i >= 0 && i < len(trace[d]) {
				return trace[d][i]
			}
			return -1
		}
		k := x - y
		before := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			before = k + 1
		}
		px := at(before)
		py := px - before
		if d == 0 {
			px, py = 0, 0
		}
		for x > px && y > py {
			script = append(script, keep)
			x, y = x-1, y-1
		}
		if d > 0 {
			if before == k+1 {
				script = append(script, put)
			} else {
				script = append(script, drop)
			}
		}
		x, y = px, py
	}
	slices.Reverse(script)
	return script
}
