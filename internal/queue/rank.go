package queue

// Rank says which of the jobs that wait is done first.
type Rank int

// Ranks, most urgent first. What somebody has just saved comes before what was there: it is what runs from now on, and nobody
// has looked at it.
const (
	Site    Rank = iota // a new revision of what runs for everybody
	Gadget              // a new revision of what some have switched on
	Script              // any other new revision
	Backlog             // what was there before
	ranks   int  = iota
)
