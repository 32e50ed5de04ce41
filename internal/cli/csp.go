package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

type cspCommand struct {
	Evaluate cspEvaluate `cmd:"" help:"Say what a policy does not stop."`
	Diff     cspDiff     `cmd:"" help:"Say what one policy allows and another does not, whatever the words."`
	Simulate cspSimulate `cmd:"" help:"Replay what browsers reported against a draft: who would lose what."`
	Derive   cspDerive   `cmd:"" help:"Find the smallest policy under which what is in use goes on working."`
	Status   cspStatus   `cmd:"" help:"Say which policy is in force, how far another one has come, and which sources nobody needs any more."`
}

// aPolicy is an argument that holds a policy.
type aPolicy string

// read takes the text itself, @FILE, or "-" for standard input. Lines of a file are separate headers.
func (p aPolicy) read() (csp.Set, []csp.Problem, error) {
	text := string(p)
	if name, ok := strings.CutPrefix(text, "@"); ok || text == "-" {
		if text == "-" {
			name = "/dev/stdin"
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, fmt.Errorf("read policy: %w", err)
		}
		text = string(b)
	}
	var values []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, value, ok := strings.Cut(line, ":"); ok && strings.HasPrefix(strings.ToLower(name), "content-security-policy") {
			line = value
		}
		values = append(values, line)
	}
	set, problems := csp.ParseHeader(values...)
	return set, problems, nil
}

// cspOutput is what the commands share.
type cspOutput struct {
	Format string `help:"text or json." enum:"text,json" default:"text"`
	Page   string `help:"A page the policy is for: 'self' means its origin." default:"https://wiki.example/"`
}

// json writes a value with its schema's name first.
func (o cspOutput) json(w io.Writer, schema string, value any) error {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "{\n  \"schema\": %q,%s\n", schema, strings.TrimPrefix(string(body), "{"))
	return err
}

type cspEvaluate struct {
	cspOutput
	Policy aPolicy `arg:"" help:"The policy, @FILE, or - for standard input. One line is one header."`
}

// judgement is what evaluate says.
type judgement struct {
	Policy     string     `json:"policy"` // in its shortest words
	Bytes      int        `json:"bytes"`
	Code       string     `json:"code"` // grade
	Leaks      string     `json:"leaks"`
	Weaknesses []weakness `json:"weaknesses"`
}

type weakness struct {
	narrow.Weakness
	Severity string `json:"severity"`
}

func (c cspEvaluate) Run(s streams) error {
	set, problems, err := c.Policy.read()
	if err != nil {
		return err
	}
	j := narrow.Judge(set, problems, csp.ParseAddress(c.Page))
	var short []string
	for _, p := range set {
		short = append(short, p.Minimise().String())
	}
	policy := strings.Join(short, ", ")
	said := judgement{Policy: policy, Bytes: len(policy), Code: j.Grade(narrow.Code), Leaks: j.Grade(narrow.Leak), Weaknesses: []weakness{}}
	for _, w := range j.Weaknesses {
		said.Weaknesses = append(said.Weaknesses, weakness{w, w.Severity.String()})
	}
	if c.Format == "json" {
		return c.json(s.stdout, "sallyport.csp.evaluate/1", said)
	}
	fmt.Fprintf(s.stdout, "whose code runs       %s\nwhat may leave        %s\n\n", said.Code, said.Leaks)
	for _, w := range said.Weaknesses {
		fmt.Fprintf(s.stdout, "%-8s %s", w.Severity, w.Code)
		if w.Directive != "" {
			fmt.Fprintf(s.stdout, " in %s", strings.TrimSpace(w.Directive+" "+w.Source))
		}
		fmt.Fprintf(s.stdout, "\n         %s\n", strings.TrimSpace(w.Message+" "+w.Advice))
	}
	fmt.Fprintf(s.stdout, "\n%d bytes in its shortest words:\n%s\n", said.Bytes, said.Policy)
	return nil
}

type cspDiff struct {
	cspOutput
	Before aPolicy `arg:"" help:"A policy, @FILE, or - for standard input."`
	After  aPolicy `arg:"" help:"Another one."`
}

func (c cspDiff) Run(s streams) error {
	var both [2]*csp.Policy
	for i, p := range []aPolicy{c.Before, c.After} {
		set, _, err := p.read()
		if err != nil {
			return err
		}
		if len(set) != 1 {
			return fmt.Errorf("%q holds %d policies: compare one with one", p, len(set))
		}
		both[i] = set[0]
	}
	changes := narrow.Diff(both[0], both[1])
	if c.Format == "json" {
		return c.json(s.stdout, "sallyport.csp.diff/1", struct {
			Changes []narrow.Change `json:"changes"`
		}{append([]narrow.Change{}, changes...)})
	}
	for _, d := range changes {
		sign := "-"
		if d.Wider {
			sign = "+"
		}
		fmt.Fprintf(s.stdout, "%s %s  %s\n", sign, d.What, strings.Join(d.Directives, " "))
	}
	if len(changes) == 0 {
		fmt.Fprintln(s.stdout, "Both allow the same.")
	}
	return nil
}

// onReports is what commands share that read reports.
type onReports struct {
	onStore
	cspOutput
	Days int `help:"How many days of reports count." default:"30"`
}

func (o onReports) history(s streams) (*narrow.History, error) {
	_, db, _, site, err := o.open(s.ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	rows, err := db.Rows(s.ctx, site.ID, violation.DayOf(time.Now())-violation.Day(o.Days))
	if err != nil {
		return nil, err
	}
	return narrow.Remember(violation.SuspectInjectors(rows)), nil
}

type cspSimulate struct {
	onReports
	Draft   aPolicy `arg:"" help:"The draft, @FILE, or - for standard input."`
	Current aPolicy `help:"The policy the reports were made under." placeholder:"POLICY"`
}

func (c cspSimulate) Run(s streams) error {
	draft, _, err := c.Draft.read()
	if err != nil {
		return err
	}
	current, _, err := c.Current.read()
	if err != nil {
		return err
	}
	h, err := c.history(s)
	if err != nil {
		return err
	}
	impact := h.Simulate(draft, current, csp.ParseAddress(c.Page))
	if c.Format == "json" {
		return c.json(s.stdout, "sallyport.csp.simulate/1", impact)
	}
	about := ""
	if !impact.Exact {
		about = "about "
	}
	fmt.Fprintf(s.stdout, "%s%d of %d people would lose something, in %d scripts.\n", about, impact.Broken, impact.People, impact.Scripts)
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	for _, l := range append(impact.Lost, impact.Unclear...) {
		fmt.Fprintf(table, "%d people\t%s\t%s\t%s\t%s\n", l.People, l.Directive, l.Blocked, strings.Join(l.Scripts, ", "), l.Why)
	}
	return table.Flush()
}

type cspDerive struct {
	onReports
	Base     aPolicy `help:"What stays allowed in any case." default:"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'"`
	Share    float64 `help:"How many of the pairs of a person and a script must go on working." default:"0.999"`
	People   int     `help:"An origin counts when at least so many people met it." default:"5"`
	SeenDays int     `help:"An origin counts when it was met on at least so many days." default:"2"`
}

func (c cspDerive) Run(s streams) error {
	base, _, err := c.Base.read()
	if err != nil {
		return err
	}
	if len(base) != 1 {
		return fmt.Errorf("--base holds %d policies: give one", len(base))
	}
	if c.Share <= 0 || c.Share > 1 {
		return fmt.Errorf("--share %v: write a number above 0, at most 1", c.Share)
	}
	h, err := c.history(s)
	if err != nil {
		return err
	}
	p := h.Derive(narrow.Wanted{Page: csp.ParseAddress(c.Page), Base: base[0], Share: c.Share, People: c.People, Days: c.SeenDays})
	if c.Format == "json" {
		return c.json(s.stdout, "sallyport.csp.derive/1", struct {
			Policy     string             `json:"policy"`
			Pairs      int                `json:"pairs"`
			Working    int                `json:"working"`
			Candidates []narrow.Candidate `json:"candidates"`
		}{p.Policy.String(), p.Pairs, p.Working, append([]narrow.Candidate{}, p.Candidates...)})
	}
	fmt.Fprintf(s.stdout, "%s\n\n%d of %d pairs of a person and a script go on working.\n", p.Policy, p.Working, p.Pairs)
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	for _, k := range p.Candidates {
		sign := "out"
		if k.Kept {
			sign = "in"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d people\t%d days\trisk %.1f\t%s\n", sign, k.Directive, k.Origin, k.People, k.Days, k.Risk, k.Why)
	}
	return table.Flush()
}
