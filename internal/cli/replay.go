package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"sallyport/internal/story"
	"sallyport/internal/trace"
)

type replayCommand struct {
	File   string   `arg:"" help:"A log kept with detonate --trace." placeholder:"FILE"`
	Format string   `help:"text, json or html." enum:"text,json,html" default:"text"`
	Output string   `short:"o" help:"Write to a file." placeholder:"FILE"`
	Allow  []string `help:"A host that scripts may contact. May be given several times." placeholder:"HOST" sep:"none"`
	Host   []string `help:"A host that is the wiki's own, beside the pretend wiki's." placeholder:"NAME" sep:"none"`
}

// errReplay is said of a file in which nothing ran.
var errReplay = errors.New("the log holds no runs")

// Run judges an old log by today's rules. Exit codes are those of detonate.
func (c replayCommand) Run(s streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	defer f.Close()
	log, err := trace.Read(f)
	if err != nil {
		return fmt.Errorf("read the log %s: %w", c.File, err)
	}
	if len(log.Runs) == 0 {
		return fmt.Errorf("%s: %w", c.File, errReplay)
	}
	d := &detonated{pictures: map[string][]story.Picture{}}
	d.document.Isolation = log.Isolation()
	for _, one := range log.Scripts() {
		d.document.Runs = append(d.document.Runs, trace.Judge(one, c.options(one)))
	}
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	if err := errors.Join(show(out, c.Format, inColour(c.Output, s.stdout), d), out.finish(true)); err != nil {
		return err
	}
	return d.verdict()
}

// options are what the log itself says: the decoy's names.
func (c replayCommand) options(l *trace.Log) trace.Options {
	o := trace.Options{Allowed: c.Allow, Hosts: append([]string{"wiki.test", ".wiki.test"}, c.Host...)}
	for _, r := range l.Runs {
		if r.Setup.Host != "" {
			o.Hosts = append(o.Hosts, r.Setup.Host)
		}
		if o.Self == "" && !r.Setup.Base {
			o.Self = pageUnderTest(r)
		}
	}
	if space, rest, ok := strings.Cut(o.Self, ":"); ok && space == "User" {
		o.Author, _, _ = strings.Cut(rest, "/")
	}
	return o
}

// pageUnderTest is the page that the script was served as: the first that the decoy served from a file.
func pageUnderTest(r *trace.Run) string {
	for _, e := range r.Events {
		if e.Kind != trace.ScriptLoad || e.Data.Answer != "script" {
			continue
		}
		if u, err := url.Parse(e.Data.URL); err == nil {
			return strings.ReplaceAll(u.Query().Get("title"), "_", " ")
		}
	}
	return ""
}
