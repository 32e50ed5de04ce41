package bench

import (
	"slices"
	"testing"
	"time"
)

// series holds one figure per round.
type series []float64

// to divides round by round and returns the middle.
func (s series) to(other series) float64 {
	ratios := make(series, len(s))
	for i := range s {
		ratios[i] = s[i] / other[i]
	}
	return ratios.median()
}

func (s series) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func TestARatioIsTheMiddleOfTheRoundsOwn(t *testing.T) {
	slowMachineInRoundTwo := series{100, 10, 90, 80}
	if got := slowMachineInRoundTwo.to(series{50, 5, 30, 20}); got != 2.5 {
		t.Errorf("got %v, want the middle of 2, 2, 3 and 4", got)
	}
}

func TestProcessorTimeIsReadWhateverTheProgramIsCalled(t *testing.T) {
	const text = "42 (a (b) 7 8) S 1 40 39 0 -1 4194304 100 0 0 0 250 50 3 1 20 0 4 0 12345 0 0\n"
	if group, used := stat(text); group != 40 || used != 3040*time.Millisecond {
		t.Errorf("got group %d, %v", group, used)
	}
}
