package risk

import (
	"fmt"
	"math"
)

// reach is how far harm would go beyond the floor. Power counts for what is known of it even where nobody knows how many people there are.
func (a *Audience) reach() (out []item) {
	if !a.Known {
		out = append(out, reached(ReachUnknown, weightAudience, 0, "nobody knows who runs it: taken to be many"))
	} else {
		out = append(out, reached(ReachPeople, min(mostPeople, weightPeople*tens(a.People)), a.People, runs(a.People)+" it"))
	}
	if a.Power > NoPower {
		weight := weightOfPower(a.Power)
		more := min(mostPowerful, weightPowerful*math.Log10(max(1, float64(a.Powerful))))
		i := reached(ReachPower, either(weight, more), max(a.Powerful, 1), fmt.Sprintf("%s it with power over others: %s", runs(max(a.Powerful, 1)), a.Power.can()))
		i.do = "keep it from those with power"
		out = append(out, i)
	}
	if a.Wikis > 1 {
		out = append(out, reached(ReachWikis, min(mostWikis, weightWikis*math.Log10(float64(a.Wikis))), a.Wikis, fmt.Sprintf("it runs on %d wikis", a.Wikis)))
	}
	return out
}

func reached(name string, weight float64, count int, says string) item {
	return item{Reason: Reason{Kind: ByAudience, Name: name, Says: says, Count: count}, weight: weight}
}

// runs is who runs it: "one person runs", "12 people run".
func runs(n int) string {
	if n == 1 {
		return "one person runs"
	}
	return counted(n) + " run"
}

func counted(n int) string {
	if n == 1 {
		return "one person"
	}
	return fmt.Sprintf("%d people", n)
}

// can says what the power is.
func (p Power) can() string {
	switch p {
	case GivesRights:
		return "rights, or what is hidden"
	case EditsCode:
		return "code that runs for everybody"
	case Deletes:
		return "deleting, blocking, protecting"
	}
	return "patrolling, undoing"
}

func weightOfPower(p Power) float64 {
	switch {
	case p >= GivesRights:
		return weightRights
	case p == EditsCode:
		return weightEditsCode
	case p == Deletes:
		return weightDeletes
	case p == Patrols:
		return weightPatrols
	}
	return 0
}

// tens is how often a number of people grew tenfold: 0 for none, 1 for nine, 2 for ninety-nine.
func tens(n int) float64 { return math.Log10(1 + float64(max(n, 0))) }
