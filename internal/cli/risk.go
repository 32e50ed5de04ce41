package cli

import (
	"errors"
	"fmt"
	"io"

	"sallyport/internal/finding"
	"sallyport/internal/output"
	"sallyport/internal/risk"
	"sallyport/internal/scan"
)

type riskCommand struct {
	Paths      []string `arg:"" name:"path" help:"A file, a folder, - for standard input, the address of a wiki page, wiki:TITLE or wiki:PREFIX* of the configured wiki."`
	Config     string   `help:"The settings file; it says where wiki:TITLE is." placeholder:"FILE"`
	Format     string   `help:"text or json." enum:"text,json" default:"text"`
	Output     string   `short:"o" help:"Write to a file; it is replaced when all is judged." placeholder:"FILE"`
	Users      *int     `help:"How many people run it." placeholder:"N"`
	Rights     []string `help:"Rights that one of them has at least: delete, editinterface, userrights and so on." placeholder:"RIGHT"`
	Wikis      int      `help:"On how many wikis it runs." default:"1" placeholder:"N"`
	AuthorDays *int     `help:"How many days old the author's account is." placeholder:"N"`
	Keepers    *int     `help:"How many people can change what you run, imports counted." placeholder:"N"`
	FailAt     int      `help:"Exit with 3 when a score is at least this high; 0 for never." default:"60" placeholder:"SCORE"`
	Quiet      bool     `short:"q" help:"Scores alone."`

	analysis analysis
	stdin    io.Reader
}

// Run exits with 0 when every score is below the limit, 3 when one is not, 1 when something could not be read or written.
func (c riskCommand) Run(s streams) error {
	if wrong := c.check(); wrong != "" {
		fmt.Fprintf(s.stderr, "sallyport: %s\n\nTo see what there is: sallyport risk --help\n", wrong)
		return exitRequest(exitUsage)
	}
	read := scanCommand{Config: c.Config, analysis: c.analysis, stdin: c.stdin}
	told := &teller{w: s.stderr, quiet: c.Quiet}
	sources, err := read.sources(c.Paths, told)
	if err != nil {
		return err
	}
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	worst := 0
	o := output.RiskOptions{Facts: c.facts(), Rated: func(_ string, a risk.Assessment) { worst = max(worst, a.Score) }}
	o.TextOptions = output.TextOptions{Colour: inColour(c.Output, s.stdout), Quiet: c.Quiet}
	sum, err := scan.Run(s.ctx, scan.Options{Analyse: c.analysis.analyse}, sources, c.handler(out, o))
	if s.ctx.Err() != nil {
		err = errStopped
	}
	if err := errors.Join(err, out.finish(err == nil)); err != nil {
		return err
	}
	switch {
	case sum.Broken > 0:
		return fmt.Errorf("scripts that could not be read: %d; what could be is judged", sum.Broken)
	case c.FailAt > 0 && worst >= c.FailAt:
		return exitRequest(exitFindings)
	}
	return nil
}

func (c riskCommand) check() string {
	for _, one := range []struct {
		flag string
		n    *int
		most int
	}{{"--users", c.Users, 1 << 40}, {"--author-days", c.AuthorDays, 1 << 20}, {"--keepers", c.Keepers, 1 << 40}, {"--wikis", &c.Wikis, 1 << 20}, {"--fail-at", &c.FailAt, 100}} {
		if one.n != nil && (*one.n < 0 || *one.n > one.most) {
			return fmt.Sprintf("%s: write a number from 0 to %d", one.flag, one.most)
		}
	}
	return ""
}

// facts are what the flags say; what none of them says is not known.
func (c riskCommand) facts() (f risk.Facts) {
	if c.Users != nil || len(c.Rights) > 0 {
		f.Audience = risk.Audience{Known: true, People: 1, Wikis: c.Wikis, Power: risk.PowerOf(c.Rights)}
		if c.Users != nil {
			f.Audience.People = *c.Users
		}
		if f.Audience.Power > risk.NoPower {
			f.Audience.Powerful = 1
		}
	}
	if c.AuthorDays != nil {
		f.Origin.Author = risk.Author{Known: true, Days: *c.AuthorDays}
	}
	if c.Keepers != nil {
		f.Origin.Keepers = risk.Keepers{Known: true, People: *c.Keepers}
	}
	return f
}

func (c riskCommand) handler(out io.Writer, o output.RiskOptions) finding.Handler {
	if c.Format == "json" {
		return output.NewRiskJSON(out, o)
	}
	return output.NewRisk(out, o)
}
