package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"

	"sallyport/internal/browser"
	"sallyport/internal/config"
	"sallyport/internal/decoy"
	"sallyport/internal/output"
	"sallyport/internal/sandbox"
	"sallyport/internal/story"
	"sallyport/internal/trace"
)

// detonation is what commands that run scripts have in common.
type detonation struct {
	Tier     string   `help:"How much trouble is taken: quick (about 10 runs a script), standard (about 80), deep (until nothing new runs, a minute at most)." enum:"quick,standard,deep" default:"standard"`
	Jobs     int      `help:"Scripts run at once, each in a browser of its own; one for every two cores when 0." default:"0" placeholder:"N"`
	With     []string `help:"A folder of scripts that others import: files by name, below User/ and MediaWiki/ by title. May be given several times." placeholder:"DIR" sep:"none"`
	Snapshot string   `help:"Run on a recorded wiki: see sallyport snapshot." placeholder:"FILE"`
	Host     string   `help:"The name of the pretend wiki." default:"wiki.test" placeholder:"NAME"`
	Title    string   `help:"The page the script is kept on, as User:Mara/x.js. For one script." placeholder:"TITLE"`
	Allow    []string `help:"A host that scripts may contact. May be given several times." placeholder:"HOST" sep:"none"`
	Insecure bool     `name:"insecure" help:"Go on where nothing but the browser's own switches keeps it from the network (isolation level C)."`
	Config   string   `help:"The settings file; it says where wiki:TITLE is." placeholder:"FILE"`
	Quiet    bool     `short:"q" help:"No progress, no remarks."`
}

type detonateCommand struct {
	Paths  []string `arg:"" name:"path" help:"A file, a folder, - for standard input, the address of a wiki page, wiki:TITLE or wiki:PREFIX* of the configured wiki."`
	Format string   `help:"text, json or html." enum:"text,json,html" default:"text"`
	Output string   `short:"o" help:"Write to a file; it is replaced when everything has run." placeholder:"FILE"`
	Trace  string   `help:"Keep the log of every run: sallyport replay judges it again." placeholder:"FILE"`
	detonation
}

// Run exits with 0 when nothing was seen, 3 when a script is hostile, suspicious or could not be told, 1 when something broke, 2
// when the command line makes no sense.
func (c detonateCommand) Run(s streams) error {
	told := c.teller(s, c.Output == "" && isTerminal(s.stdout))
	logs, err := create(c.Trace, io.Discard)
	if err != nil {
		return err
	}
	var keep *trace.Writer
	if c.Trace != "" {
		keep = trace.NewWriter(logs)
	}
	shown, err := c.detonate(s.ctx, c.Paths, told, keep)
	if e := logs.finish(err == nil); err == nil && c.Trace != "" {
		err = e
	}
	told.done()
	if err != nil {
		return tellMissing(err)
	}
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	if err := errors.Join(c.show(out, s, shown), out.finish(true)); err != nil {
		return err
	}
	return shown.verdict()
}

// detonated is what came of all scripts.
type detonated struct {
	document trace.Document
	pictures map[string][]story.Picture
	texts    map[string]string
	broken   int
}

// extras are what a page shows besides the report.
func (d *detonated) extras() story.Options {
	return story.Options{Pictures: d.pictures, Excerpt: d.texts}
}

func (d *detonated) verdict() error {
	for _, r := range d.document.Runs {
		if r.Verdict != trace.NothingSeen {
			return exitRequest(exitFindings)
		}
	}
	if d.broken > 0 {
		return fmt.Errorf("%s could not be read", output.Plural(d.broken, "script"))
	}
	return nil
}

func (c detonateCommand) show(out *target, s streams, d *detonated) error {
	return show(out, c.Format, inColour(c.Output, s.stdout), d)
}

// inColour says whether what goes to standard output may have colours.
func inColour(file string, stdout io.Writer) bool {
	return file == "" && isTerminal(stdout) && !config.Plain()
}

func show(out io.Writer, format string, colour bool, d *detonated) error {
	switch format {
	case "json":
		return d.document.WriteJSON(out)
	case "html":
		return story.HTML(out, &d.document, d.extras())
	default:
		return story.Text(out, &d.document, story.TextOptions{Colour: colour})
	}
}

func (c *detonation) teller(s streams, busy bool) *teller {
	return &teller{w: s.stderr, quiet: c.Quiet, draws: !c.Quiet && !busy && isTerminal(s.stderr)}
}

// options are those of the sandbox.
func (c *detonation) options() (sandbox.Options, error) {
	o := sandbox.Options{Tier: sandbox.Tier(c.Tier), Host: c.Host, Allowed: c.Allow, Pictures: true, Library: &decoy.Library{}}
	if c.Insecure {
		o.Browser.Level = browser.LevelC
	}
	for _, dir := range c.With {
		if err := fillLibrary(o.Library, dir); err != nil {
			return o, fmt.Errorf("read scripts to import: %w", err)
		}
	}
	if c.Snapshot != "" {
		source, people, pages, err := openSnapshot(c.Snapshot)
		if err != nil {
			return o, err
		}
		o.Snapshot, o.People, o.Pages = source, people, pages
	}
	return o, nil
}

// fillLibrary reads the scripts of a folder. Below User and MediaWiki a path is a title, elsewhere a file's name.
func fillLibrary(l *decoy.Library, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".js") {
			return err
		}
		text, err := root.ReadFile(name)
		if err != nil {
			return err
		}
		for _, space := range []string{"User", "MediaWiki"} {
			if rest, ok := strings.CutPrefix(name, space+"/"); ok {
				l.Add(space+":"+rest, string(text))
			}
		}
		l.Add(strings.ReplaceAll(name, ":", "_"), string(text))
		l.Add(path.Base(name), string(text))
		return nil
	})
}

// jobs is how many scripts run at once.
func (c *detonation) jobs() int {
	if c.Jobs > 0 {
		return c.Jobs
	}
	return max(1, runtime.NumCPU()/2)
}

// tellMissing says what to do where there is no browser.
func tellMissing(err error) error {
	if errors.Is(err, browser.ErrNotFound) {
		return fmt.Errorf("%w\n\nNothing else of sallyport needs it", browser.ErrNotFound)
	}
	return err
}

// errNoScript is said when the paths hold nothing that can be run.
var errNoScript = errors.New("no script to run: name a .js file, a folder that holds some, or a page")

// gathered is a script that waits for its run.
type gathered struct {
	path, text string
}

// gather reads the scripts that are named; style sheets and data are left out.
func (c *detonation) gather(ctx context.Context, paths []string, told *teller) (all []gathered, broken int, err error) {
	sources, err := scanCommand{Config: c.Config}.sources(paths, told)
	if err != nil {
		return nil, 0, err
	}
	for _, source := range sources {
		err := source.Each(ctx, func(in scanInput) error {
			if !runs(in.Path) {
				return nil
			}
			text, err := readInput(ctx, in)
			if err != nil {
				broken++
				told.remark(fmt.Sprintf("%s: %v", in.Path, err))
				return nil
			}
			all = append(all, gathered{in.Path, text})
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	if len(all) == 0 && broken == 0 {
		return nil, 0, errNoScript
	}
	return all, broken, nil
}
