package bench

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/browser"
	"sallyport/internal/sandbox"
	"sallyport/internal/trace"
)

func TestThePageOnReadingAndRunningIsWhatWasSeen(t *testing.T) {
	all := recorded(t)
	got := halvesPage(t, all)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(halvesDocument, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(halvesDocument)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (UPDATE=1 writes it): %s", halvesDocument, diff)
	}
	stale := 0
	for _, set := range []string{"hostile", "harmless"} {
		for _, s := range snippets(t, set) {
			if !slices.ContainsFunc(all, func(l looked) bool { return l.Set == s.Set && l.Name == s.Name && l.SHA256 == s.SHA256 }) {
				stale++
			}
		}
	}
	t.Logf("%d scripts have changed since, or are new: make bench-halves looks at them", stale)
}

var (
	halvesSum = regexp.MustCompile(`(?m)^(\d+) hostile scripts, (\d+) expectations: reading meets (\d+) of them, running (\d+), one or the other (\d+)\.$`)
	halvesRow = regexp.MustCompile("(?m)^\\| (`[a-z-]+`|all) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\|$")
)

func TestTheFiguresOfThePageAddUp(t *testing.T) {
	page, err := os.ReadFile(halvesDocument)
	if err != nil {
		t.Fatal(err)
	}
	var sum [8]int
	var total []int
	for _, m := range halvesRow.FindAllStringSubmatch(string(page), -1) {
		row := numbers(t, m[2:])
		if row[1] != row[3]+row[4] || row[2] != row[3]+row[5] || row[0] != row[3]+row[4]+row[5]+row[6] || row[7] > row[2] {
			t.Errorf("the row of %s does not add up: %v", m[1], row)
		}
		if m[1] == "all" {
			total = row
			break
		}
		for i, n := range row {
			sum[i] += n
		}
	}
	if diff := cmp.Diff(sum[:], total); diff != "" {
		t.Errorf("the last row is not the sum of the others: %s", diff)
	}
	m := halvesSum.FindStringSubmatch(string(page))
	if m == nil {
		t.Fatal("the page does not sum up")
	}
	head := numbers(t, m[2:])
	if want := []int{total[0], total[1], total[2], total[0] - total[6]}; !slices.Equal(head, want) || total[0] < 150 {
		t.Errorf("the page says %v, its table %v", head, want)
	}
}

func numbers(t *testing.T, words []string) []int {
	t.Helper()
	var out []int
	for _, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func TestEachReasonIsForSomethingThatWasSeen(t *testing.T) {
	all := recorded(t)
	for _, row := range reasonRows(t) {
		if !applies(all, row) {
			t.Errorf("%s, %s: both halves see it, and the reason is out of date", row[0], row[1])
		}
		if strings.TrimSpace(row[2]) == "" {
			t.Errorf("%s, %s: no reason", row[0], row[1])
		}
	}
}

func TestWhoSeesWhatIsCounted(t *testing.T) {
	row := func(read, run, forced []string, expect ...string) looked {
		return looked{snippet: snippet{Set: "hostile", Name: strings.Join(expect, "+"), Expect: expect}, Read: half{Rules: read}, Run: half{Rules: run, Forced: forced}}
	}
	classes, total, misses := count([]looked{
		row([]string{"leak"}, []string{"keys"}, nil, "leak"),                                         // told by another name
		row([]string{"eval"}, []string{"eval"}, []string{"eval"}, "eval"),                            // only when turned
		row([]string{"site-code", "persist"}, []string{"site-code"}, nil, "site-code", "persist"),    // persist: only read
		row(nil, []string{"hosts"}, nil, "obfuscation"),                                              // whatever it did
		row([]string{"dormant"}, nil, nil, "rights"),                                                 // neither
		{snippet: snippet{Set: "harmless", Name: "quiet"}, Read: half{Rules: []string{"site-code"}}}, // is no expectation
	})
	want := tally{expected: 6, read: 4, ran: 4, both: 3, onlyRead: 1, onlyRan: 1, neither: 1, turned: 1}
	if total != want || len(classes) != 6 || *classes["persist"] != (tally{expected: 1, read: 1, onlyRead: 1}) {
		t.Errorf("%+v, want %+v; %v", total, want, classes)
	}
	if got := fmt.Sprint(misses); got != "[{site-code+persist persist only read} {obfuscation obfuscation only run} {rights rights neither}]" {
		t.Error(got)
	}
}

func TestBothHalvesLookAtOneScript(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a browser; leave -short out")
	}
	if _, err := browser.Find(); err != nil {
		if os.Getenv("SALLYPORT_TEST_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	s := snippet{Set: "hostile", Name: "sample", Expect: []string{"site-code"}, text: `
new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'MediaWiki:Common.js', text: 'x' } );`}
	l, err := look(t.Context(), s, sandbox.Quick, &browser.Proof{})
	if err != nil {
		t.Fatal(err)
	}
	if _, total, _ := count([]looked{l}); l.Verdict != trace.Hostile || total != (tally{expected: 1, read: 1, ran: 1, both: 1}) || !l.enough() {
		t.Errorf("%+v", l)
	}
}
