package js

import (
	"html"
	"regexp"
	"strings"
)

// PartKind says what a part of a Vue file is.
type PartKind string

const (
	PartScript     PartKind = "script"     // a <script> block
	PartStyle      PartKind = "style"      // a <style> block
	PartExpression PartKind = "expression" // {{ … }}, v-html, :href and so on
	PartHandler    PartKind = "handler"    // @click: statements that run on an event
	PartAddress    PartKind = "address"    // a plain src, href, action with its address in Value
)

// Part is a piece of a Vue file that was read on its own. Its offsets are those of the file.
type Part struct {
	Kind      PartKind
	Element   string // lower-case name of the element it stands in
	Attribute string // the argument of v-bind and v-on: "href" for :href, "click" for @click.once; "{{}}" for text; v-html as it is
	Names     string // of v-for: the names it declares, as written
	Value     string // of an address
	Start     int
	End       int
	Script    *Script // nil for addresses
}

// readVue takes a single-file component apart (MediaWiki's VueComponentParser, Vue's SFC syntax).
func (s *Script) readVue(o Options) {
	z := &tags{text: s.Text}
	template := 0 // depth inside of <template>
	for z.next() && len(s.Parts) < maxParts {
		switch {
		case z.kind == tagText:
			if template > 0 {
				s.mustaches(z.start, z.end)
			}
		case z.kind == tagEnd:
			if template > 0 && z.name == "template" {
				template--
			}
		case z.name == "template":
			if template > 0 {
				s.attributes(z)
			}
			if !z.closed {
				template++
			}
		case template > 0:
			s.attributes(z)
		case z.name == "script", z.name == "style":
			s.vueBlock(z, o)
		}
	}
	if len(s.Parts) >= maxParts {
		s.problem(TooLarge, z.start, "more expressions than are read: the rest of this component is not analysed")
	}
	if len(s.Parts) == 0 && z.tags == 0 {
		s.opaque(Syntax, 0, "no <template> and no <script>")
	}
	for _, p := range s.Parts {
		if p.Script != nil {
			s.Problems = append(s.Problems, p.Script.Problems...)
		}
	}
}

const maxParts = 20_000

// sub is a script for a part of the text.
func (s *Script) sub() *Script {
	t := &Script{Lines: s.Lines}
	t.empty(s.Text)
	return t
}

// vueBlock reads <script> and <style> up to the end tag.
func (s *Script) vueBlock(z *tags, o Options) {
	name, from := z.name, z.end
	to := z.skipTo(name)
	p := Part{Element: name, Start: from, End: to, Script: s.sub()}
	if name == "style" {
		p.Kind = PartStyle
		p.Script.readCSS(from, to)
	} else {
		p.Kind = PartScript
		o.Goal, o.Name = Auto, ""
		p.Script.readRange(from, to, o)
	}
	p.Script.placed()
	s.Parts = append(s.Parts, p)
}

// mustaches reads {{ … }} in text.
func (s *Script) mustaches(from, to int) {
	for from < to {
		i := strings.Index(s.Text[from:to], "{{")
		if i < 0 {
			return
		}
		from += i + 2
		n := strings.Index(s.Text[from:to], "}}")
		if n < 0 {
			return
		}
		s.part(Part{Kind: PartExpression, Attribute: "{{}}", Start: from, End: from + n})
		from += n + 2
	}
}

// part reads an expression or handler and keeps it.
func (s *Script) part(p Part) {
	if strings.TrimSpace(s.Text[p.Start:p.End]) == "" {
		return
	}
	p.Script = s.sub()
	if raw := s.Text[p.Start:p.End]; strings.Contains(raw, "&") {
		// What HTML spells as &quot; is one character to Vue. Spaces keep the rest of the file in its place.
		text := html.UnescapeString(raw)
		text += strings.Repeat(" ", max(0, len(raw)-len(text)))
		if len(text) == len(raw) {
			p.Script.Text = s.Text[:p.Start] + text + s.Text[p.End:]
		}
	}
	p.Script.readExpression(p.Start, p.End)
	if p.Kind == PartHandler && p.Script.Goal == Opaque {
		p.Script.Goal, p.Script.Problems = FunctionGoal, nil
		p.Script.readRange(p.Start, p.End, Options{Limits: Limits{Lower: 1}})
	}
	p.Script.placed()
	s.Parts = append(s.Parts, p)
}

func (s *Script) attributes(z *tags) {
	for _, a := range z.attributes {
		p := Part{Element: z.name, Attribute: a.name, Start: a.start, End: a.end, Kind: PartExpression}
		switch {
		case strings.HasPrefix(a.name, "@"), strings.HasPrefix(a.name, "v-on:"):
			p.Kind = PartHandler
			p.Attribute = argument(a.name)
		case strings.HasPrefix(a.name, ":"), strings.HasPrefix(a.name, "v-bind:"), strings.HasPrefix(a.name, "."):
			p.Attribute = argument(a.name)
		case a.name == "v-for":
			s.forPart(p)
			continue
		case strings.HasPrefix(a.name, "v-slot"), strings.HasPrefix(a.name, "#"), a.name == "v-pre", a.name == "v-cloak", a.name == "v-once":
			continue
		case strings.HasPrefix(a.name, "v-"):
		default:
			s.address(p)
			continue
		}
		s.part(p)
	}
}

// argument is what a directive is about: href for v-bind:href.camel.
func argument(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "v-on:"), "v-bind:")
	name = strings.TrimLeft(name, "@:.")
	if i := strings.IndexByte(name, '.'); i > 0 && !strings.HasPrefix(name, "[") {
		name = name[:i]
	}
	return name
}

var forWord = regexp.MustCompile(`\s(?:in|of)\s`)

// forPart reads the list of v-for="names in list".
func (s *Script) forPart(p Part) {
	text := s.Text[p.Start:p.End]
	m := forWord.FindStringIndex(text)
	if m == nil {
		s.problem(Syntax, p.Start, "v-for without in or of")
		return
	}
	p.Names = strings.TrimSpace(text[:m[0]])
	p.Start += m[1]
	s.part(p)
}

func (s *Script) address(p Part) {
	switch p.Attribute {
	case "src", "href", "action", "formaction", "srcset", "poster", "data", "srcdoc":
		p.Kind = PartAddress
		p.Value = html.UnescapeString(s.Text[p.Start:p.End])
		s.Parts = append(s.Parts, p)
	}
}
