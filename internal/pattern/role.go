package pattern

import (
	"regexp"
	"strings"

	"sallyport/internal/js"
)

// role is what a node of a pattern stands for.
type role struct {
	kind roleKind
	v    int            // metavariable, for those that have one
	re   *regexp.Regexp // of "=~/…/"
}

type roleKind uint8

const (
	itself         roleKind = iota // matches what is written the same
	anything                       // $_
	variable                       // $X
	dots                           // ...
	dotsVariable                   // $...X
	deep                           // <... P ...>
	anyString                      // "..."
	stringVariable                 // "$X"
	stringRegexp                   // "=~/x/"
	anyRegexp                      // /.../
	regexpVariable                 // /$X/
	anyText                        // ... in the text of a template
)

var (
	metavariable = regexp.MustCompile(`^\$[A-Z_][A-Z_0-9]*$`)
	typed        = regexp.MustCompile(`\(\s*\$[A-Z_][A-Z_0-9]*\s*:`)
	jsx          = regexp.MustCompile(`<\s*/?\s*[A-Za-z$][\w$.-]*[^<>]*>`)
	partial      = regexp.MustCompile(`^\s*(?:if|while|for|switch|catch|else|function|async|class|try)\b[^{]*$`)
	inString     = regexp.MustCompile(`(?s)^=~/(.*)/([a-z]*)$`)
)

// vocabulary gives metavariables numbers. Those of all rules share it, so that equal patterns of several rules are one.
type vocabulary struct {
	names []string
	ids   map[string]int
}

func (v *vocabulary) id(name string) int {
	if id, ok := v.ids[name]; ok {
		return id
	}
	v.names = append(v.names, name)
	v.ids[name] = len(v.names) - 1
	return len(v.names) - 1
}

// roleOf reads a name.
func (v *vocabulary) roleOf(name string) role {
	switch {
	case name == ellipsis:
		return role{kind: dots}
	case name == "$_":
		return role{kind: anything}
	case strings.HasPrefix(name, "$"+ellipsis):
		return role{kind: dotsVariable, v: v.id("$..." + name[1+len(ellipsis):])}
	case metavariable.MatchString(name):
		return role{kind: variable, v: v.id(name)}
	}
	return role{}
}

// roles reads the whole pattern. The role of a Dot is that of its property; that of a call is deep or none.
func (v *vocabulary) roles(s *js.Script) ([]role, *trouble) {
	out := make([]role, s.Len())
	for n := js.Node(1); int(n) < s.Len(); n++ {
		switch s.Kind(n) {
		case js.Ident, js.Name, js.Dot:
			out[n] = v.roleOf(s.Name(n))
		case js.Call:
			if s.Kind(s.Callee(n)) == js.Ident && s.Name(s.Callee(n)) == deepCall {
				out[n].kind = deep
				if len(s.Args(n)) != 1 {
					return nil, &trouble{s.Start(n), "<... ...> takes one expression"}
				}
			}
		case js.String:
			r, err := v.stringRole(s.Str(n), s.Source(n))
			if err != nil {
				return nil, &trouble{s.Start(n), err.Error()}
			}
			out[n] = r
		case js.TemplateText:
			if s.RawStr(n) == "..." {
				out[n].kind = anyText
			}
		case js.Regexp:
			switch text := s.Str(n); {
			case text == "...":
				out[n].kind = anyRegexp
			case metavariable.MatchString(text):
				out[n] = role{kind: regexpVariable, v: v.id(text)}
			}
		}
	}
	return out, nil
}

// stringRole reads a string. A regular expression in one is taken as it is written: its backslashes are its own.
func (v *vocabulary) stringRole(text, source string) (role, error) {
	switch m := inString.FindStringSubmatch(source[1 : len(source)-1]); {
	case text == "...":
		return role{kind: anyString}, nil
	case metavariable.MatchString(text):
		return role{kind: stringVariable, v: v.id(text)}, nil
	case m != nil:
		flags := ""
		for _, f := range m[2] {
			if strings.ContainsRune("ims", f) {
				flags += string(f)
			}
		}
		if flags != "" {
			flags = "(?" + flags + ")"
		}
		re, err := compile(m[1], flags)
		return role{kind: stringRegexp, re: re}, err
	}
	return role{}, nil
}
