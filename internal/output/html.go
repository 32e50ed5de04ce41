package output

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
)

var (
	//go:embed html.tmpl
	htmlSource string
	//go:embed html.css
	htmlStyle string
	htmlPage  = template.Must(template.New("html").Funcs(template.FuncMap{"visible": Visible, "plural": Plural, "short": short}).Parse(htmlSource))
)

// NewHTML returns the format for sharing: one page that holds everything it shows, asks for nothing and runs nothing. Its
// filters are style sheet rules.
func NewHTML(w io.Writer) finding.Handler {
	return &page{w: w, rules: map[string]*choice{}, names: map[capability.Name]*choice{}}
}

type page struct {
	w     io.Writer
	body  bytes.Buffer // the scripts, as HTML
	total tally
	clean []string
	rules map[string]*choice
	names map[capability.Name]*choice
	hosts hostMap
}

// choice is a filter's row: one rule, or one capability.
type choice struct {
	ID, Label string
	Count     int
}

// htmlScript and htmlFinding are what the template shows of a script.
type htmlScript struct {
	*finding.Script
	Class    string
	Findings []htmlFinding
	Can      []string
	Risk     string
}

type htmlFinding struct {
	*finding.Finding
	Class string
	Frame []excerpt
	Below bool // below a heading of its own
}

func (p *page) Script(s *finding.Script) error {
	p.total.add(s)
	p.hosts.add(s)
	if len(s.Findings) == 0 && len(s.Capabilities) == 0 {
		p.clean = append(p.clean, s.Path)
		return nil
	}
	shown := htmlScript{Script: s, Risk: RiskInWords(risk.Score(risk.Subject{Read: s}))}
	shown.Findings = findingsOf(s, func(f *finding.Finding) string {
		return f.Severity.String() + " " + pick(p.rules, f.Rule, "rule", f.Rule).ID
	})
	var classes []string
	for i, c := range s.Capabilities {
		if i == 0 || s.Capabilities[i-1].Name != c.Name {
			label := capability.Capability{Name: c.Name}.Sentence()
			classes = append(classes, pick(p.names, c.Name, "can", label).ID)
		}
		shown.Can = append(shown.Can, capabilityLine(c))
	}
	shown.Class = strings.Join(classes, " ")
	return htmlPage.ExecuteTemplate(&p.body, "script", shown)
}

// short keeps a label in its column of the map.
func short(s string) string {
	const most = 46
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// pick counts one more of a rule or capability, listing it when it is the first.
func pick[K comparable](all map[K]*choice, key K, prefix, label string) *choice {
	if all[key] == nil {
		all[key] = &choice{ID: fmt.Sprintf("%s%d", prefix, len(all)), Label: label}
	}
	all[key].Count++
	return all[key]
}

func (p *page) Close() error {
	rules, names := ordered(p.rules), ordered(p.names)
	style := Style() + htmlStyle + filters(rules, names)
	hosts := p.hosts.all()
	picture, err := pictureOf(hosts).HTML()
	if err != nil {
		return err
	}
	head := struct {
		CSP          string
		Style        template.CSS
		Sum          string
		Severities   []choice
		Rules, Names []*choice
		Hosts        []target
		Picture      template.HTML
		Clean        []string
	}{
		CSP: Policy(style, false), Style: template.CSS(style), Sum: p.total.String(), //nolint:gosec // our own style sheet
		Rules: rules, Names: names, Hosts: hosts, Picture: picture, Clean: p.clean,
	}
	for s := finding.Critical; s >= finding.Note; s-- {
		head.Severities = append(head.Severities, choice{s.String(), s.String(), p.total.severities[s]})
	}
	if err := htmlPage.ExecuteTemplate(p.w, "head", head); err != nil {
		return err
	}
	if _, err := p.body.WriteTo(p.w); err != nil {
		return err
	}
	return htmlPage.ExecuteTemplate(p.w, "foot", head)
}

// ordered gives the rows in the order of their labels.
func ordered[K comparable](all map[K]*choice) []*choice {
	return slices.SortedFunc(maps.Values(all), func(a, b *choice) int { return strings.Compare(a.Label, b.Label) })
}

// filters are the rules that hide what a reader does not want to see.
func filters(rules, names []*choice) string {
	var b strings.Builder
	for s := finding.Note; s <= finding.Critical; s++ {
		fmt.Fprintf(&b, "body:has(#%[1]s:not(:checked)) .finding.%[1]s{display:none}\n", s)
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "body:has(#%[1]s:not(:checked)) .finding.%[1]s{display:none}\n", r.ID)
	}
	for _, n := range names {
		fmt.Fprintf(&b, "body:has(#%[1]s:checked) article:not(.%[1]s){display:none}\n", n.ID)
	}
	return b.String()
}
