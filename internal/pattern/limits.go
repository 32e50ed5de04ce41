package pattern

// What is read of an operator's files, and what may be done for one script. Rules come from people who are trusted; the
// bounds are against accidents, and against scripts written to make a rule slow.
const (
	maxFile     = 1 << 20 // bytes of a file
	maxRules    = 20_000
	maxNodes    = 500_000 // YAML values of one file, aliases counted each time
	maxPattern  = 16 << 10
	maxRegexp   = 4 << 10
	maxNesting  = 24 // of formulas
	maxLabels   = 16 // taint labels of a rule
	maxMistakes = 200

	maxSolutions = 16     // ways in which one pattern matches at one place
	maxHits      = 20_000 // of one pattern in one script
	maxMatches   = 1_000  // of one rule in one script
)

// Steps for one script: a step compares two nodes, or two ranges, or reads a few bytes of text.
const (
	stepsBase    = 50_000
	stepsPerNode = 1_000
	stepsMost    = 40_000_000
	bytesPerStep = 16
)
