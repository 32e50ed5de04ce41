package cli

import (
	"strings"
	"testing"

	"sallyport/internal/sandbox"
)

func TestTheBarSumsUpAllScripts(t *testing.T) {
	b := &runBar{t: &teller{}, scripts: 2, looked: map[string]sandbox.Progress{}}
	b.run(sandbox.Progress{Path: "a.js", Runs: 5, Expected: 10, Ran: 1, All: 4})
	b.run(sandbox.Progress{Path: "b.js", Runs: 10, Expected: 10, Ran: 4, All: 4})
	b.done()
	line := b.line()
	if !strings.HasSuffix(line, "1 of 2 scripts, 15 of 20 runs, 62 % of the functions") {
		t.Error(line)
	}
	if full := strings.Count(line, "█"); full != barWidth*3/4 || strings.Count(line, "░") != barWidth-full {
		t.Errorf("%d of %d are full: %s", full, barWidth, line)
	}
	b.run(sandbox.Progress{Path: "a.js", Runs: 12, Expected: 10}) // more than was planned
	if full := strings.Count(b.line(), "█"); full != barWidth {
		t.Error(b.line())
	}
}
