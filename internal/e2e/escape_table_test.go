package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cells are what the table says of an escape.
type cells struct{ free, under string }

const (
	escapesBegin = "<!-- Written by TestEveryWayOutOfAPageIsClosedOrNamed with UPDATE=1. -->\n"
	escapesEnd   = "<!-- The end of what it wrote. -->\n"
)

var escapesFile = filepath.Join("..", "..", "docs", "csp.md")

// document is docs/csp.md in three parts, of which the table is the second.
func document(t *testing.T) (before, table, after string) {
	t.Helper()
	text, err := os.ReadFile(escapesFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), escapesBegin)
	table, after, ends := strings.Cut(rest, escapesEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", escapesFile)
	}
	return before, table, after
}

// readEscapes reads the table, by what escapes do.
func readEscapes(t *testing.T) map[string]cells {
	t.Helper()
	_, table, _ := document(t)
	known := map[string]cells{}
	for line := range strings.Lines(table) {
		if part := strings.Split(line, " | "); len(part) == 4 {
			known[strings.TrimPrefix(part[0], "| ")] = cells{part[1], part[2]}
		}
	}
	return known
}

// check compares with the table, or writes it. What a page can do under the policy needs a reason.
func (e *escapes) check(free, under map[string]attempt) {
	e.Helper()
	var b strings.Builder
	b.WriteString("| What a script does | Without a policy | With it | Why it gets out |\n|---|---|---|---|\n")
	out, closed := 0, 0
	known := readEscapes(e.T)
	for _, way := range e.list {
		f, u := free[way.Name], under[way.Name]
		seen := u.under(f)
		if early := connectsThen + seen; known[way.Does].under == early {
			seen = early // it may stop just as well before it has connected: that is a race in the browser
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", way.Does, f.free(), seen, way.Why)
		switch {
		case u.reach > nothing && way.Why == "":
			e.Errorf("%s: %s under the policy, and nothing says why", way.Name, u.free())
		case u.reach > nothing:
			out++
		case f.reach > nothing:
			closed++
		}
	}
	e.Logf("%d ways: %d work without a policy and not with it, %d work with it", len(e.list), closed, out)
	before, table, after := document(e.T)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(escapesFile, []byte(before+escapesBegin+b.String()+escapesEnd+after), 0o644); err != nil {
			e.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, b.String()); diff != "" {
		e.Errorf("docs/csp.md says otherwise (- documented, + seen); UPDATE=1 renews it:\n%s", diff)
	}
}
