package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sallyport/internal/output"
	"sallyport/internal/pattern"
	"sallyport/internal/rule"
)

type rulesTestCommand struct {
	Dirs []string `arg:"" name:"dir" help:"A folder with rules, and beside NAME.yaml the scripts NAME.js, NAME.vue and so on."`
}

// Run exits with 0 when every comment is right, 1 when one is not, 2 when the rules cannot be read.
func (c rulesTestCommand) Run(s streams) error {
	o, err := readRules(c.Dirs)
	if err != nil {
		return tellMistakes(s.stderr, err)
	}
	o.set = o.set.Everywhere()
	checks, wrong, tested := 0, 0, map[string]bool{}
	for _, f := range o.files {
		for _, script := range scriptsBeside(f.Name) {
			n, failures, err := o.check(f.Name, script, tested)
			if err != nil {
				return err
			}
			checks += n
			wrong += len(failures)
			for _, fail := range failures {
				fmt.Fprintf(s.stdout, "%s:%d: %s\n", output.Visible(script), fail.Line, output.Visible(fail.Message))
			}
		}
	}
	for _, r := range o.set.Rules {
		if !tested[r.ID] {
			fmt.Fprintf(s.stdout, "%s:%d: %s has no test: no comment beside it says ruleid: %s\n", r.File, r.Line, r.ID, r.ID)
		}
	}
	verdict := "all right"
	if wrong > 0 {
		verdict = several(wrong, "thing") + " wrong"
	}
	fmt.Fprintf(s.stdout, "%s, %s: %s.\n", several(len(o.set.Rules), "rule"), several(checks, "check"), verdict)
	if wrong > 0 {
		return exitRequest(exitBroke)
	}
	return nil
}

// scriptsBeside are the scripts that test a rule file: NAME.js and NAME.anything.js for NAME.yaml.
func scriptsBeside(file string) []string {
	stem := strings.TrimSuffix(strings.TrimSuffix(file, ".yaml"), ".yml")
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		rest, mine := strings.CutPrefix(e.Name(), filepath.Base(stem)+".")
		if mine && !e.IsDir() && slices.Contains([]string{".js", ".mjs", ".ts", ".vue"}, filepath.Ext(e.Name())) && !strings.HasPrefix(rest, "fixed.") {
			out = append(out, filepath.ToSlash(filepath.Join(filepath.Dir(file), e.Name())))
		}
	}
	return out
}

// announces says whether a script has a comment that a rule must find something.
func announces(text, id string) bool {
	for line := range strings.Lines(text) {
		_, ids, ok := strings.Cut(line, "ruleid:")
		if ok && slices.Contains(strings.FieldsFunc(ids, func(r rune) bool { return strings.ContainsRune(", \t\n", r) }), id) {
			return true
		}
	}
	return false
}

// check compares the comments of one script with what the rules of its file find.
func (o *operator) check(file, script string, tested map[string]bool) (checks int, failures []pattern.Failure, err error) {
	text, err := os.ReadFile(script)
	if err != nil {
		return 0, nil, err
	}
	found := map[string][]int{}
	for _, r := range o.set.Rules {
		if r.File == file {
			found[r.ID] = []int{}
			tested[r.ID] = tested[r.ID] || announces(string(text), r.ID)
		}
	}
	analysed := o.analyse(script, text, rule.Options{Rules: append(slices.Clip(rule.All), o.rule(script))})
	for _, f := range analysed.Findings {
		if _, mine := found[f.Rule]; mine {
			found[f.Rule] = append(found[f.Rule], f.Span.Start.Line)
		}
	}
	checks, failures = pattern.Compare(string(text), found)
	return checks, failures, nil
}
