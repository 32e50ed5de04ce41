package sandbox

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/decoy"
	"sallyport/internal/gate"
)

// honey are elements for what a script looks for in the page: a page that has them wakes it.
func (s *Sandbox) honey(u *subject) []decoy.Element {
	plain := "div"
	if strings.Contains(u.Text, "href") {
		plain = "a" // links, for a script that looks where they lead
	}
	var out []decoy.Element
	for _, sel := range u.constants.Of(gate.Elements) {
		for _, one := range strings.Split(sel, ",") {
			one = strings.TrimSpace(one)
			if e, ok := elementFor(one, plain); ok && len(out) < 60 && !slices.Contains(out, e) && !makes(u.Text, one) {
				out = append(out, e)
			}
		}
	}
	return out
}

// simple is a selector of an id or a class and nothing else.
var simple = regexp.MustCompile(`^[#.]([\w-]+)$`)

// makes says whether a script makes what it looks for itself: it looks only whether it has been there before, and leaves where it has.
func makes(text, sel string) bool {
	m := simple.FindStringSubmatch(sel)
	if m == nil {
		return false
	}
	word := regexp.QuoteMeta(m[1])
	given := `\b(?:id|class|className|classes|addClass|classList\.add|setAttribute)\b\s*(?:[:=(,]|['"]\s*[:=,])\s*(?:['"\x60]\w+['"\x60]\s*,\s*)?\[?\s*\\?['"\x60]?(?:[\w-]+ )*` + word + `(?:['"\x60 \\>/]|$)`
	if sel[0] == '#' {
		given += `|addPortlet(?:Link)?\s*\([^;]{0,300}['"\x60]` + word + `['"\x60]`
	}
	found, err := regexp.MatchString(given, text)
	return err == nil && found
}

var (
	compound = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9-]*|\*)?((?:#[\w-]+|\.[\w-]+|\[[^\]]*\]|:[\w-]+(?:\([^)]*\))?)*)$`)
	pieces   = regexp.MustCompile(`#[\w-]+|\.[\w-]+|\[[^\]]*\]`)
	attr     = regexp.MustCompile(`^\[\s*([\w-]+)\s*(?:[~|^$*]?=\s*["']?([^"'\]]*)["']?)?\s*\]$`)
)

// elementFor makes an element that a selector finds: of a path, its last part within its first. Plain is the tag of an element of which
// only the class is known.
func elementFor(sel, plain string) (decoy.Element, bool) {
	parts := strings.FieldsFunc(sel, func(r rune) bool { return r == ' ' || r == '>' || r == '+' || r == '~' })
	if len(parts) == 0 || len(parts) > 4 || len(sel) > 150 {
		return decoy.Element{}, false
	}
	inner, id := "", ""
	for _, p := range slices.Backward(parts) {
		if strings.HasPrefix(p, ".") && inner == "" {
			p = plain + p
		}
		text, one, ok := elementOf(p, inner)
		if !ok {
			return decoy.Element{}, false
		}
		inner = text
		if one != "" {
			id = one
		}
	}
	return decoy.Element{ID: id, HTML: inner}, strings.Contains(inner, "=")
}

// elementOf makes an element for a compound selector. What the page has anyway, such as body, is left to it.
func elementOf(sel, inner string) (text, id string, ok bool) {
	m := compound.FindStringSubmatch(sel)
	if m == nil {
		return "", "", false
	}
	tag := strings.ToLower(m[1])
	switch tag {
	case "", "*":
		tag = "div"
	case "body", "html", "head", "script", "style", "link", "meta", "iframe", "title":
		return inner, "", true
	}
	var classes []string
	attrs := ""
	for _, p := range pieces.FindAllString(m[2], 8) {
		switch p[0] {
		case '#':
			id = p[1:]
		case '.':
			classes = append(classes, p[1:])
		case '[':
			if a := attr.FindStringSubmatch(p); a != nil && !strings.HasPrefix(strings.ToLower(a[1]), "on") {
				attrs += " " + a[1] + `="` + html.EscapeString(a[2]) + `"`
			}
		}
	}
	if strings.HasPrefix(id, "wpTextbox") {
		tag = "textarea"
	}
	if id != "" {
		attrs += ` id="` + id + `"`
	}
	if len(classes) > 0 {
		attrs += ` class="` + strings.Join(classes, " ") + `"`
	}
	switch tag {
	case "table":
		return "<table" + attrs + "><thead><tr><th>Lamp</th><th>Height</th></tr></thead><tbody><tr><td>North" + inner + "</td><td>12</td></tr><tr><td>South</td><td>9</td></tr></tbody></table>", id, true
	case "input", "img", "br", "hr":
		return "<" + tag + attrs + ">" + inner, id, true
	case "li":
		return "<ul><li" + attrs + ">lamp" + inner + "</li></ul>", id, true
	case "tr", "td", "th", "tbody":
		return "<table><tbody><tr" + cond(tag == "tr", attrs) + "><td" + cond(tag != "tr", attrs) + ">lamp" + inner + "</td></tr></tbody></table>", id, true
	case "a":
		return `<a href="/wiki/Harbour"` + attrs + ">lamp" + inner + "</a>", id, true
	}
	return "<" + tag + attrs + ">lamp" + inner + "</" + tag + ">", id, true
}

func cond(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

var (
	equalsText = regexp.MustCompile(`\.([A-Za-z_$][\w$]*)\s*===?\s*(?:'([^'\n]{0,80})'|"([^"\n]{0,80})"|(\d+(?:\.\d+)?)|(true))`)
	member     = regexp.MustCompile(`\.([A-Za-z_$][\w$]*)`)
)

// words is an answer with everything in it that the script's conditions ask of one: { go: true, mode: 'full' }.
func (s *Sandbox) words(u *subject) map[string]any {
	out := map[string]any{}
	for _, g := range u.gates {
		for _, m := range member.FindAllStringSubmatch(g.Text, 10) {
			if _, had := out[m[1]]; !had && len(out) < 60 && !slices.Contains(notAnswers, m[1]) {
				out[m[1]] = true
			}
		}
	}
	for _, m := range equalsText.FindAllStringSubmatch(u.Text, 200) {
		if slices.Contains(notAnswers, m[1]) {
			continue
		}
		switch {
		case m[2] != "" || m[3] != "":
			out[m[1]] = m[2] + m[3]
		case m[4] != "":
			out[m[1]] = typed(m[4])
		default:
			out[m[1]] = true
		}
	}
	return out
}

var notAnswers = []string{"length", "indexOf", "get", "config", "test", "match", "includes", "then", "key", "keyCode", "type", "prototype", "toString", "call", "nodeType", "style"}
