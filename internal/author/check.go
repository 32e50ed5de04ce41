package author

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"sallyport/internal/bundle"
	"sallyport/internal/capability"
	"sallyport/internal/csp"
	"sallyport/internal/finding"
	"sallyport/internal/gadget"
	"sallyport/internal/wiki"
)

// Checker knows what a check needs beside the files.
type Checker struct {
	Site  *wiki.Site
	Owner string // whose user space the folder is
	// Analyse reads one file, as `sallyport scan` does.
	Analyse func(path string, text []byte) *finding.Script
	// Page is a page that is not in the folder, for instance another person's; ok is false when the wiki has none. nil: nobody is
	// asked, and such pages are listed only.
	Page func(t wiki.Title) (text string, ok bool, err error)
}

// Remark is something the wiki would say about a working copy.
type Remark struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Stops   bool   `json:"stops"` // the gadget, or that page of it, does not run
	Message string `json:"message"`
}

// String is one line for a terminal.
func (r Remark) String() string {
	where, word := r.File, "note"
	if r.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, r.Line, max(r.Column, 1))
	}
	if r.Stops {
		word = "error"
	}
	return fmt.Sprintf("%s: %s: %s", where, word, r.Message)
}

// Checked is what the wiki would make of one gadget.
type Checked struct {
	File      string            `json:"file"`  // of the definition
	Title     string            `json:"title"` // of its page
	Remarks   []Remark          `json:"remarks"`
	Findings  []*finding.Script `json:"scripts"`   // what a reading of each script says
	Can       capability.Set    `json:"can"`       // of all of them
	Elsewhere []string          `json:"elsewhere"` // pages it takes from the wiki
	Bytes     int               `json:"bytes"`     // as it is served: scripts and styles
}

// Good says that nothing stops it.
func (c *Checked) Good() bool {
	return !slices.ContainsFunc(c.Remarks, func(r Remark) bool { return r.Stops })
}

// Check says what the wiki would say of every definition in a folder.
func (c *Checker) Check(files fs.FS) ([]*Checked, error) {
	names, err := definitions(files)
	if err != nil {
		return nil, err
	}
	var all []*Checked
	for _, name := range names {
		one, err := c.one(files, name)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", name, err)
		}
		all = append(all, one)
	}
	return all, nil
}

func (c *Checker) one(files fs.FS, name string) (*Checked, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	self, err := c.Site.ParseIn(c.Owner+"/"+name, wiki.NSUser)
	if err != nil {
		return nil, err
	}
	out := &Checked{File: name, Title: c.Site.PrefixedText(self), Remarks: []Remark{}, Elsewhere: []string{}}
	def, mistakes := gadget.Parse(text, gadget.Options{Site: c.Site, Title: self})
	for _, m := range mistakes {
		out.Remarks = append(out.Remarks, Remark{name, m.Line, m.Column, m.Severity == gadget.Error, m.Message})
	}
	if def == nil {
		return out, nil
	}
	inputs, at, err := c.inputs(files, def, self, out)
	if err != nil {
		return nil, err
	}
	built := bundle.Build(bundle.Input{
		Module: "ext.usergadget.p1", Package: def.Settings.Package, Styles: def.EffectiveType() == gadget.TypeStyles, Files: inputs, Icons: def.Module.CodexIcons,
	})
	for _, p := range built.Problems {
		out.Remarks = append(out.Remarks, Remark{at[p.Title], p.Line, p.Column, p.Dropped, p.Message})
	}
	out.Bytes = len(built.Combined())
	out.undeclared(def)
	return out, nil
}

// inputs reads the pages, and says where each has its text from.
func (c *Checker) inputs(files fs.FS, def *gadget.Definition, self wiki.Title, out *Checked) ([]bundle.File, map[string]string, error) {
	var inputs []bundle.File
	at := map[string]string{}
	var can []capability.Capability
	for _, t := range def.Titles(c.Site, self) {
		f := bundle.File{Name: c.Site.Prefixed(t), Title: c.Site.PrefixedText(t)}
		path, mine := strings.CutPrefix(t.Key, self.Root()+"/")
		if mine && t.NS == wiki.NSUser {
			text, err := fs.ReadFile(files, path)
			f.Name = path
			f.Text, f.Missing, f.Reason = string(text), err != nil, "there is no file "+path+" in the folder"
			at[f.Title] = path
		} else {
			out.Elsewhere = append(out.Elsewhere, f.Title)
			at[f.Title] = f.Title
			if t.NS == wiki.NSMediaWiki {
				f.Name = strings.TrimPrefix(t.Key, "Gadget-")
			}
			var err error
			if f, err = c.foreign(f, t); err != nil {
				return nil, nil, err
			}
		}
		if !f.Missing && f.Text != "" {
			read := c.Analyse(at[f.Title], []byte(f.Text))
			out.Findings = append(out.Findings, read)
			can = append(can, read.Capabilities...)
		}
		inputs = append(inputs, f)
	}
	out.Can = capability.NewSet(can)
	return inputs, at, nil
}

// foreign reads a page that is not in the folder.
func (c *Checker) foreign(f bundle.File, t wiki.Title) (bundle.File, error) {
	if c.Page == nil {
		return f, nil // an empty page: what it holds is not known
	}
	text, ok, err := c.Page(t)
	f.Text, f.Missing, f.Reason = text, !ok, "the wiki has no such page"
	return f, err
}

// undeclared says which hosts the scripts contact that the definition does not ask for: on a wiki with a policy they are blocked.
func (o *Checked) undeclared(def *gadget.Definition) {
	told := map[string]bool{}
	for _, cap := range o.Can {
		directive, known := directives[cap.How]
		if cap.Name != capability.Network || cap.Target == "" || strings.Contains(cap.Target, "<") || !known || told[directive+cap.Target] {
			continue
		}
		told[directive+cap.Target] = true
		if slices.ContainsFunc(def.Settings.CSP, func(h gadget.Host) bool { return h.Directive == directive && reaches(h.Source, cap.Target) }) {
			continue
		}
		o.Remarks = append(o.Remarks, Remark{File: o.File, Message: fmt.Sprintf(
			"It contacts %s (%s), which the definition does not ask for. Where the wiki has a policy that is blocked; ask with \"settings\": { \"csp\": { %q: { \"https://%s\": \"what for\" } } }.",
			cap.Target, cap.How, directive, cap.Target)})
	}
}

// directives that a way of contacting a host needs (CSP3 §6.1).
var directives = map[string]string{
	"script": "script-src", "style": "style-src", "fetch": "connect-src", "beacon": "connect-src", "socket": "connect-src", "image": "img-src",
	"frame": "frame-src", "form": "form-action", "font": "font-src",
}

func reaches(s csp.Source, host string) bool {
	if s.Wild {
		return strings.HasSuffix(host, "."+s.Host)
	}
	return s.Host == host
}
