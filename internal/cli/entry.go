package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/audit/accounts"
	"sallyport/internal/config"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

type entryCommand struct {
	Print    entryPrint    `cmd:"" help:"Print the rules that come with the program; a file to begin your own with."`
	Check    entryCheck    `cmd:"" help:"Check a file of rules: every mistake, and rules that can never decide."`
	Explain  entryExplain  `cmd:"" help:"What becomes of a script when somebody is about to run it, and which rule decides."`
	Simulate entrySimulate `cmd:"" help:"What other rules would change for the people who run scripts now."`
}

type entryPrint struct{}

// Run prints the default rules.
func (entryPrint) Run(s streams) error {
	_, err := s.stdout.Write(entry.Default)
	return err
}

type entryCheck struct {
	File string `arg:"" help:"The file of rules." type:"path"`
}

// Run exits with 1 when the file has mistakes.
func (c entryCheck) Run(s streams) error {
	rules, err := readEntryRules(c.File)
	if err != nil {
		return err
	}
	shadowed := rules.Shadowed()
	for _, name := range slices.Sorted(maps.Keys(shadowed)) {
		fmt.Fprintf(s.stderr, "%q never decides: %q comes before it and fits whenever it does\n", name, shadowed[name])
	}
	fmt.Fprintf(s.stdout, "%d rules, no mistakes\n", rules.Len())
	return nil
}

func readEntryRules(path string) (*entry.Rules, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rules, err := entry.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", path, err)
	}
	return rules, nil
}

// hall is what the commands ask: a judge without a door.
type hall struct {
	*dossier.Judge
	db     store.Store
	client *mediawiki.Client
	reg    *registry.Registry
	book   *approved.Book                                             // nil when every text is served
	newest func(ctx context.Context, t wiki.Title) (wiki.Page, error) // a page in the text that is served
}

// looking is a store that nothing is decided in: a command that asks what is served begins no tier, and no text waits because of it.
type looking struct{ store.Store }

// SeeText says that nobody saw the text before.
func (looking) SeeText(context.Context, store.Review) (bool, error) { return true, nil }

// SetCursor keeps nothing.
func (looking) SetCursor(context.Context, string, string, string) error { return nil }

// SaveGadget keeps nothing.
func (looking) SaveGadget(context.Context, store.Gadget) error { return nil }

// openHall joins a judge for a command. The rules of the settings are in force, and texts are those that are served.
func (o onStore) openHall(ctx context.Context) (*hall, error) {
	settings, db, client, site, err := o.open(ctx)
	if err != nil {
		return nil, err
	}
	rules, _, err := (&ruleFile{path: settings.Entry.Rules}).read()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	log := slog.New(slog.DiscardHandler)
	off := &switching{Keeper: &switches.Keeper{Store: db, Site: site, Now: time.Now, Log: log}}
	if err := off.Sync(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	book := openBook(parts{approved: settings.Approved, store: looking{db}, log: log}, client, site, off)
	reg := registry.New(registry.Options{Site: site, Wiki: client, Store: looking{db}, Suffixes: settings.Gadgets.Suffixes, Log: log, Changed: func() {}, Reviewed: textsOf(book)})
	nobody := func() *accounts.Report { return nil }
	return &hall{
		Judge: judgeOf(db, client, reg, nobody, rules, config.Entry{Mode: "enforce"}, log), db: db, client: client, reg: reg, book: book, newest: approvedNewest(book, newest(client)),
	}, nil
}

type entryExplain struct {
	onStore
	User   string `arg:"" help:"Who is about to run it; - for somebody without an account."`
	Script string `arg:"" help:"The page, for instance User:Mara/doit.js, or User:Mara/doit.js@1234 for one revision."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// explained is the answer.
type explained struct {
	Schema   string         `json:"schema"`
	User     string         `json:"user"`
	Script   string         `json:"script"`
	SHA256   string         `json:"sha256"`
	Decision entry.Decision `json:"decision"`
	Facts    struct {
		Kind         entry.Kind   `json:"kind"`
		Read         bool         `json:"read"`
		Score        int          `json:"score"`
		Author       entry.Author `json:"author"`
		Review       entry.Review `json:"review"`
		People       int          `json:"people"`
		Runner       entry.Runner `json:"runner"`
		Own          bool         `json:"own"`
		Pinned       bool         `json:"pinned"`
		Agreed       bool         `json:"agreed"`
		Capabilities []string     `json:"capabilities"`
		Gained       []string     `json:"gained"`
	} `json:"facts"`
	Steps []entry.Step `json:"rules"`
}

// Run explains one decision.
func (c entryExplain) Run(s streams) error {
	h, err := c.openHall(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = h.db.Close() }()
	user := wiki.User{}
	if c.User != "-" {
		if user, err = account(s.ctx, h.client, c.User); err != nil {
			return err
		}
	}
	page, pinned, err := h.page(s.ctx, c.Script)
	if err != nil {
		return err
	}
	v, err := h.Decide(s.ctx, dossier.Text{Title: page.Title, Digest: store.DigestOf(page.Text)}, user, pinned)
	if err != nil {
		return err
	}
	e := h.explain(v)
	e.User = user.Name
	if c.Format == "json" {
		out := json.NewEncoder(s.stdout)
		out.SetIndent("", "\t")
		return out.Encode(e)
	}
	return e.print(s)
}

// page reads a page as it is served, or the revision after the last "@".
func (h *hall) page(ctx context.Context, name string) (p wiki.Page, pinned bool, err error) {
	title, rev := pinOf(name)
	if rev > 0 {
		p, err = h.client.Revision(ctx, rev)
		return p, true, err
	}
	t, err := h.Site.Parse(title)
	if err != nil {
		return p, false, fmt.Errorf("%q is not a title: %w", title, err)
	}
	if p, err = h.newest(ctx, t); err == nil && !p.Exists() {
		err = fmt.Errorf("there is no page %q, or no text of it is served", title)
	}
	p.Title = t
	return p, false, err
}

// pinOf takes "TITLE@REVISION" apart; rev is 0 when there is none.
func pinOf(name string) (title string, rev int64) {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '@' {
			if n, err := strconv.ParseInt(name[i+1:], 10, 64); err == nil && n > 0 {
				return name[:i], n
			}
			break
		}
	}
	return name, 0
}

func (h *hall) explain(v *dossier.Verdict) *explained {
	e := &explained{Schema: "sallyport.entry/1", Script: v.File.Script.Title, SHA256: string(v.File.Digest)}
	e.Decision, e.Steps = h.Rules().Explain(&v.File.Script, &v.Use)
	f, s := &e.Facts, &v.File.Script
	f.Kind, f.Read, f.Score, f.Author, f.Review, f.People = s.Kind, s.Read, s.Score, s.Author, s.Review, s.People
	f.Runner, f.Own, f.Pinned, f.Agreed = v.Use.Tier(), v.Use.Own, v.Use.Pinned, v.Use.Agreed
	f.Capabilities, f.Gained = []string{}, []string{}
	for _, c := range s.Capabilities {
		f.Capabilities = append(f.Capabilities, c.Sentence())
	}
	for _, c := range v.Use.Gained {
		f.Gained = append(f.Gained, c.Sentence())
	}
	return e
}

func (e *explained) print(s streams) error {
	fmt.Fprintf(s.stdout, "%s: %s", e.Script, e.Decision.Action)
	if e.Decision.Rule != "" {
		fmt.Fprintf(s.stdout, ", by the rule %q", e.Decision.Rule)
	}
	if e.Decision.Says != "" {
		fmt.Fprintf(s.stdout, "\n%s", e.Decision.Says)
	}
	f := &e.Facts
	score := "nobody has read it"
	if f.Read {
		score = fmt.Sprintf("score %d", f.Score)
	}
	fmt.Fprintf(s.stdout, "\n\nIt is a %s by a %s author, review %s, run by %d; %s. It can:\n", f.Kind, f.Author, f.Review, f.People, score)
	for _, c := range f.Capabilities {
		fmt.Fprintf(s.stdout, "  %s\n", c)
	}
	fmt.Fprintf(s.stdout, "Run by a reader of the tier %s; own: %t, pinned: %t, agreed: %t, gained: %d\n\n", f.Runner, f.Own, f.Pinned, f.Agreed, len(f.Gained))
	w := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
	for _, step := range e.Steps {
		why := step.Misfit
		if step.Fits {
			why = "fits"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", step.Rule, step.Then, why)
	}
	return w.Flush()
}
