package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"golang.org/x/tools/txtar"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// ruleDoc is one of our rules with the example it is tested on.
type ruleDoc struct {
	Name         string           `json:"name"`
	Severity     finding.Severity `json:"severity"` // the worst it says
	Title        string           `json:"title"`
	Doc          string           `json:"doc"` // without the title
	CWE          []int            `json:"cwe,omitempty"`
	Capabilities []ruleWord       `json:"capabilities"`
	About        string           `json:"about"` // what the example is about
	Examples     []ruleExample    `json:"examples"`
}

type ruleWord struct {
	Name     capability.Name `json:"name"`
	Sentence string          `json:"sentence"`
}

// ruleExample is a script and what the rule says of it, line by line; nothing of a good one.
type ruleExample struct {
	Name string   `json:"name"`
	Code string   `json:"code"`
	Says []string `json:"says"`
}

func documented(r *rule.Rule) (ruleDoc, error) {
	_, doc, _ := strings.Cut(r.Doc, "\n")
	e := ruleDoc{Name: r.Name, Severity: r.Severity, Title: r.Title(), Doc: strings.TrimSpace(doc), CWE: r.CWE, Capabilities: []ruleWord{}}
	for _, name := range r.Capabilities {
		e.Capabilities = append(e.Capabilities, ruleWord{name, capability.Capability{Name: name}.Sentence()})
	}
	text, err := r.Fixture()
	if err != nil {
		return e, fmt.Errorf("explain rule %s: %w", r.Name, err)
	}
	a := txtar.Parse(text)
	e.About = strings.TrimSpace(string(a.Comment))
	want := ""
	for _, f := range a.Files {
		if f.Name == "want" {
			want = string(f.Data)
		}
	}
	for _, f := range a.Files {
		if f.Name != "want" {
			e.Examples = append(e.Examples, ruleExample{f.Name, strings.TrimRight(string(f.Data), "\n"), saidOf(want, f.Name)})
		}
	}
	return e, nil
}

// saidOf are the lines about one script, without its name; what is indented goes on from the line before.
func saidOf(want, name string) []string {
	says := []string{}
	mine := false
	for line := range strings.Lines(want) {
		line = strings.TrimRight(line, "\n")
		if !strings.HasPrefix(line, "\t") {
			line, mine = strings.CutPrefix(line, name+":")
		}
		if mine {
			says = append(says, strings.Replace(line, "\t", "    ", 1))
		}
	}
	return says
}

// shown picks one bad and one good example.
func (e *ruleDoc) shown() (out []ruleExample) {
	for _, kind := range []string{"bad", "good"} {
		for _, x := range e.Examples {
			if strings.HasPrefix(x.Name, kind) {
				out = append(out, x)
				break
			}
		}
	}
	return out
}

func printRules(w io.Writer, all []ruleDoc) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range all {
		var words []string
		for _, c := range e.Capabilities {
			words = append(words, string(c.Name))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", e.Name, e.Severity, e.Title, strings.Join(words, ", "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d rules. To have one explained: sallyport rules NAME\n", len(all))
	return err
}

func printRulesJSON(w io.Writer, all []ruleDoc) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Schema string    `json:"schema"`
		Rules  []ruleDoc `json:"rules"`
	}{"sallyport.rules/1", all})
}

func (e *ruleDoc) text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s at worst)\n\n%s\n", e.Name, e.Title, e.Severity, e.Doc)
	if len(e.Capabilities) > 0 {
		b.WriteString("\nA reader sees:\n")
		for _, c := range e.Capabilities {
			fmt.Fprintf(&b, "  this script %s (%s)\n", c.Sentence, c.Name)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", e.About)
	for _, x := range e.shown() {
		fmt.Fprintf(&b, "\n%s\n\n", exampleTitle(x))
		for line := range strings.Lines(x.Code + "\n") {
			b.WriteString("    " + line)
		}
		if len(x.Says) > 0 {
			b.WriteString("\n")
		}
		for _, line := range x.Says {
			b.WriteString("  " + line + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func exampleTitle(x ruleExample) string {
	if strings.HasPrefix(x.Name, "good") {
		return "It says nothing of this (" + x.Name + "):"
	}
	return "Bad (" + x.Name + "), and what is said of it:"
}
