package rule

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/finding"
	"sallyport/internal/js"
)

// trick is a way to hide that can be seen in the tree; two weak ones, or a strong one, make a finding.
type trick struct {
	weight   int
	from, to int // where it stands in the text, in bytes
	what     string
}

func (p *Pass) trick(weight int, n js.Node, what string) trick {
	return trick{weight, p.Start(n), p.End(n), what}
}

const enough = 3

func (p *Pass) tricks() {
	if p.Root == 0 {
		return
	}
	all := []trick{p.hexNames(), p.shuffledTable(), p.keyCalls(), p.dispatcher(), p.symbolsOnly(), p.escapedNames(), p.reversedText(), p.lookalikes(), p.constructor()}
	all = slices.DeleteFunc(all, func(t trick) bool { return t.weight == 0 })
	sum, what := 0, []string{}
	for _, t := range all {
		sum += t.weight
		what = append(what, t.what)
	}
	if sum >= enough {
		p.ReportAt(all[0].from, all[0].to, finding.High, "hides what it does: %s", strings.Join(what, ", "))
	}
}

// hexNames counts names like _0x3f1a, which obfuscators give and nobody else.
func (p *Pass) hexNames() trick {
	first, count := js.Node(0), 0
	for i := range p.Bindings {
		b := &p.Bindings[i]
		if name := p.AtomText(b.Name); strings.HasPrefix(name, "_0x") && len(name) > 4 && b.Decl != 0 {
			if count++; first == 0 {
				first = b.Decl
			}
		}
	}
	if count < 2 {
		return trick{}
	}
	return p.trick(2, first, fmt.Sprintf("%d names like %s", count, p.Name(first)))
}

// shuffledTable knows a table of texts that is rotated before use: a.push( a.shift() ) in a loop.
func (p *Pass) shuffledTable() (t trick) {
	p.each(func(n js.Node) {
		key, _ := p.KeyName(p.Callee(n))
		inner := p.Arg(n, 0)
		innerKey, _ := p.KeyName(p.Callee(inner))
		if key != "push" || p.Kind(inner) != js.Call || innerKey != "shift" {
			return
		}
		a, b := p.Tree.Binding(p.Object(p.Callee(n))), p.Tree.Binding(p.Object(p.Callee(inner)))
		if a != 0 && a == b && p.inLoop(n) && p.feedsTable(n) {
			t = p.trick(2, n, "a table of texts that is shuffled first")
		}
	}, js.Call)
	return t
}

func (p *Pass) inLoop(n js.Node) bool {
	for up := p.parent(n); up != 0; up = p.parent(up) {
		switch p.Kind(up) {
		case js.While, js.For, js.DoWhile, js.ForIn, js.ForOf:
			return true
		case js.Function:
			return false
		}
	}
	return false
}

// feedsTable says whether the function around a node is called on the spot with a table of texts.
func (p *Pass) feedsTable(n js.Node) bool {
	up := n
	for p.Kind(up) != js.Function {
		if up = p.parent(up); up == 0 {
			return false
		}
	}
	call := p.parent(up)
	for _, a := range p.Args(call) {
		list := p.List(p.origin(a))
		texts := 0
		for _, e := range list {
			if p.Kind(e) == js.String || p.Kind(e) == js.Binary {
				texts++
			}
		}
		if texts > 1 && texts == len(list) {
			return true
		}
	}
	return false
}

// keyCalls counts properties whose name is the result of a call with constants: window[ f( 0 ) ][ f( 1 ) ].
func (p *Pass) keyCalls() trick {
	first, count := js.Node(0), 0
	p.each(func(n js.Node) {
		key := p.Right(n)
		if p.Kind(key) != js.Call || len(p.Args(key)) == 0 || p.Kind(p.Callee(key)) != js.Ident {
			return
		}
		for _, a := range p.Args(key) {
			if k := p.Kind(a); k != js.String && k != js.Number && k != js.Binary && k != js.Unary {
				return
			}
		}
		if count++; first == 0 {
			first = n
		}
	}, js.Index)
	if count < 3 {
		return trick{}
	}
	return p.trick(2, first, fmt.Sprintf("%d properties named by a function of numbers", count))
}

// dispatcher knows control flow flattened into a loop round a switch over a list of steps: switch ( order[ i++ ] ).
func (p *Pass) dispatcher() (t trick) {
	p.each(func(n js.Node) {
		test := p.Test(n)
		if p.Kind(test) == js.Index && p.Kind(p.Right(test)) == js.Update && p.inLoop(n) && len(p.List(n)) > 1 {
			t = p.trick(3, n, "a loop that jumps from piece to piece")
		}
	}, js.Switch)
	return t
}

// symbolsOnly knows programs spelled with []()!+ alone.
func (p *Pass) symbolsOnly() (t trick) {
	p.each(func(n js.Node) {
		source := p.Source(n)
		if len(source) < 60 || !strings.ContainsAny(source[:1], "[(!+{") {
			return
		}
		if symbols, others := punctuation(source); symbols >= 60 && others*10 <= symbols {
			t = p.trick(4, n, "written in punctuation alone")
		}
	}, js.ExprStmt)
	return t
}

// punctuation counts the symbols of a text and its other characters, and ends early when there are too many of those:
// a script in a function is one such text, and so is each function in it. A word that a compiler writes for ![] and
// its like is a symbol; 0, 1, 2 and quotes are neither.
func punctuation(source string) (symbols, others int) {
	for i := 0; i < len(source) && others*10 <= symbols+100; i++ {
		switch source[i] {
		case '[', ']', '(', ')', '!', '+', '{', '}':
			symbols++
		case ' ', '\t', '\n', '\r', ';', '0', '1', '2', '"':
		case 't', 'f', 'u':
			if word := literalWord(source[i:]); word != "" {
				symbols++
				i += len(word) - 1
				continue
			}
			others++
		default:
			others++
		}
	}
	return symbols, others
}

func literalWord(source string) string {
	for _, word := range [...]string{"true", "false", "undefined"} {
		if strings.HasPrefix(source, word) {
			return word
		}
	}
	return ""
}

// escapedNames counts plain letters that are spelled as escapes.
func (p *Pass) escapedNames() trick {
	first, count := js.Node(0), 0
	p.each(func(n js.Node) {
		source := p.Source(n)
		if strings.IndexByte(source, '\\') < 0 {
			return
		}
		if letters := strings.Count(source, `\x6`) + strings.Count(source, `\x7`) + strings.Count(source, `\u006`) + strings.Count(source, `\u007`); letters < 4 || letters*8 < len(source) {
			return
		}
		if count++; first == 0 {
			first = n
		}
	}, js.String)
	if count < 2 {
		return trick{}
	}
	return p.trick(3, first, "plain letters spelled as escapes")
}

// reversedText knows characters that make text read in another order than it is (Trojan Source, CVE-2021-42574): overrides,
// and isolates that their line does not close.
func (p *Pass) reversedText() trick {
	if !slices.ContainsFunc(turning, func(mark string) bool { return strings.Contains(p.Text, mark) }) {
		return trick{}
	}
	at := 0
	for line := range strings.Lines(p.Text) {
		if i := reversed(line); i >= 0 {
			_, size := utf8.DecodeRuneInString(line[i:])
			return trick{3, at + i, at + i + size, "characters that turn the reading direction round"}
		}
		at += len(line)
	}
	return trick{}
}

// turning are the characters with which it begins.
var turning = []string{"\u202d", "\u202e", "\u2066", "\u2067", "\u2068"}

// reversed is where a line begins to read in another order; -1 where it does not.
func reversed(line string) int {
	if at := strings.IndexAny(line, "\u202d\u202e"); at >= 0 {
		return at
	}
	var open []int
	for i, r := range line {
		switch {
		case r >= '\u2066' && r <= '\u2068':
			open = append(open, i)
		case r == '\u2069' && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return -1
	}
	return open[0]
}

// lookalikes knows names that mix Latin with Cyrillic or Greek letters, or have characters that take no room.
func (p *Pass) lookalikes() trick {
	for i := range p.Bindings {
		name := p.AtomText(p.Bindings[i].Name)
		if !strings.ContainsFunc(name, notASCII) {
			continue
		}
		latin, other := false, false
		for _, r := range name {
			latin = latin || unicode.Is(unicode.Latin, r)
			other = other || unicode.In(r, unicode.Cyrillic, unicode.Greek) || r == '\u200c' || r == '\u200d'
		}
		if latin && other && !strings.ContainsAny(name, "_$0123456789ΔΣπλμΩδ") && p.Bindings[i].Decl != 0 && len([]rune(name)) > 2 {
			return p.trick(3, p.Bindings[i].Decl, "the name "+name+" mixes alphabets")
		}
	}
	return trick{}
}

func notASCII(r rune) bool { return r >= utf8.RuneSelf }

// constructor knows eval by the back door: [].filter.constructor( text ).
func (p *Pass) constructor() trick {
	for c := range p.Graph.EachCall() {
		if p.constructs(c) {
			return p.trick(3, c.Node, "Function reached through .constructor")
		}
	}
	return trick{}
}
