package flow

import (
	"iter"
	"strings"

	"sallyport/internal/js"
)

// leads makes a variable hold, from here on, an address of which the scheme was looked at, or the host, or both.
func (e *engine) leads(x js.Node, how move) {
	b := e.Binding(x)
	if b == 0 || e.shared[b] {
		return
	}
	at := e.get(b)
	r := e.fresh()
	e.link(at, r, how)
	e.hold(b, r)
	if int(at) < e.Len() { // const url = new URL(x): what is known of one is known of the other
		if of := e.madeOf(js.Node(at)); of != 0 {
			e.leads(of, how)
		}
	}
}

// madeOf is x in new URL( x ), and in parse( x ) where parse is a function of the script that gives new URL( its parameter ).
func (e *engine) madeOf(n js.Node) js.Node {
	if e.isURL(n) {
		return e.Arg(n, 0)
	}
	if e.Kind(n) != js.Call {
		return 0
	}
	f := e.helper(e.Callee(n))
	if f == 0 || e.inlined >= maxInlined {
		return 0
	}
	e.inlined++
	made := js.Node(0)
	e.Walk(e.Body(f), func(m js.Node) bool {
		if made == 0 && e.isURL(m) {
			for i, p := range e.Params(f) {
				if b := e.Binding(p); b != 0 && b == e.Binding(e.Arg(m, 0)) {
					made = e.Arg(n, i)
				}
			}
		}
		return made == 0 && (e.Kind(m) != js.Function || m == f)
	})
	return made
}

func (e *engine) isURL(n js.Node) bool {
	if e.Kind(n) != js.New {
		return false
	}
	name := e.Name(e.Callee(n))
	return name == "URL" || name == "Uri"
}

// refineBeginning handles x.startsWith('https://').
func (e *engine) refineBeginning(x, beginning js.Node) {
	if s, ok := e.Constant(beginning); ok && isSafeBeginning(s) {
		e.leads(x, beginningMove(s))
	}
}

// beginningMove tells texts after which the host is settled from those after which any may follow: /wiki/ from / and https://.
func beginningMove(s string) move {
	scheme, rest, absolute := strings.Cut(s, "//")
	switch {
	case absolute && (scheme == "" || strings.HasSuffix(scheme, ":")):
		if host, _, ended := strings.Cut(rest, "/"); ended && host != "" {
			return leadsHome
		}
		return leadsAway
	case s == "/" || strings.HasPrefix(strings.ToLower(s), "http"):
		return leadsAway
	}
	return leadsHome
}

// refineNotBeginning handles !x.startsWith( '//' ): with one slash in front of it x stays here.
func (e *engine) refineNotBeginning(call js.Node) {
	if c := e.Callee(call); e.Kind(c) == js.Dot && e.Name(c) == "startsWith" {
		if s, _ := e.Constant(e.Arg(call, 0)); s == "//" {
			e.leads(e.Object(c), hosted)
		}
	}
}

// refineNotSlash handles x[ 1 ] !== '/', x.charAt( 1 ) !== '/', x.slice( 0, 2 ) !== '//' and x.indexOf( '//' ) !== 0.
func (e *engine) refineNotSlash(left, right js.Node) {
	for range 2 {
		s, _ := e.Constant(right)
		switch callee := e.Callee(left); {
		case e.Kind(left) == js.Index && s == "/" && e.Kind(e.Right(left)) == js.Number:
			e.leads(e.Object(left), hosted)
		case e.Kind(left) != js.Call || e.Kind(callee) != js.Dot:
		case e.Name(callee) == "charAt" && s == "/", s == "//":
			e.leads(e.Object(callee), hosted)
		case e.Name(callee) == "indexOf" && e.isZero(right):
			if s, _ := e.Constant(e.Arg(left, 0)); s == "//" {
				e.leads(e.Object(callee), hosted)
			}
		}
		left, right = right, left
	}
}

// refineLook handles what compares a piece of an address with a text: x.indexOf('https://') === 0, x.slice(0, 8) ===
// 'https://', x[0] === '/', new URL(x).protocol === 'https:', url.origin === location.origin.
func (e *engine) refineLook(look, with js.Node) {
	switch e.Kind(look) {
	case js.Index:
		if e.isZero(e.Right(look)) {
			e.refineBeginning(e.Object(look), with)
		}
	case js.Dot, js.Ident:
		e.refineURLPart(look, with)
	case js.Call:
		callee := e.Callee(look)
		if e.Kind(callee) != js.Dot {
			return
		}
		switch x := e.Object(callee); e.Name(callee) {
		case "slice", "substr", "substring", "charAt":
			if e.isZero(e.Arg(look, 0)) {
				e.refineBeginning(x, with)
			}
		case "indexOf", "lastIndexOf":
			if e.isZero(with) && (e.Name(callee) == "indexOf" || e.isZero(e.Arg(look, 1))) {
				e.refineBeginning(x, e.Arg(look, 0))
			}
		case "search":
			if e.isZero(with) {
				e.refineTest(x, e.Arg(look, 0))
			}
		}
	}
}

func (e *engine) isZero(n js.Node) bool { return e.Kind(n) == js.Number && e.Num(n) == 0 }

// refineURLPart handles the parts that say where an address leads. A host says nothing of the scheme: javascript: may have
// one too.
func (e *engine) refineURLPart(look, with js.Node) {
	p, ok := e.partOf(look)
	if !ok {
		return
	}
	s, constant := e.Constant(with)
	if constant && (p.name == "protocol" && !isSafeBeginning(strings.TrimSuffix(s, ":")+":") || p.name == "origin" && s == "null") {
		return
	}
	e.leadsFrom(p.of, partMove(p.name))
}

// partMove is what is known of an address when a part of it is.
func partMove(name string) move {
	switch name {
	case "protocol":
		return leadsAway
	case "origin":
		return leadsHome
	}
	return hosted
}

// leadsFrom narrows what an address was made of.
func (e *engine) leadsFrom(url js.Node, how move) {
	if of := e.madeOf(url); of != 0 {
		url = of
	}
	e.leads(url, how)
}

// refineTest narrows a text that a pattern matches, as far as the pattern says something about all of it, or about how
// it begins.
func (e *engine) refineTest(x, pattern js.Node) {
	if k := e.Kind(x); k != js.Ident && k != js.Dot {
		return
	}
	switch p, flags, ok := e.patternOf(pattern); {
	case !ok && e.strictTable(pattern):
		e.narrow(x)
	case !ok || strings.Contains(flags, "m"):
	case e.refinePartTest(x, p):
	case strict(p):
		e.narrow(x)
		e.trustSender(x)
	case beginsSafely(p):
		e.leads(x, patternMove(p))
	}
}

// strictTable says whether a node is a member of an object literal whose members are patterns that only harmless texts match.
func (e *engine) strictTable(n js.Node) bool {
	if e.Kind(n) != js.Index || e.Binding(e.Object(n)) == 0 {
		return false
	}
	at := e.held(e.Binding(e.Object(n)))
	if e.Kind(at) != js.Object || len(e.List(at)) == 0 {
		return false
	}
	for _, f := range e.List(at) {
		p, flags, ok := "", "", false
		if e.Kind(f) == js.Property {
			p, flags, ok = e.patternOf(e.Value(f))
		}
		if !ok || strings.Contains(flags, "m") || !strict(p) {
			return false
		}
	}
	return true
}

// refinePartTest handles /^https?:$/.test( url.protocol ) and a pattern for the whole of a host.
func (e *engine) refinePartTest(x js.Node, p string) bool {
	is, ok := e.partOf(x)
	switch {
	case !ok:
		return false
	case is.name == "protocol" && beginsSafely(p):
		e.leadsFrom(is.of, leadsAway)
	case is.name != "protocol" && strings.HasSuffix(p, "$"):
		e.trustSender(x)
		e.leadsFrom(is.of, partMove(is.name))
	default:
		return false
	}
	return true
}

// patternMove is beginningMove for patterns: a host is settled when all that can match begins with one that is written out.
func patternMove(p string) move {
	for _, a := range alternatives(p) {
		rest := strings.NewReplacer(`\/`, "/", `\.`, ".", `[/]`, "/").Replace(strings.TrimPrefix(a, "^"))
		rest = strings.Replace(strings.Replace(rest, "https?", "https", 1), "(?:https:)?", "", 1)
		after, slash := strings.CutPrefix(rest, "/")
		switch {
		case slash && after != "" && (strings.HasPrefix(after, "(?!/") || strings.HasPrefix(after, "[^/") || strings.HasPrefix(after, `\w`) || isLetter(after[0])):
		case strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, `\?`):
		case beginningMove(rest) == leadsHome && strings.HasPrefix(rest, "http") && isHostText(rest):
		default:
			return leadsAway
		}
	}
	return leadsHome
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isHostText says whether the host in a pattern is there to be read.
func isHostText(p string) bool {
	_, rest, _ := strings.Cut(p, "//")
	host, _, _ := strings.Cut(rest, "/")
	return host != "" && !strings.ContainsAny(host, `[]()*+?|\^`)
}

// maxPattern bounds the length of the patterns that are looked at.
const maxPattern = 4000

// patternOf finds the regular expression that a node holds.
func (e *engine) patternOf(n js.Node) (pattern, flags string, ok bool) {
	pattern, flags, ok = e.findPattern(n)
	return pattern, flags, ok && len(pattern) <= maxPattern
}

func (e *engine) findPattern(n js.Node) (pattern, flags string, ok bool) {
	for range 4 {
		switch e.Kind(n) {
		case js.Regexp:
			return e.Str(n), e.RegexpFlags(n), true
		case js.New, js.Call:
			if e.Name(e.Callee(n)) != "RegExp" {
				return "", "", false
			}
			pattern, ok = e.Constant(e.Arg(n, 0))
			flags, _ = e.Constant(e.Arg(n, 1))
			return pattern, flags, ok
		case js.Ident:
			if n = e.held(e.Binding(n)); n == 0 {
				return "", "", false
			}
		default:
			return "", "", false
		}
	}
	return "", "", false
}

// held is the node whose value a variable has here, 0 when it may be one of several.
func (e *engine) held(b js.BindingID) js.Node {
	at := e.get(b)
	if i := e.refs[at].in; int(at) >= e.Len() && i != 0 && e.edges[i].nextIn == 0 {
		at = e.edges[i].from
	}
	if int(at) >= e.Len() {
		return 0
	}
	return js.Node(at)
}

// beginsSafely says whether all that a pattern matches begins like an address that cannot be code.
func beginsSafely(p string) bool {
	for _, a := range alternatives(p) {
		rest, anchored := strings.CutPrefix(a, "^")
		if !anchored || !beginsLikeAddress(rest) {
			return false
		}
	}
	return true
}

// beginsLikeAddress looks into the group that a pattern begins with, when there is one.
func beginsLikeAddress(p string) bool {
	if strings.HasPrefix(p, "(") {
		end := groupEnd(p)
		if end < 0 {
			return false
		}
		inner := strings.TrimPrefix(p[1:end], "?:")
		if strings.HasPrefix(inner, "?") {
			return false
		}
		for _, a := range alternatives(inner) {
			if !beginsLikeAddress(a) {
				return false
			}
		}
		if rest := p[end+1:]; strings.HasPrefix(rest, "?") || strings.HasPrefix(rest, "*") {
			return beginsLikeAddress(rest[1:])
		}
		return true
	}
	plain := strings.ToLower(strings.NewReplacer(`\/`, "/", `\.`, ".", `\?`, "?", `\#`, "#", `[/]`, "/").Replace(p))
	for _, s := range [...]string{"http", "//", "./", "../", "/", "#", "mailto:", "ftp", "tel:", "wss", "data:image/"} {
		if rest, ok := strings.CutPrefix(plain, s); ok && !strings.HasPrefix(rest, "?") && !strings.HasPrefix(rest, "*") {
			return true
		}
	}
	return strings.HasPrefix(p, `\?`)
}

// isSafeBeginning says the same of a text.
func isSafeBeginning(s string) bool {
	s = strings.ToLower(s)
	for _, known := range [...]string{"http", "/", "#", "?", "./", "../", "mailto:", "ftp", "tel:", "wss:", "ws:"} {
		if strings.HasPrefix(s, known) {
			return true
		}
	}
	return false
}

// alternatives are the parts of a pattern between the bars that stand in no group.
func alternatives(p string) []string {
	if !strings.Contains(p, "|") {
		return []string{p}
	}
	var out []string
	from, depth := 0, 0
	for i, c := range operators(p) {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			out = append(out, p[from:i])
			from = i + 1
		}
	}
	return append(out, p[from:])
}

// groupEnd is where the group ends that a pattern begins with, -1 when it does not.
func groupEnd(p string) int {
	depth := 0
	for i, c := range operators(p) {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// operators are the parentheses and bars of a pattern that mean something: those not escaped, and in no class.
func operators(p string) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		class := false
		for i := 0; i < len(p); i++ {
			switch c := p[i]; {
			case c == '\\':
				i++
			case class:
				class = c != ']'
			case c == '[':
				class = true
			case c == '(' || c == ')' || c == '|':
				if !yield(i, c) {
					return
				}
			}
		}
	}
}
