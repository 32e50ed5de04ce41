package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sallyport/internal/author"
	"sallyport/internal/fakewiki"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

type gadgetCommand struct {
	New        gadgetNew        `cmd:"" help:"Begin a gadget: a definition and its pages, as files."`
	Check      gadgetCheck      `cmd:"" help:"Everything the wiki would say about a folder of gadgets, before anything is saved."`
	Preview    gadgetPreview    `cmd:"" help:"Run a folder of gadgets on a pretend wiki, or in a real one for you alone; pages load again when a file changes."`
	FromScript gadgetFromScript `cmd:"" name:"from-script" help:"Make a gadget of a user script and what it imports."`
}

type gadgetNew struct {
	Name string `arg:"" help:"Letters, digits and hyphens: my-tool becomes User:NAME/my-tool.gadget."`
	Kind string `help:"plain, package, vue or styles." enum:"plain,package,vue,styles" default:"plain"`
	Dir  string `help:"The folder of your user space." default:"." type:"path"`
}

func (c gadgetNew) Run(s streams) error {
	files, err := author.New(c.Kind, c.Name)
	if err != nil {
		return err
	}
	return writeCopy(s.stdout, c.Dir, files)
}

type gadgetFromScript struct {
	Name   string `arg:"" help:"Name of the gadget."`
	Script string `arg:"" help:"A file, or - for standard input." type:"existingfile"`
	Dir    string `help:"The folder of your user space." default:"." type:"path"`
}

func (c gadgetFromScript) Run(s streams) error {
	text, err := os.ReadFile(c.Script)
	if err != nil {
		return err
	}
	made, err := author.From(c.Name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Script, err)
	}
	if err := writeCopy(s.stdout, c.Dir, made.Files); err != nil {
		return err
	}
	for _, note := range made.Notes {
		fmt.Fprintf(s.stdout, "%s: %s\n", c.Script, note)
	}
	return nil
}

// writeCopy writes files of a working copy; what is there stays, and then nothing is written.
func writeCopy(out io.Writer, dir string, files map[string]string) error {
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) { //nolint:gosec // the folder is whose command it is
			return fmt.Errorf("%s is there already: choose another name or another --dir", filepath.Join(dir, name))
		}
	}
	for _, name := range names {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil { //nolint:gosec // it will be published
			return err
		}
		if err := os.WriteFile(at, []byte(files[name]), 0o644); err != nil { //nolint:gosec // see above
			return err
		}
		fmt.Fprintln(out, at)
	}
	return nil
}

type gadgetCheck struct {
	Dir        string `arg:"" help:"The folder of your user space, with NAME.gadget in it." default:"." type:"existingdir"`
	Owner      string `help:"Your user name." default:"You"`
	Wiki       string `help:"A wiki to ask for pages that are not in the folder." placeholder:"URL"`
	ScriptPath string `help:"Path of its api.php, without a final slash." default:"/w" placeholder:"PATH"`
	Format     string `help:"text or json." enum:"text,json" default:"text"`

	analysis analysis
}

// Run exits with exitFindings when a gadget would not run, or not all of it.
func (c gadgetCheck) Run(s streams) error {
	all, err := c.check(s.ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%s has no definition in it: a gadget begins with NAME.gadget, and sallyport gadget new writes one", c.Dir)
	}
	if c.Format == "json" {
		e := json.NewEncoder(s.stdout)
		e.SetIndent("", "\t")
		if err := e.Encode(map[string]any{"schema": "sallyport.gadget-check/1", "gadgets": all}); err != nil {
			return err
		}
	} else {
		for _, one := range all {
			tellChecked(s.stdout, one)
		}
	}
	if slices.ContainsFunc(all, func(one *author.Checked) bool { return !one.Good() }) {
		return exitRequest(exitFindings)
	}
	return nil
}

func (c gadgetCheck) check(ctx context.Context) ([]*author.Checked, error) {
	k := author.Checker{Site: fakewiki.New(fakewiki.Options{}).Site(), Owner: c.Owner, Analyse: func(path string, text []byte) *finding.Script {
		return c.analysis.analyse(path, text, nil)
	}}
	if c.Wiki != "" {
		client := mediawiki.New(c.Wiki, c.ScriptPath, nil, mediawiki.Options{})
		site, err := client.Site(ctx)
		if err != nil {
			return nil, err
		}
		k.Site, k.Page = site, func(t wiki.Title) (string, bool, error) {
			page, err := newest(client)(ctx, t)
			return page.Text, page.Exists(), err
		}
	}
	return k.Check(os.DirFS(c.Dir))
}

// tellChecked writes what there is to say about a gadget, and what whoever switches it on will read.
func tellChecked(out io.Writer, c *author.Checked) {
	fmt.Fprintf(out, "%s\n", c.Title)
	for _, r := range c.Remarks {
		fmt.Fprintf(out, "  %s\n", r)
	}
	for _, script := range c.Findings {
		for _, f := range script.Findings {
			if f.Severity >= finding.Low {
				fmt.Fprintf(out, "  %s:%d:%d: %s: %s\n", script.Path, f.Span.Start.Line, f.Span.Start.Column, f.Severity, f.Message)
			}
		}
	}
	for _, can := range c.Can {
		fmt.Fprintf(out, "  It %s.\n", can.Sentence())
	}
	if len(c.Elsewhere) > 0 {
		fmt.Fprintf(out, "  It takes from the wiki: %s. Whoever can edit that can change it.\n", strings.Join(c.Elsewhere, ", "))
	}
	verdict := "It runs."
	if !c.Good() {
		verdict = "It does not run like this, or not all of it."
	}
	fmt.Fprintf(out, "  %s %d bytes are served.\n", verdict, c.Bytes)
}
