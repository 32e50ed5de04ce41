package js

// reading is the outcome of one parse.
type reading struct {
	tree     *Tree
	comments []Comment
	goal     Goal
	err      *syntaxError
	tooDeep  bool
}

// read parses text[from:to] as the goal says; Auto tells script, module and function body apart.
func read(text string, from, to int, goal Goal) reading {
	r, p := readOnce(text, from, to, goal)
	if goal != Auto || p.module {
		return r
	}
	// Words like await mean something else in modules.
	again := p.modular && (r.err != nil || p.awaited || p.htmlComment)
	if again || r.err != nil && p.awaited {
		if m, _ := readOnce(text, from, to, ModuleGoal); m.err == nil || p.modular {
			return m
		}
	}
	return r
}

func readOnce(text string, from, to int, goal Goal) (reading, *parser) {
	p := newParser(text, from, to)
	p.module = goal == ModuleGoal
	p.json = goal == JSONGoal
	if goal == ExpressionGoal || goal == JSONGoal {
		p.Root = p.expressionOnly()
	} else {
		p.Root = p.program()
		goal = p.goal(goal)
	}
	r := reading{tree: p.finish(), comments: p.comments, goal: goal, err: p.err, tooDeep: p.depth > maxNesting}
	return r, p
}

func (p *parser) goal(asked Goal) Goal {
	switch {
	case asked != Auto:
		return asked
	case p.modular:
		p.nodes[p.Root].flags |= IsStrict
		return ModuleGoal
	case p.returned:
		return FunctionGoal
	}
	return ScriptGoal
}
