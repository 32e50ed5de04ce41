package csp

import (
	"slices"
	"strings"
)

// space is ASCII white space as the standard means it (Infra).
const space = " \t\n\f\r"

// ParseHeader reads the values of a Content-Security-Policy header; commas part policies (CSP3 §2.2.2). Policies without
// directives are left out.
func ParseHeader(values ...string) (Set, []Problem) {
	var set Set
	var p problems
	for _, policy := range strings.Split(bounded(strings.Join(values, ","), ",", &p), ",") {
		if one := parse(policy, &p); len(one.Directives) > 0 {
			set = append(set, one)
		}
	}
	return set, p.all()
}

// Parse reads one policy, as it stands in a <meta> element or between the commas of a header (CSP3 §2.2.1). It never
// fails: what browsers ignore is not in the policy but in the list of problems.
func Parse(text string) (*Policy, []Problem) {
	var p problems
	policy := parse(bounded(text, ";", &p), &p)
	return policy, p.all()
}

// bounded cuts a text that no browser would take at the last mark that fits.
func bounded(text, mark string, p *problems) string {
	if len(text) <= maxText {
		return text
	}
	p.add("too-long", "", "", "The policy has %d KiB. Browsers refuse responses with headers of more than 256 KiB; the end is not read.", len(text)>>10)
	return text[:max(0, strings.LastIndex(text[:maxText], mark))]
}

func parse(text string, p *problems) *Policy {
	policy := &Policy{}
	seen := map[string]bool{}
	for _, part := range strings.Split(text, ";") {
		part = strings.Trim(part, space)
		if part == "" {
			continue
		}
		tokens := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(space, r) })
		name := strings.ToLower(tokens[0])
		switch {
		case !ascii(part):
			p.add("not-ascii", name, part, "Browsers ignore the whole directive because of a character that is not ASCII. Write host names in Punycode and encode paths.")
		case seen[name]:
			p.add("duplicate-directive", name, part, "Only the first %s counts. Put all its sources there.", brief(name))
		default:
			seen[name] = true
			if d, ok := parseDirective(name, tokens[1:], p); ok {
				policy.Directives = append(policy.Directives, d)
			}
		}
	}
	return policy
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// parseDirective reads what stands after a name. ok is false when the directive could not be printed again.
func parseDirective(name string, tokens []string, p *problems) (d Directive, ok bool) {
	d.Name = name
	switch formOf(name) {
	case sources:
		d.Sources = parseSources(name, tokens, p)
	case places:
		d.Sources = slices.DeleteFunc(parseSources(name, tokens, p), func(s Source) bool {
			fits := s.Kind == Host || s.Kind == Scheme || s == Word(Self)
			if !fits {
				p.add("not-a-place", name, s.String(), "%s has no meaning in %s: it takes hosts, schemes and 'self'.", s, name)
			}
			return !fits
		})
	case bare:
		if len(tokens) > 0 {
			p.add("no-value", name, strings.Join(tokens, " "), "%s takes no value; browsers ignore what follows.", name)
		}
	case words:
		d.Tokens = parseWords(name, tokens, p)
	default:
		p.add("unknown-directive", name, "", "%s", whyUnknown(name))
		d.Tokens = tokens
		return d, writable(name) && !slices.ContainsFunc(tokens, func(t string) bool { return !writable(t) })
	}
	return d, true
}

func whyUnknown(name string) string {
	if why := gone[name]; why != "" {
		return "Browsers ignore " + name + ": " + why + "."
	}
	return "Browsers know no directive of this name and ignore it."
}

func parseSources(name string, tokens []string, p *problems) []Source {
	var list []Source
	seen := map[Source]bool{}
	for _, token := range tokens {
		if strings.EqualFold(token, "'none'") {
			if len(tokens) > 1 {
				p.add("none-with-others", name, token, "'none' is ignored because other sources stand beside it.")
			}
			continue
		}
		s, why := readSource(token)
		switch {
		case why != "":
			p.add("bad-source", name, token, "Browsers ignore %s: %s.", brief(token), why)
		case !seen[s]:
			seen[s] = true
			list = append(list, s)
		}
		if why == "" && slices.Contains(keywords, "'"+strings.ToLower(token)+"'") || strings.EqualFold(token, "none") {
			p.add("missing-quotes", name, token, "Browsers take %s for the name of a host. Put it in single quotes if you mean the keyword.", token)
		}
		if why == "" && strings.ContainsAny(token, "?#") {
			p.add("query-in-path", name, token, "Browsers ignore what follows the path of %s; leave it out.", brief(token))
		}
	}
	return list
}

// sandboxFlags are the words of the HTML standard, "parse a sandboxing directive".
var sandboxFlags = []string{"allow-downloads", "allow-forms", "allow-modals", "allow-orientation-lock", "allow-pointer-lock",
	"allow-popups", "allow-popups-to-escape-sandbox", "allow-presentation", "allow-same-origin", "allow-scripts",
	"allow-storage-access-by-user-activation", "allow-top-navigation", "allow-top-navigation-by-user-activation",
	"allow-top-navigation-to-custom-protocols"}

func parseWords(name string, tokens []string, p *problems) []string {
	var list []string
	for _, t := range tokens {
		if name == "sandbox" {
			t = strings.ToLower(t)
		}
		switch {
		case !writable(t):
			p.add("bad-value", name, t, "Browsers cannot make sense of this.")
			continue
		case name == "sandbox" && !slices.Contains(sandboxFlags, t):
			p.add("unknown-flag", name, t, "Browsers know no sandbox flag %s and ignore it.", brief(t))
			continue
		case name == "require-trusted-types-for" && t != "'script'":
			p.add("bad-value", name, t, "Only 'script' can stand here.")
			continue
		case name == "report-to" && len(list) == 1:
			p.add("bad-value", name, t, "Only one group can be named; browsers ignore the others.")
			continue
		}
		list = append(list, t)
	}
	if name == "report-to" && len(tokens) == 0 {
		p.add("bad-value", name, "", "No group is named.")
	}
	return list
}

// writable says whether a token can stand in a policy without ending it.
func writable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ';' || r == ',' })
}
