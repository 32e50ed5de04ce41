package flow

import "testing"

func TestNumbersAreFoundUnderBothKeysAndForgotten(t *testing.T) {
	var table numbers
	for round := range 3 {
		table.start(10 * round)
		for a := range uint32(100) {
			for b := range uint32(30) {
				if got := table.get(a, b); got != 0 {
					t.Fatalf("round %d: %d, %d is %d before it is put", round, a, b, got)
				}
				table.put(a, b, 1+a*1000+b)
			}
		}
		for a := range uint32(100) {
			for b := range uint32(30) {
				if got := table.get(a, b); got != 1+a*1000+b {
					t.Fatalf("round %d: %d, %d is %d", round, a, b, got)
				}
			}
		}
	}
}
