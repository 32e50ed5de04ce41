package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"sallyport/internal/finding"
	"sallyport/internal/output"
	"sallyport/internal/scan"
)

// exitFindings is the exit code of a scan that found something.
const exitFindings = 3

// errStopped: half a scan is no clean one.
var errStopped = errors.New("stopped before the end: nothing is known about the rest")

// Error makes an exit request an error, for commands that have said what there is to say.
func (e exitRequest) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

type scanCommand struct {
	Paths        []string `arg:"" optional:"" name:"path" help:"A file, a folder, - for standard input, the address of a wiki page, wiki:TITLE or wiki:PREFIX* of the configured wiki."`
	Dump         []string `help:"Read the code pages of a MediaWiki XML export, plain or packed with gzip, bzip2 or zstd." placeholder:"FILE" sep:"none"`
	Config       string   `help:"The settings file; it says where wiki:TITLE is." placeholder:"FILE"`
	Format       string   `help:"text, json, sarif or html." enum:"text,json,sarif,html" default:"text"`
	Output       string   `short:"o" help:"Write to a file; it is replaced when the scan is complete." placeholder:"FILE"`
	Baseline     string   `help:"A scan saved with --format json: only what it does not have counts." placeholder:"FILE"`
	Suppressions string   `help:"The findings you accept, each with a reason and an expiry; TOML or JSON." placeholder:"FILE"`
	Diff         bool     `help:"Compare two paths, or two saved scans: which capabilities are gained, which are lost?"`
	Rules        []string `help:"Checks of your own: a folder with Semgrep rules. May be given several times." placeholder:"DIR" sep:"none"`
	FailOn       string   `help:"Exit with 3 when a finding is at least this bad: note, low, medium, high or critical. What cannot be analysed always is." enum:"note,low,medium,high,critical" default:"medium"`
	Jobs         int      `help:"Scripts analysed at once; one a core when 0." default:"0" placeholder:"N"`
	Cache        string   `help:"Where analyses are kept; a folder of yours by default." placeholder:"DIR"`
	NoCache      bool     `help:"Analyse everything again, and keep nothing."`
	Quiet        bool     `short:"q" help:"No progress, no remarks; as text, findings alone."`

	analysis analysis
	stdin    io.Reader
}

// analysis is what a scan runs. It is handed in, so that tests run with one small enough to predict.
type analysis struct {
	analyse scan.Analyser
	rules   []output.Rule
	version string // of what it depends on besides this program: an operator's rules
}

// Run exits with 0 when nothing was found, 3 for findings, 1 when something could not be read or written (what could be
// read is scanned all the same), 2 when the command line makes no sense.
func (c scanCommand) Run(s streams) error {
	if wrong := c.check(); wrong != "" {
		fmt.Fprintf(s.stderr, "sallyport: %s\n\nTo see what there is: sallyport scan --help\n", wrong)
		return exitRequest(exitUsage)
	}
	if len(c.Rules) > 0 {
		own, err := readRules(c.Rules)
		if err != nil {
			return tellMistakes(s.stderr, err)
		}
		c.analysis = c.analysis.with(own)
	}
	collectSeldom(400)
	busy := c.Output == "" && isTerminal(s.stdout)
	told := &teller{w: s.stderr, quiet: c.Quiet, draws: !c.Quiet && !busy && isTerminal(s.stderr)}
	if c.Diff {
		return c.compare(s, told)
	}
	o, err := c.options(told)
	if err != nil {
		return err
	}
	sources, err := c.sources(c.Paths, told)
	if err != nil {
		return err
	}
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	sum, err := scan.Run(s.ctx, o, sources, c.handler(out, s.stdout))
	told.done()
	if s.ctx.Err() != nil {
		err = errStopped
	}
	if err := errors.Join(err, out.finish(err == nil)); err != nil {
		return err
	}
	for _, note := range o.Suppressions.Stale() {
		told.remark(note)
	}
	return c.verdict(&sum)
}

// check says what is wrong with the command line.
func (c scanCommand) check() string {
	switch {
	case len(c.Paths)+len(c.Dump) == 0:
		return "name what to scan: a file, a folder, - for standard input, an address, wiki:TITLE, or --dump FILE"
	case c.Diff && (len(c.Paths) != 2 || len(c.Dump) > 0):
		return "--diff takes two paths, the old one and the new one"
	case c.Diff && c.Format != "text" && c.Format != "json":
		return "--diff is told as text or json"
	case c.Jobs < 0:
		return "--jobs: write a number of at least 1, or 0 for one a core"
	default:
		return ""
	}
}

func (c scanCommand) verdict(sum *scan.Summary) error {
	least, err := finding.ParseSeverity(c.FailOn)
	switch {
	case err != nil:
		return err
	case sum.Broken == 1:
		return errors.New("1 script could not be read; what could be is scanned")
	case sum.Broken > 1:
		return fmt.Errorf("%d scripts could not be read; what could be is scanned", sum.Broken)
	case sum.Fails(least):
		return exitRequest(exitFindings)
	default:
		return nil
	}
}

func (c scanCommand) options(told *teller) (o scan.Options, err error) {
	if c.analysis.analyse == nil {
		return o, errors.New("this build has no analysis")
	}
	o = scan.Options{Analyse: c.analysis.analyse, Jobs: c.Jobs, Progress: told.progress}
	if c.Baseline != "" {
		f, err := os.Open(c.Baseline)
		if err != nil {
			return o, fmt.Errorf("read the baseline: %w", err)
		}
		defer f.Close()
		if o.Baseline, err = scan.ReadBaseline(f); err != nil {
			return o, fmt.Errorf("baseline %s: %w; make one with --format json -o FILE", c.Baseline, err)
		}
	}
	if c.Suppressions != "" {
		text, err := os.ReadFile(c.Suppressions)
		if err != nil {
			return o, fmt.Errorf("read the suppressions: %w", err)
		}
		if o.Suppressions, err = scan.ParseSuppressions(text, time.Now()); err != nil {
			return o, fmt.Errorf("%s: %w", c.Suppressions, err)
		}
	}
	if !c.NoCache {
		o.Cache, err = c.cache(told)
	}
	return o, err
}

// cache opens the cache. One that was asked for has to work; the usual one is a convenience.
func (c scanCommand) cache(told *teller) (*scan.Cache, error) {
	version := c.analysis.version + " " + stamp()
	if c.Cache != "" {
		return scan.OpenCache(c.Cache, version, time.Now())
	}
	dir, err := os.UserCacheDir()
	if err == nil {
		var cache *scan.Cache
		if cache, err = scan.OpenCache(filepath.Join(dir, "sallyport"), version, time.Now()); err == nil {
			return cache, nil
		}
	}
	told.remark(fmt.Sprintf("no cache: %v; --cache DIR names another place, --no-cache does without", err))
	return nil, nil
}

func (c scanCommand) handler(out, stdout io.Writer) finding.Handler {
	switch c.Format {
	case "json":
		return output.NewJSON(out)
	case "sarif":
		return output.NewSARIF(out, output.SARIFOptions{Version: version(), Rules: c.analysis.rules, Baseline: c.Baseline != ""})
	case "html":
		return output.NewHTML(out)
	default:
		return output.NewText(out, output.TextOptions{Colour: inColour(c.Output, stdout), Quiet: c.Quiet})
	}
}

// stamp tells one build of this program from another, which may give another answer.
func stamp() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s %d %d", version(), info.Size(), info.ModTime().UnixNano())
}
