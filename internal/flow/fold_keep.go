package flow

// keeping remembers answers once all edges are there, so that what many questions come by is computed once.
//
// Whatever was asked before, a question gets the answer that it would get alone. So an answer to a part of a question is
// kept only when it does not hang on the question: it met neither a limit nor a ref that was under way. And because
// what is kept counts for the steps it may have taken, a question that meets a limit with its help is asked again
// without.
type keeping struct {
	last    []uint32 // for each ref its place in lasting, 0 for none
	lasting []answer
	bent    int  // how often an answer came to hang on its question
	limited bool // this question met a limit
	helped  bool // this question used what was kept
	alone   bool // this question may not
	cost    int  // steps so far, with those that were saved
	deepest int
}

// answer is what is known about a ref, and what it takes to find out.
type answer struct {
	Abstract
	bent         bool // hangs on the question it was part of, or takes more steps than are counted
	cost, height int  // steps and depth, at most
}

// maxCost bounds what is counted: parts that come up in parts that come up again have more steps than numbers hold.
const maxCost = 1 << 40

// foldKept is fold when answers may be kept.
func (e *engine) foldKept(at ref) Abstract {
	if int(at) < len(e.last) && e.last[at] != 0 {
		return e.lasting[e.last[at]].Abstract
	}
	a := e.ask(at)
	if e.limited && e.helped {
		e.alone = true
		a = e.ask(at)
		e.alone = false
	}
	if e.last[at] == 0 {
		e.keep(at, answer{Abstract: a, bent: true})
	}
	return a
}

func (e *engine) keep(at ref, a answer) {
	e.lasting = append(e.lasting, a)
	e.last[at] = uint32(len(e.lasting) - 1)
}

// kept is an answer that was kept, if it holds in this place.
func (e *engine) kept(at ref, depth int) (Abstract, bool) {
	if !e.settled || e.alone || e.last[at] == 0 {
		return Abstract{}, false
	}
	a := &e.lasting[e.last[at]]
	if a.bent || depth+a.height > maxFolds || e.steps+a.cost > maxSteps {
		return Abstract{}, false
	}
	e.steps += a.cost
	e.helped = true
	e.count(a, depth)
	return a.Abstract, true
}

// again is the answer to a part that came up before in the same question.
func (e *engine) again(a *answer, depth int) Abstract {
	if a.bent {
		e.bent++
	}
	e.count(a, depth)
	return a.Abstract
}

func (e *engine) count(a *answer, depth int) {
	e.cost = min(e.cost+a.cost, maxCost)
	e.deepest = max(e.deepest, depth+a.height)
}

// attempt is where an answer begins.
type attempt struct{ bent, cost, deepest, depth int }

func (e *engine) openAnswer(depth int) attempt {
	m := attempt{e.bent, e.cost, e.deepest, depth}
	e.cost++
	e.deepest = depth
	return m
}

func (e *engine) closeAnswer(m attempt, a Abstract) answer {
	out := answer{a, e.bent != m.bent || e.cost >= maxCost, e.cost - m.cost, e.deepest - m.depth}
	e.deepest = max(m.deepest, e.deepest)
	return out
}
