package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

type switchCommand struct {
	List switchList `cmd:"" help:"What is switched off, and what was."`
	Off  switchOff  `cmd:"" help:"Switch off one text, a gadget, an author, a host, or all user code: within a second, at every gateway. It works while the wiki is down."`
	On   switchOn   `cmd:"" help:"Switch on again what was switched off."`
}

// panel is what is switched off, beside a running serve.
type panel struct {
	*switches.Keeper
	db     store.Store
	client *mediawiki.Client
}

func (o onStore) withPanel(ctx context.Context, do func(p *panel) error) error {
	_, db, client, site, err := o.open(ctx)
	if err != nil {
		return err
	}
	p := &panel{&switches.Keeper{Store: db, Site: site, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, db, client}
	if err = p.Sync(ctx); err == nil {
		err = do(p)
	}
	return errors.Join(err, db.Close())
}

// maxSwitchesListed bounds the history.
const maxSwitchesListed = 100

type switchList struct {
	onStore
	JSON bool `help:"Print one object."`
}

// switchesDocument is the JSON of what is off.
type switchesDocument struct {
	Schema string            `json:"schema"`
	Off    []switches.Switch `json:"off"`
	Past   []switches.Switch `json:"past"`
}

// Run lists what is off, and what was.
func (c switchList) Run(s streams) error {
	return c.withPanel(s.ctx, func(p *panel) error {
		d := switchesDocument{"sallyport/switches/1", append([]switches.Switch{}, p.Active()...), []switches.Switch{}}
		last, err := p.Last(s.ctx, maxSwitchesListed)
		if err != nil {
			return err
		}
		for _, one := range last {
			if !one.Ended.IsZero() {
				d.Past = append(d.Past, one)
			}
		}
		if c.JSON {
			return indented(s.stdout, d)
		}
		if len(d.Off) == 0 {
			fmt.Fprintln(s.stdout, "Nothing is switched off.")
		}
		w := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
		for _, one := range d.Off {
			fmt.Fprintf(w, "%d\toff\t%s\t%s\t%s\tby %s\t%s\n", one.ID, one.Kind, nameOf(&one), one.At.UTC().Format(time.DateTime), one.By, one.Reason)
		}
		for _, one := range d.Past {
			fmt.Fprintf(w, "%d\ton again\t%s\t%s\t%s\tby %s\t%s\n", one.ID, one.Kind, nameOf(&one), one.Ended.UTC().Format(time.DateTime), one.EndedBy, one.EndedWhy)
		}
		return w.Flush()
	})
}

func indented(to io.Writer, document any) error {
	e := json.NewEncoder(to)
	e.SetIndent("", "\t")
	return e.Encode(document)
}

// nameOf is what is off, on one line.
func nameOf(s *switches.Switch) string {
	switch {
	case s.Title != "":
		return s.Title + " " + s.Target[:min(16, len(s.Target))]
	case s.Target == "":
		return "-"
	}
	return s.Target
}

type switchOff struct {
	onStore
	Kind   string `arg:"" enum:"revision,gadget,author,host,all" help:"revision, gadget, author, host or all."`
	Target string `arg:"" optional:"" help:"revision: a page's title for its newest text, or a text's SHA-256. gadget: its title, the page id of its definition, or ext.gadget.NAME. author: an account. host: a server, with all below it."`
	Reason string `help:"Why; needed but for --dry-run. Everybody affected reads it." placeholder:"TEXT"`
	By     string `help:"Who you are." placeholder:"NAME"`
	DryRun bool   `help:"Only say whom it would touch."`
	JSON   bool   `help:"Print one object."`
}

// switchedDocument is the JSON of what was done.
type switchedDocument struct {
	Schema  string          `json:"schema"`
	Switch  switches.Switch `json:"switch"`
	People  int             `json:"people"`           // who have something on that it stops
	Gadgets []string        `json:"gadgets"`          // titles of definitions
	Spared  []string        `json:"spared,omitempty"` // of an author: the site's own pages whose text is theirs; they stay on
	DryRun  bool            `json:"dry_run,omitempty"`
}

// Run switches off, and says whom that touches.
func (c switchOff) Run(s streams) error {
	return c.withPanel(s.ctx, func(p *panel) error {
		one, err := p.read(s.ctx, switches.Kind(c.Kind), c.Target)
		if err != nil {
			return err
		}
		one.Reason, one.By = c.Reason, signed{By: c.By}.name()
		touched, err := p.Touches(s.ctx, p.db, []switches.Switch{one})
		if err != nil {
			return err
		}
		d := switchedDocument{Schema: "sallyport/switch/1", People: len(touched[0].People), Gadgets: []string{}, DryRun: c.DryRun}
		for _, g := range touched[0].Gadgets {
			d.Gadgets = append(d.Gadgets, g.Title)
		}
		for _, page := range touched[0].Spared {
			d.Spared = append(d.Spared, page.Title)
		}
		if !c.DryRun {
			if one, err = p.SwitchOff(s.ctx, one); errors.Is(err, switches.ErrOff) {
				return fmt.Errorf("%w, since %s, by %s: %s", err, one.At.UTC().Format(time.DateTime), one.By, one.Reason)
			}
			if err != nil {
				return err
			}
		}
		if d.Switch = one; c.JSON {
			return indented(s.stdout, d)
		}
		c.say(s, &d)
		return nil
	})
}

func (c switchOff) say(s streams, d *switchedDocument) {
	fmt.Fprintf(s.stdout, "This touches %d %s and %d %s.\n", d.People, plural(d.People, "person", "people"), len(d.Gadgets), plural(len(d.Gadgets), "gadget", "gadgets"))
	if len(d.Spared) > 0 {
		fmt.Fprintf(s.stdout, "Not switched off: these pages of the site's own have a text by %s now. Switch each off by itself: sallyport switch off --config %s --reason … revision TITLE\n", d.Switch.Target, c.Config)
		for _, title := range d.Spared {
			fmt.Fprintf(s.stdout, "  %s\n", title)
		}
	}
	if !d.DryRun {
		fmt.Fprintf(s.stdout, "Off within a second: %s %s\nTo switch it on again: sallyport switch on --config %s %d\n", d.Switch.Kind, nameOf(&d.Switch), c.Config, d.Switch.ID)
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// read reads a target. Titles stand for the newest text of a page, and for a gadget.
func (p *panel) read(ctx context.Context, kind switches.Kind, target string) (switches.Switch, error) {
	one := switches.Switch{Kind: kind, Target: target}
	t, err := p.Site.Parse(target)
	titled := err == nil && strings.ContainsAny(target, ":/")
	switch {
	case kind == switches.Revision && titled:
		pages, err := p.client.Pages(ctx, []wiki.Title{t})
		if err != nil {
			return one, fmt.Errorf("read %s (the SHA-256 of a text will do instead): %w", target, err)
		}
		if !pages[0].Exists() {
			return one, fmt.Errorf("there is no page %s", target)
		}
		one.Title, one.Target = p.Site.Prefixed(t), string(store.DigestOf(pages[0].Text))
	case kind == switches.Gadget && titled:
		g, err := p.db.GadgetByTitle(ctx, p.Site.ID, p.Site.Prefixed(t))
		if err != nil {
			return one, fmt.Errorf("find the gadget %s (the title of its definition, with the suffix): %w", target, err)
		}
		one.Target = fmt.Sprint(g.PageID)
	}
	one.Target, err = switches.Read(p.Site, kind, one.Target)
	return one, err
}

type switchOn struct {
	onStore
	ID   int64  `arg:"" help:"The number, as list shows it."`
	By   string `help:"Who you are." placeholder:"NAME"`
	Why  string `help:"Why, for the log." placeholder:"TEXT"`
	JSON bool   `help:"Print one object."`
}

// Run switches on again.
func (c switchOn) Run(s streams) error {
	return c.withPanel(s.ctx, func(p *panel) error {
		one, err := p.Undo(s.ctx, c.ID, signed{By: c.By}.name(), c.Why)
		switch {
		case errors.Is(err, switches.ErrOn):
			return fmt.Errorf("%w, at %s, by %s", err, one.Ended.UTC().Format(time.DateTime), one.EndedBy)
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("there is no switch number %d; see: sallyport switch list --config %s", c.ID, c.Config)
		case err != nil:
			return err
		case c.JSON:
			return indented(s.stdout, one)
		}
		fmt.Fprintf(s.stdout, "On again within a second: %s %s\n", one.Kind, nameOf(&one))
		return nil
	})
}
