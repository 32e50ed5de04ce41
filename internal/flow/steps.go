package flow

import "sallyport/internal/js"

// sourceSays is what a reader sees at the first station.
var sourceSays = [sources]string{
	FromURL: "the address is read here", FromPage: "text or data of the page is read here", FromTitle: "a page title is read here",
	FromAPI: "text from an answer of the API is read here", FromUserJSON: "a page is read as data here",
	FromInterface: "an interface message is read here", FromStorage: "stored data is read here",
	FromPostMessage: "a message of another window is read here", FromThirdParty: "the answer of another host arrives here",
	FromUnknown: "whoever calls this decides what it gets", FromInput: "what the person types is read here",
	FromGlobalConfig: "a variable that other scripts may set is read here", FromToken: "an edit token is read here",
	FromCookie: "cookies are read here", FromPassword: "a password is read here", FromKeys: "key strokes are read here",
	FromPersonal: "a preference or e-mail address is read here", FromUser: "the person's name or groups are read here",
	FromRandom: "a random number is drawn here",
}

var moveSays = map[move]string{
	goIn: "it is handed to a function", comeOut: "a function gives it back", inText: "it is put between literal markup",
	inQuotes: "it is put into an attribute", inTag: "it is put into a tag", atURL: "it becomes a link's target",
	atScript: "it is put into code", atStyle: "it is put into a style", decoded: "its encoding is undone",
	stripped: "tags are taken out of it", asParam: "it becomes a parameter of a message", escapedText: "angle brackets are escaped, quotes are not",
	encoded: "it is encoded for a URL", escaped: "it is escaped",
}

// Steps are the stations from source to sink, each node once in a row.
func (f Flow) Steps() []Step {
	if f.g == nil || f.g.e == nil {
		return nil
	}
	e := f.g.e
	var back []Step
	var after js.Node // the station behind, which comes first here
	for id := f.entry; id != 0 && len(back) < 200; id = e.marks[id].before {
		m := &e.marks[id]
		n := e.nodeOf(e.reached[id])
		if n == 0 || e.Kind(after) == js.Assign && e.Op(after) == js.OpAdd && e.Left(after) == n {
			continue
		}
		// In s += x, what s held before only passes by.
		if before := e.nodeOf(e.reached[m.before]); e.Kind(n) == js.Assign && e.Op(n) == js.OpAdd && before != 0 && e.Left(n) == before && after != 0 {
			after = n
			continue
		}
		after = n
		says := moveSays[m.how]
		switch {
		case m.before == 0:
			says = sourceSays[m.from]
		case says == "" && e.Kind(n) == js.Ident:
			says = "through the variable " + e.Name(n)
		case says == "":
			says = "from here"
		}
		back = append(back, Step{n, says})
	}
	return f.g.thin(back)
}

// thin turns the steps round and leaves out those that say nothing new: a second one on the same line without a word of
// its own, and the middle of long ways.
func (g *Graph) thin(back []Step) []Step {
	var out []Step
	for i := len(back) - 1; i >= 0; i-- {
		s := back[i]
		if last := len(out) - 1; last >= 0 {
			if out[last].Node == s.Node {
				continue
			}
			if g.line(out[last].Node) == g.line(s.Node) && (s.Message == "from here" || s.Message == out[last].Message) {
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

func (g *Graph) line(n js.Node) int {
	l, _ := g.s.Lines.Position(g.s.Start(n))
	return l
}
