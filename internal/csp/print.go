package csp

import "strings"

// String prints a policy for a header or a <meta> element. What no policy could hold is left out, which only tightens: a
// list of sources of which nothing remains is 'none'.
func (p *Policy) String() string {
	var b strings.Builder
	for i := range p.Directives {
		text := p.Directives[i].String()
		if text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(text)
	}
	return b.String()
}

// String prints one directive, nothing when its name is none.
func (d *Directive) String() string {
	if !isName(d.Name) {
		return ""
	}
	var b strings.Builder
	b.WriteString(d.Name)
	written := 0
	write := func(s string) {
		if s != "" {
			b.WriteByte(' ')
			b.WriteString(s)
			written++
		}
	}
	switch formOf(d.Name) {
	case sources, places:
		for _, s := range d.Sources {
			write(s.String())
		}
		if written == 0 {
			write("'none'")
		}
	case words, unknown:
		for _, t := range d.Tokens {
			if writable(t) {
				write(t)
			}
		}
	}
	return b.String()
}

// Values are the header values of a set's enforced or report-only policies, one each.
func (set Set) Values(reportOnly bool) []string {
	var values []string
	for _, p := range set {
		if text := p.String(); p.ReportOnly == reportOnly && text != "" {
			values = append(values, text)
		}
	}
	return values
}

// isName: directive names are letters, digits and hyphens (CSP3 §2.3).
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !alphanumeric(r) && r != '-' })
}
