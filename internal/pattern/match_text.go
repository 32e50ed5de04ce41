package pattern

import "sallyport/internal/js"

// text matches a string of the pattern: with strings and templates of that text, and with variables and sums that are
// known to hold it.
func (m *matcher) text(p, n js.Node, k next) bool {
	role := m.roles[p]
	texts := m.texts(n)
	if len(texts) == 0 || role.kind != anyString && len(texts) > 1 {
		return false
	}
	switch role.kind {
	case anyString:
		return k()
	case stringVariable:
		v := value{kind: aText, text: texts[0], start: m.Start(n), end: m.End(n)}
		if kind := m.Kind(n); kind == js.String || kind == js.Template {
			v.start, v.end = v.start+1, v.end-1
		}
		return m.bind(role.v, v, k)
	case stringRegexp:
		return role.re.MatchString(texts[0]) && k()
	}
	return m.tree.Str(p) == texts[0] && k()
}

// texts are the strings that a node can be, when all of them are known.
func (m *matcher) texts(n js.Node) []string {
	switch m.Kind(n) {
	case js.String:
		return []string{m.Str(n)}
	case js.Template, js.Ident, js.Dot, js.Index, js.Binary, js.Cond:
	default:
		return nil
	}
	if s, ok := m.Constant(n); ok {
		return []string{s}
	}
	if m.literal {
		return nil
	}
	m.stepBy(20)
	known := m.g.Str(n)
	texts := known.Consts()
	if known.More || len(texts) != len(known.Texts) {
		return nil
	}
	return texts
}

// template matches a template with expressions; one without is a string.
func (m *matcher) template(p, n js.Node, k next) bool {
	t := m.tree
	parts := t.List(p)
	if len(parts) == 1 && m.roles[parts[0]].kind != anyText {
		texts := m.texts(n)
		return len(texts) == 1 && texts[0] == t.Str(parts[0]) && k()
	}
	if len(parts) == 1 && m.Kind(n) == js.String {
		return k()
	}
	return m.Kind(n) == js.Template && m.list(parts, m.List(n), k)
}

// regexp matches a regular expression of the pattern with one of the script.
func (m *matcher) regexp(p, n js.Node, k next) bool {
	if m.Kind(n) != js.Regexp {
		return false
	}
	switch role := m.roles[p]; role.kind {
	case anyRegexp:
		return k()
	case regexpVariable:
		end := m.End(n) - 1 - len(m.RegexpFlags(n))
		return m.bind(role.v, value{kind: aText, text: m.Str(n), start: m.Start(n) + 1, end: end}, k)
	}
	return m.tree.Str(p) == m.Str(n) && m.tree.RegexpFlags(p) == m.RegexpFlags(n) && k()
}
