package rule

import (
	"net/url"
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/js"
	"sallyport/internal/link"
)

// How much is read together with one script.
const (
	maxTogether      = 32
	maxTogetherBytes = 1 << 20
)

// group is a script with all it leads to.
type group struct {
	o     Options
	files []link.File
	alone []*finding.Script
	bytes int
	full  bool // more would have belonged to it
}

// across adds what only shows when a script is read together with those it names: values that move from one to the
// other, and what the others can do.
func (o Options) across(out *finding.Script, script *js.Script) *finding.Script {
	if o.Find == nil || out.Goal == string(js.Opaque) || !refers(out, script) {
		return out
	}
	g := &group{o: o}
	g.add(out, script)
	defer g.release()
	for i := 0; i < len(g.files); i++ {
		g.follow(i)
	}
	if len(g.files) == 1 {
		return out
	}
	g.through(out)
	g.together(out)
	if g.full {
		out.Findings = append(out.Findings, finding.Finding{
			Rule: notAnalysed.Name, Severity: finding.Note, Span: beginning,
			Message: "leads to more scripts than are read together with it",
			Advice:  "What moves between the others is not followed from here; each is read on its own.",
		})
	}
	return out
}

var beginning = finding.Span{Start: finding.Position{Line: 1, Column: 1}, End: finding.Position{Line: 1, Column: 1}}

// refers says, at little cost, whether a script may name others at all.
func refers(out *finding.Script, s *js.Script) bool {
	if s.Goal == js.ModuleGoal || slices.ContainsFunc(out.Capabilities, func(c capability.Capability) bool { return c.Name == capability.Import }) {
		return true
	}
	for b := range s.Bindings {
		if s.AtomText(s.Bindings[b].Name) == "require" {
			return true
		}
	}
	for n := js.Node(1); int(n) < s.Len(); n++ {
		if s.Kind(n) == js.ImportCall {
			return true
		}
	}
	return false
}

func (g *group) add(alone *finding.Script, s *js.Script) {
	g.files = append(g.files, link.File{Path: alone.Path, Script: s, Uses: map[link.Ref]int{}})
	g.alone = append(g.alone, alone)
	g.bytes += len(alone.Text)
}

// release hands back what was read besides the script itself.
func (g *group) release() {
	for _, f := range g.files[1:] {
		f.Script.Release()
	}
}

// follow adds what one file names.
func (g *group) follow(i int) {
	refs := link.Modules(g.files[i].Script)
	for _, c := range g.alone[i].Capabilities {
		if ref, ok := reference(c); ok {
			refs = append(refs, ref)
		}
	}
	for _, ref := range refs {
		path, src, ok := g.o.Find(g.files[i].Path, ref)
		if !ok {
			continue
		}
		at := slices.IndexFunc(g.files, func(f link.File) bool { return f.Path == path })
		if at < 0 {
			if g.full = g.full || len(g.files) == maxTogether || g.bytes+len(src) > maxTogetherBytes; g.full {
				return
			}
			at = len(g.files)
			g.add(g.o.alone(path, src))
		}
		g.files[i].Uses[ref] = at
	}
}

// reference is the script of this wiki that an import names.
func reference(c capability.Capability) (link.Ref, bool) {
	if c.Name != capability.Import || c.Certainty != capability.Certain {
		return link.Ref{}, false
	}
	if strings.HasPrefix(c.Target, "ext.gadget.") || strings.HasPrefix(c.Target, "ext.usergadget.") {
		return link.Ref{Kind: link.Module, Name: c.Target}, true
	}
	title := c.Target
	if _, query, ok := strings.Cut(c.Target, "?"); ok {
		q, err := url.ParseQuery(query)
		if err != nil || q.Get("title") == "" || q.Has("oldid") {
			return link.Ref{}, false
		}
		title = q.Get("title")
	}
	return link.Ref{Kind: link.Page, Name: title}, !strings.ContainsAny(title, "<>…/?\n") || strings.Contains(title, ":") && !strings.Contains(title, "//")
}

// through says what the script can do by way of the others.
func (g *group) through(out *finding.Script) {
	for i, s := range g.alone[1:] {
		out.Others = append(out.Others, finding.Other{Path: s.Path, SHA256: s.SHA256})
		for _, c := range capability.NewSet(s.Capabilities) {
			c.Through, c.Line = g.files[i+1].Path, 0
			out.Capabilities = append(out.Capabilities, c)
		}
	}
}

// together analyses all files as one, and keeps what that says about the first.
func (g *group) together(out *finding.Script) {
	joined := link.Join(g.files)
	all, script := g.o.alone("joined.js", []byte(joined.Text))
	script.Release()
	if all.Goal == string(js.Opaque) {
		return
	}
	found := map[place]bool{}
	var news []finding.Finding
	for _, f := range all.Findings {
		if g.settle(&f, joined) {
			found[place{f.Rule, f.Span, f.Document}] = true
			news = append(news, f)
		}
	}
	// What a value turns out to be elsewhere may clear it.
	out.Findings = slices.DeleteFunc(out.Findings, func(f finding.Finding) bool {
		return len(f.Flow) > 0 && !found[place{f.Rule, f.Span, f.Document}]
	})
	for _, f := range news {
		if !slices.ContainsFunc(out.Findings, func(had finding.Finding) bool {
			return had.Rule == f.Rule && had.Span == f.Span && had.Document == f.Document
		}) && len(f.Flow) > 0 {
			out.Findings = append(out.Findings, f)
		}
	}
}

// settle moves a finding from the joined text to the first file, and says whether it has to do with that at all. What
// ends in another file is said of the last place in this one that the value comes by.
func (g *group) settle(f *finding.Finding, joined *link.Joined) bool {
	file := g.place(&f.Span, joined)
	mine := file == 0
	steps := f.Flow[:0:0]
	for _, step := range f.Flow {
		at := g.place(&step.Span, joined)
		switch {
		case at < 0:
			continue
		case at > 0:
			step.Path = g.files[at].Path
		case !mine:
			f.Span = step.Span
		}
		steps = append(steps, step)
	}
	f.Flow = steps
	if mine {
		return true
	}
	own := slices.ContainsFunc(steps, func(s finding.Step) bool { return s.Path == "" })
	return own && file > 0
}

// place maps a span and says which file it is in.
func (g *group) place(s *finding.Span, joined *link.Joined) int {
	file, line := joined.Place(s.Start.Line)
	_, end := joined.Place(s.End.Line)
	s.Start.Line, s.End.Line = line, max(end, line)
	return file
}
