package cli

import (
	"fmt"
	"io"
	"path"
	"strings"
)

const pageBegins = `# The rules of a scan

Printed by ` + "`sallyport rules --format markdown`" + `; a test fails when this page is not what it prints, and ` + "`make update`" + `
prints it again. Each rule's examples are those it is tested on. Rules of your own: [operator-rules.md](operator-rules.md).

| rule | at worst | what it catches | what a reader sees |
|---|---|---|---|
`

// printRulesPage prints the reference page.
func printRulesPage(w io.Writer, all []ruleDoc) error {
	var b strings.Builder
	b.WriteString(pageBegins)
	for _, e := range all {
		var sees []string
		for _, c := range e.Capabilities {
			sees = append(sees, c.Sentence)
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", e.Name, e.Name, e.Severity, cell(e.Title), cell(strings.Join(sees, "; ")))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	for i := range all {
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
		if err := all[i].markdown(w); err != nil {
			return err
		}
	}
	return nil
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// markdown prints one rule as a section.
func (e *ruleDoc) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n**%s** (%s at worst", e.Name, e.Title, e.Severity)
	for _, n := range e.CWE {
		fmt.Fprintf(&b, ", [CWE-%d](https://cwe.mitre.org/data/definitions/%d.html)", n, n)
	}
	fmt.Fprintf(&b, ")\n\n%s\n", e.Doc)
	for i, c := range e.Capabilities {
		if i == 0 {
			b.WriteString("\nA reader sees:\n\n")
		}
		fmt.Fprintf(&b, "- this script %s (`%s`)\n", c.Sentence, c.Name)
	}
	fmt.Fprintf(&b, "\n%s\n", e.About)
	for _, x := range e.shown() {
		fmt.Fprintf(&b, "\n%s\n\n%s", exampleTitle(x), fenced(strings.TrimPrefix(path.Ext(x.Name), "."), x.Code))
		if len(x.Says) > 0 {
			fmt.Fprintf(&b, "\n%s", fenced("", strings.Join(x.Says, "\n")))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fenced puts code between fences longer than any in it.
func fenced(language, code string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence + language + "\n" + code + "\n" + fence + "\n"
}
