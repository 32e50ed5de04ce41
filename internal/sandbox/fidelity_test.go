package sandbox

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/corpustest"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// real are the scripts of the corpus that people or wikis load as they are.
func real(t testing.TB) []Script {
	t.Helper()
	manifest := corpustest.Manifest(t)
	var out []Script
	for _, f := range corpustest.Files(t, ".js") {
		kind := manifest[f.Name]["kind"]
		if kind != "user-script" && kind != "gadget-script" {
			continue
		}
		if part := os.Getenv("SALLYPORT_FIDELITY"); part != "" && part != "all" && !regexp.MustCompile(part).MatchString("files/"+f.Name) {
			continue
		}
		s := Script{Path: f.Name, Text: string(f.Text)}
		if kind == "gadget-script" {
			s.Title = "MediaWiki:Gadget-" + filepath.Base(f.Name)
		}
		out = append(out, s)
	}
	return out
}

// beside are the files of a script's own repository, which it may import.
func beside(t testing.TB, s Script) *decoy.Library {
	t.Helper()
	l := &decoy.Library{}
	repo, _, _ := strings.Cut(s.Path, "/")
	for _, f := range corpustest.Files(t) {
		name, mine := strings.CutPrefix(f.Name, repo+"/")
		if !mine {
			continue
		}
		if strings.HasPrefix(strings.ToLower(path.Base(name)), "gadgets-definition") {
			l.Define(string(f.Text))
		}
		if strings.HasSuffix(name, ".js") || strings.HasSuffix(name, ".json") {
			l.Add(name, string(f.Text))
		}
	}
	return l
}

// tried is how one real script went.
type tried struct {
	script Script
	errors []string // ReferenceErrors and TypeErrors of its own
	any    []string
	report *trace.Report
}

// fidelity runs scripts as people meet them, and gathers what they could not find. The plan says what runs are made; nil is one as an
// editor and one as an interface admin.
func fidelity(t testing.TB, scripts []Script, o Options) []tried {
	t.Helper()
	takesLong(t)
	out := make([]tried, len(scripts))
	proof := proofFor(t)
	first, people := oneWiki(t)
	if o.Snapshot == nil {
		o.People = people
	}
	var group sync.WaitGroup
	queue := make(chan int)
	for range 2 {
		group.Go(func() {
			for i := range queue {
				one := o
				one.Windows, one.Browser.Proof, one.Library = 1, proof, beside(t, scripts[i])
				s, err := New(one)
				if err != nil {
					t.Error(err)
					continue
				}
				s.memory = first.memory
				r, err := s.Run(context.Background(), scripts[i])
				if err != nil {
					t.Errorf("%s: %v", scripts[i].Path, err)
					continue
				}
				out[i] = tried{script: scripts[i], report: r.Report}
				out[i].gather(r.Log)
			}
		})
	}
	for i := range scripts {
		queue <- i
	}
	close(queue)
	group.Wait()
	return out
}

func (r *tried) gather(l *trace.Log) {
	for _, run := range l.Runs {
		if run.Stage == trace.Forced || run.Setup.Base {
			continue
		}
		for _, e := range run.Events {
			if e.Kind != trace.Error || e.Stage != trace.Natural || e.Script == nil && decoy.IsCompanion(e.Data.URL) {
				continue
			}
			line, _, _ := strings.Cut(e.Data.Text, "\n")
			if !slices.Contains(r.any, line) {
				r.any = append(r.any, line)
			}
			if (strings.Contains(line, "ReferenceError") || strings.Contains(line, "TypeError")) && !slices.Contains(r.errors, line) {
				r.errors = append(r.errors, line)
			}
		}
	}
}

// spread picks n of a list, evenly.
func spread(all []Script, n int) []Script {
	var out []Script
	for i := range min(n, len(all)) {
		out = append(out, all[i*len(all)/min(n, len(all))])
	}
	return out
}

// tell prints how scripts went, and returns the share of all that found all they wanted, in hundredths.
func tell(t testing.TB, what string, out []tried) int {
	t.Helper()
	fine, ran := 0, 0
	var coverage []float64
	for _, r := range out {
		if r.report == nil {
			continue
		}
		ran++
		if len(r.errors) == 0 {
			fine++
		}
		coverage = append(coverage, r.report.Coverage)
		t.Logf("%-70s %-12s %.2f %s", r.script.Path, r.report.Verdict, r.report.Coverage, clip(strings.Join(r.errors, " | "), 160))
		if r.report.Verdict == trace.Hostile {
			t.Errorf("%s is called hostile: %s", r.script.Path, strings.Join(r.report.Reasons, "; "))
		}
	}
	if ran == 0 {
		t.Fatal("none ran")
	}
	t.Logf("%s: %d of %d scripts without ReferenceError or TypeError (%d in 100); median coverage %.3f", what, fine, ran, 100*fine/ran, median(coverage))
	return 100 * fine / ran
}

// fewRuns is enough to know whether a script finds what it wants: an editor, an interface admin, somebody who is not logged in.
func fewRuns(r *trace.Report) bool { return r.Visits.Runs >= 4 }

func TestRealScriptsFindWhatTheyWantOnOurOwnWiki(t *testing.T) {
	proofFor(t)
	scripts := real(t)
	n := 8
	if os.Getenv("SALLYPORT_FIDELITY") != "" { // all, or those whose path matches
		n = len(scripts)
	}
	if share := tell(t, "our own mw", fidelity(t, spread(scripts, n), Options{Tier: Quick, Until: fewRuns})); n == len(scripts) && share < 60 {
		t.Errorf("%d in 100, not 60", share)
	}
}

// named are scripts of different kinds and sizes whose coverage is followed.
var named = []string{
	"BrandonXLF__wikipedia-user-scripts/src/AddCopied.js", "anafibnshahibul__Wikipedia-User-Scripts/ConnectCats/ConnectCats.js", "wikimedia-gadgets__MoreMenu/src/MoreMenu.js",
	"BrandonXLF__wikipedia-user-scripts/src/ParameterSpacing.js", "canonnizq__wikipedia-scripts/src/AlertAssistant.js", "enterprisey__delsort/delsort.js",
	"he7d3r__mw-gadget-AbuseFilterStats/src/AbuseFilterStats.js", "he7d3r__mw-gadget-GlobalPreferences/src/GlobalPreferences.js", "BraunOBruno__ptwiki-scripts/BotoesDeAtalho.js",
	"Pathoschild__Wikimedia-contrib/user-scripts/pathoschild.ajaxtransclusiontable.js", "wikimedia-gadgets__MoreMenu/src/MoreMenu.user.js", "The-Voidwalker__MediaWiki-Scripts/unattachedCA.js",
}

func TestADeepLookRunsMostOfAScript(t *testing.T) {
	if os.Getenv("SALLYPORT_FIDELITY") == "" {
		t.Skip("takes ten minutes: make bench-fidelity")
	}
	proofFor(t)
	var scripts []Script
	for _, s := range real(t) {
		if slices.Contains(named, s.Path) {
			scripts = append(scripts, s)
		}
	}
	if all := os.Getenv("SALLYPORT_FIDELITY") == "all"; all && len(scripts) != len(named) {
		t.Fatalf("the corpus has %d of the %d named scripts", len(scripts), len(named))
	}
	out := fidelity(t, scripts, Options{Tier: Deep, Budget: 10 * time.Minute}) // what runs is not to hang on how busy the machine is
	tell(t, "deep", out)
	var coverage []float64
	for _, r := range out {
		if r.report != nil {
			coverage = append(coverage, r.report.Coverage)
		}
	}
	if m := median(coverage); m < 0.55 {
		t.Errorf("median coverage is %.3f, not 0.55", m)
	}
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	if len(list) == 0 {
		return 0
	}
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}
