package confirm

import (
	"slices"
	"strings"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// analyses remembers what was found in texts, so that looking at a page again costs nothing.
type analyses struct {
	analyse func(path string, text []byte) *finding.Script
	known   *otter.Cache[string, *finding.Script]
}

func newAnalyses(analyse func(string, []byte) *finding.Script) *analyses {
	return &analyses{analyse, otter.Must(&otter.Options[string, *finding.Script]{MaximumSize: 200})}
}

func (a *analyses) of(path, text string) *finding.Script {
	key := path + "\n" + string(store.DigestOf(text))
	if s, ok := a.known.GetIfPresent(key); ok {
		return s
	}
	s := a.analyse(path, []byte(text))
	s.Text = ""
	a.known.Set(key, s)
	return s
}

// verdict is what a change adds to what a script can do.
type verdict struct {
	Analysed bool
	Gains    []capability.Capability // worst first
	Loses    []capability.Capability
	Findings []found // that the old text does not have
	Grave    bool    // the script could change other people's code, or who may do what
}

type found struct {
	Severity, Message string
	Line              int
}

// judge compares the texts of a page before and after.
func (a *analyses) judge(site *wiki.Site, c *writedoor.Change) verdict {
	path, ok := scriptPath(site, c)
	if !ok || a.analyse == nil || c.Gone {
		return verdict{}
	}
	was, is := a.of(path, c.Old), a.of(path, c.New)
	gained, lost := capability.Diff(capability.NewSet(was.Capabilities), capability.NewSet(is.Capabilities))
	v := verdict{Analysed: true, Loses: lost}
	for _, g := range gained {
		v.Gains = append(v.Gains, g)
		v.Grave = v.Grave || slices.Contains([]capability.Name{capability.WriteSiteCode, capability.WriteOtherCode, capability.Rights}, g.Name)
	}
	had := map[string]bool{}
	for _, f := range was.Findings {
		had[f.Rule+f.Message] = true
	}
	for _, f := range is.Findings {
		if !had[f.Rule+f.Message] && f.Severity > finding.Note {
			v.Findings = append(v.Findings, found{f.Severity.String(), f.Message, f.Span.Start.Line})
		}
	}
	return v
}

// scriptPath names a page so that the analysis knows what its text is.
func scriptPath(site *wiki.Site, c *writedoor.Change) (string, bool) {
	path := site.PrefixedText(c.Title)
	for _, ending := range []string{".js", ".css", ".vue"} {
		if strings.HasSuffix(path, ending) {
			return path, true
		}
	}
	ending, ok := map[string]string{wiki.ModelJavaScript: ".js", wiki.ModelCSS: ".css", wiki.ModelVue: ".vue"}[c.After]
	return path + ending, ok
}
