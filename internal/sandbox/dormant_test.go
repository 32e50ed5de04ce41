package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"sallyport/internal/browser"
	"sallyport/internal/finding"
	"sallyport/internal/trace"
)

// trigger is one inert fixture: a script that waits for something, and its harmless twin.
type trigger struct {
	name, wakes, script, twin string
}

func triggers(t testing.TB) []trigger {
	t.Helper()
	files, err := filepath.Glob("testdata/dormant/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	var out []trigger
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		one := trigger{name: strings.TrimSuffix(filepath.Base(f), ".txtar")}
		one.wakes, _, _ = strings.Cut(strings.TrimPrefix(string(a.Comment), "What wakes it: "), "\n")
		for _, part := range a.Files {
			switch part.Name {
			case "script.js":
				one.script = string(part.Data)
			case "twin.js":
				one.twin = string(part.Data)
			}
		}
		if one.script == "" || one.twin == "" {
			t.Fatalf("%s: wants script.js and twin.js", f)
		}
		out = append(out, one)
	}
	return out
}

// found says whether a report shows the deed.
func (g *trigger) found(r *trace.Report) bool {
	if r.Verdict != trace.Hostile && r.Verdict != trace.Suspicious {
		return false
	}
	deed := slices.ContainsFunc(r.Hosts, func(h trace.HostRow) bool { return strings.HasSuffix(h.Host, "collect.test") }) ||
		slices.ContainsFunc(r.Writes, func(w trace.WriteRow) bool { return strings.HasSuffix(w.Title, "ommon.js") })
	return deed || slices.ContainsFunc(r.Findings, func(f trace.Finding) bool {
		return f.Severity >= finding.Medium && slices.ContainsFunc(deeds, func(d string) bool { return strings.Contains(f.Message, d) })
	})
}

// deeds are what the fixtures do when they are awake, in the words of the findings, where it is not seen by host and title.
var deeds = []string{
	"collect.test", "no content security policy", "changes your e-mail address", "changes your connected applications", "changes the rights of", "changes which rights you give", "rolls back edits", "installs itself to stay: module store",
	"runs code that is kept", "in the page's address as code", "an answer of the wiki as code", "what other scripts save", "from other scripts what the wiki answers", "marks changes as patrolled", "sends e-mail as you", "does, and nobody else",
	"runs text as code that does not stand in it",
}

// seen is how the look at one fixture went.
type seen struct {
	trigger
	report *trace.Report
	runs   int
	err    error
}

// suite looks at fixtures, two at a time, until what is looked for is seen.
func suite(t testing.TB, tier Tier, all []trigger, text func(*trigger) string, until func(*trigger, *trace.Report) bool) []seen {
	t.Helper()
	takesLong(t)
	proof := proofFor(t)
	first, people := oneWiki(t)
	out := make([]seen, len(all))
	var group sync.WaitGroup
	queue := make(chan int)
	for range 2 {
		group.Go(func() {
			for i := range queue {
				g := &all[i]
				out[i] = seen{trigger: *g}
				s, err := New(Options{
					Tier: tier, Windows: 1, Budget: 10 * time.Minute, // what is found is not to hang on how busy the machine is
					Browser: browser.Options{Proof: proof}, Now: theDay, People: people,
					Until: func(r *trace.Report) bool { return until(g, r) },
				})
				if err != nil {
					out[i].err = err
					continue
				}
				s.memory = first.memory
				r, err := s.Run(context.Background(), Script{Path: g.name + ".js", Title: "User:Mara/" + g.name + ".js", Text: text(g)})
				if err != nil {
					out[i].err = err
					continue
				}
				out[i].report, out[i].runs = r.Report, r.Runs
				if os.Getenv("SALLYPORT_DORMANT") != "" { // long runs are watched
					t.Logf("%s at tier %s: %s after %d runs", g.name, tier, r.Report.Verdict, r.Runs)
				}
			}
		})
	}
	for i := range all {
		queue <- i
	}
	close(queue)
	group.Wait()
	return out
}

// some picks every nth fixture; what SALLYPORT_DORMANT asks for where it is set: all, or 2/6 for the second of six parts.
func some(all []trigger, n int) []trigger {
	asked := os.Getenv("SALLYPORT_DORMANT")
	if asked == "all" {
		return all
	}
	var part, parts int
	if _, err := fmt.Sscanf(asked, "%d/%d", &part, &parts); err == nil && part > 0 && part <= parts {
		return slices.Collect(func(yield func(trigger) bool) {
			for i := part - 1; i < len(all) && yield(all[i]); i += parts {
			}
		})
	}
	var out []trigger
	for i := 0; i < len(all); i += n {
		out = append(out, all[i])
	}
	return out
}

// thoroughly says whether all tests are asked for.
func thoroughly() bool { return os.Getenv("SALLYPORT_TEST_ALL") == "1" }

func TestSleepingScriptsAreFound(t *testing.T) {
	all := triggers(t)
	every := 9
	if thoroughly() {
		every = 3 // make bench-dormant looks at all of them
	}
	all = some(all, every)
	out := suite(t, Standard, all, func(g *trigger) string { return g.script }, (*trigger).found)
	quick, standard := 0, 0
	var missed []trigger
	for _, s := range out {
		switch {
		case s.err != nil:
			t.Errorf("%s: %v", s.name, s.err)
		case !s.found(s.report):
			missed = append(missed, s.trigger)
			t.Logf("%s, woken by %s: not in %d runs (%s)", s.name, s.wakes, s.runs, s.report.Verdict)
		case s.runs <= quickRuns+2: // two may be under way when it is seen
			quick++
			standard++
		default:
			standard++
		}
	}
	deep := standard
	for _, s := range suite(t, Deep, missed, func(g *trigger) string { return g.script }, (*trigger).found) {
		if s.err == nil && s.found(s.report) {
			deep++
		} else {
			t.Logf("%s: not by a deep look either", s.name)
		}
	}
	t.Logf("of %d sleeping scripts found: quick %d, standard %d, deep %d", len(all), quick, standard, deep)
	if 100*standard < 80*len(all) || 100*deep < 95*len(all) {
		t.Errorf("goals are 80 of 100 by standard and 95 of 100 by deep")
	}
}

func TestHarmlessTwinsAreNotCalledHostile(t *testing.T) {
	all := triggers(t)
	if thoroughly() {
		all = some(all, 8) // make bench-dormant looks at all of them
	} else {
		all = some(all, 17)
	}
	tier := Tier(cmp.Or(os.Getenv("SALLYPORT_TIER"), string(Quick)))
	verdicts := map[trace.Verdict]int{}
	for _, s := range suite(t, tier, all, func(g *trigger) string { return g.twin }, func(*trigger, *trace.Report) bool { return false }) {
		if s.err != nil {
			t.Errorf("%s: %v", s.name, s.err)
			continue
		}
		verdicts[s.report.Verdict]++
		if s.report.Verdict == trace.Hostile {
			t.Errorf("%s: its twin is called hostile: %s", s.name, strings.Join(s.report.Reasons, "; "))
		}
	}
	t.Logf("%d twins at tier %s: %v", len(all), tier, verdicts)
}

func TestEachFixtureSaysWhatWakesItAndNamesReservedHostsOnly(t *testing.T) {
	for _, g := range triggers(t) {
		if g.wakes == "" {
			t.Errorf("%s does not say what wakes it", g.name)
		}
		for _, text := range []string{g.script, g.twin} {
			for _, m := range stackHost.FindAllStringSubmatch(text, -1) {
				if !strings.HasSuffix(m[1], ".test") && !strings.HasSuffix(m[1], ".example") && strings.Contains(m[1], ".") {
					t.Errorf("%s names %s", g.name, m[1])
				}
			}
		}
	}
}

var stackHost = regexp.MustCompile(`(?:https?|wss?)://([A-Za-z0-9.-]*)`)
