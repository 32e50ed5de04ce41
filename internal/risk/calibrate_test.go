package risk

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sallyport/internal/corpustest"
)

// likelihoods orders scripts more finely than scores do: nothing is known of who runs them, so that both say the same.
func likelihoods(all []sample, half int) []float64 {
	var out []float64
	for i := range all {
		if half < 0 || all[i].half() == half {
			out = append(out, Score(all[i].subject()).Likelihood)
		}
	}
	return out
}

func TestHostileScriptsScoreAboveHonestOnes(t *testing.T) {
	bad, good := hostile(t), honest(t)
	if len(bad) < 150 || len(good) < 300 {
		t.Fatalf("%d hostile and %d honest scripts are too few to say anything", len(bad), len(good))
	}
	for _, c := range []struct {
		what      string
		bad, good []sample
		half      int
	}{
		{"all", bad, good, -1}, {"first half", bad, good, 0}, {"second half", bad, good, 1},
		{"against honest scripts of the same hand", bad, harmless(t), -1},
		{"sleeping scripts against their harmless twins", packed(t, "../sandbox/testdata/dormant/*.txtar", "script.js"), packed(t, "../sandbox/testdata/dormant/*.txtar", "twin.js"), -1},
	} {
		b, g := likelihoods(c.bad, c.half), likelihoods(c.good, c.half)
		a, low, high := auc(b, g)
		t.Logf("%s: AUC %.4f (95 %%: %.4f to %.4f) of %d hostile and %d honest", c.what, a, low, high, len(b), len(g))
		if a < 0.98 && len(c.good) >= 300 {
			t.Error("an AUC of 0.98 is wanted")
		}
	}
}

// TestTheOrderDoesNotHangOnTheWeights draws other tables: each weight is made up to four times smaller or greater. The table that does
// best on one half of the scripts is tried on the other.
func TestTheOrderDoesNotHangOnTheWeights(t *testing.T) {
	bad, good := evidenceOf(hostile(t)), evidenceOf(honest(t))
	draw := rand.New(rand.NewPCG(7, 2026))
	const tables = 200
	least, tuned := 1.0, [2][2]float64{}
	for range tables {
		table := map[string]float64{}
		var of [2]float64
		for half := range of {
			of[half], _, _ = auc(reweighted(bad[half], table, draw), reweighted(good[half], table, draw))
			least = min(least, of[half])
		}
		for half := range of {
			if of[half] > tuned[half][0] {
				tuned[half] = [2]float64{of[half], of[1-half]}
			}
		}
	}
	t.Logf("%d tables with each weight drawn between a quarter and four times: the worst AUC on a half is %.4f", tables, least)
	for half, best := range tuned {
		t.Logf("tuned on half %d: AUC %.4f there, %.4f on the other half", half+1, best[0], best[1])
		if best[1] < 0.98 {
			t.Error("what is tuned on one half does not hold on the other")
		}
	}
}

func evidenceOf(all []sample) (halves [2][][]item) {
	for i := range all {
		s := all[i].subject()
		halves[all[i].half()] = append(halves[all[i].half()], s.evidence())
	}
	return halves
}

// reweighted are likelihoods under another table, which is drawn as it is needed: a factor for each name and severity.
func reweighted(all [][]item, table map[string]float64, draw *rand.Rand) []float64 {
	var out []float64
	for _, items := range all {
		changed := append([]item{}, items...)
		for i := range changed {
			one := &changed[i]
			key := one.Name + string(rune('a'+int(20*one.weight)))
			if table[key] == 0 {
				table[key] = math.Exp((2*draw.Float64() - 1) * math.Log(4))
			}
			one.weight = 1 - math.Pow(1-one.weight, table[key])
		}
		out = append(out, together(join(changed)))
	}
	return out
}

func TestNoHonestScriptIsSevereWithoutAWrittenReason(t *testing.T) {
	readings := map[string]bool{}
	for _, row := range corpustest.Table(t, "testdata/readings.tsv") {
		readings[row["path"]] = row["reason"] != ""
	}
	levels := map[Level]int{}
	all := honest(t)
	for i := range all {
		a := Score(all[i].subject())
		levels[a.Level]++
		if a.Level == Severe && !readings[all[i].name] {
			t.Errorf("%s scores %d: read it, and write down why in testdata/readings.tsv: %+v", all[i].name, a.Score, a.Reasons)
		}
		if a.Level == Severe {
			delete(readings, all[i].name)
		}
	}
	for path := range readings {
		t.Errorf("testdata/readings.tsv explains %s, which is not severe", path)
	}
	t.Logf("honest scripts: %v", levels)
	levels = map[Level]int{}
	bad := hostile(t)
	for i := range bad {
		levels[Score(bad[i].subject()).Level]++
	}
	t.Logf("hostile scripts: %v", levels)
}

func TestAHoleScoresAboveItsFix(t *testing.T) {
	root := corpustest.Folder(t, "vuln-pairs")
	above, below, all := 0, 0, corpustest.Table(t, filepath.Join(root, "labels.tsv"))
	for _, row := range all {
		var of [2]float64
		for i, file := range []string{row["before_file"], row["after_file"]} {
			text, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				t.Fatal(err)
			}
			s := readSample(file, text)
			of[i] = Score(s.subject()).Likelihood
		}
		switch {
		case of[0] > of[1]:
			above++
		case of[0] < of[1]:
			below++
			t.Logf("%s: %.3f before, %.3f after", row["pair_id"], of[0], of[1])
		}
	}
	low, high := wilson(above, len(all))
	t.Logf("%d of %d holes score above their fix (95 %%: %.2f to %.2f), %d below, %d as high", above, len(all), low, high, below, len(all)-above-below)
	if above < holesAbove || below > 0 {
		t.Errorf("%d above and %d below; %d and 0 were reached", above, below, holesAbove)
	}
}

// holesAbove is a floor, two pairs below what was reached.
const holesAbove = 27
