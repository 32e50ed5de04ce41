package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sallyport/internal/dossier"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/risk"
	"sallyport/internal/store"
	"sallyport/internal/story"
	"sallyport/internal/switches"
	"sallyport/internal/trace"
	"sallyport/internal/wiki"
)

// Scripts is where the page about a script has its answers from.
type Scripts struct {
	// Newest is a page as it is now.
	Newest func(ctx context.Context, t wiki.Title) (wiki.Page, error)
	// Known is what analyses said about texts; a [store.Store] is one.
	Known dossier.Analyses
	// List is every script with what is known of it in short; nil: there is no page about all of them. A [store.Store] is one.
	List store.Scripts
	// History lists the revisions of a page, newest first; nil: there is no picture of what they could do.
	History func(ctx context.Context, t wiki.Title, most int) ([]Revision, error)
	// Pages are pages as they are, in the order asked; nil: readers' own scripts are not looked into. Texts are those of revisions.
	Pages func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	Texts func(ctx context.Context, revs []int64) (map[int64]string, error)
	// Run says whether scripts are run at all, here or by workers.
	Run bool
	// Facts are what is known of who keeps a page and who runs it, besides what reading says; nil: nothing.
	Facts func(ctx context.Context, p wiki.Page, read *finding.Script) risk.Facts
}

// The states of an analysis of a revision: those of a [dossier.Half], and
const (
	stateDone  = dossier.Done
	stateWaits = dossier.Waits
	stateNever = "never" // it is not done with such a page, or on this wiki
)

// known is everything that is known about a page's newest revision.
type known struct {
	page      wiki.Page
	title     string
	digest    store.Digest
	read, run dossier.Half
	script    *finding.Script // never nil
	report    *trace.Report   // never nil
	isolation string
	facts     risk.Facts
}

// scriptPage is what can be seen of it.
type scriptPage struct {
	Title            string
	Verdict          string
	Risk             *riskPart // nil when nothing was analysed
	Facts            []template.HTML
	Saved            time.Time
	Author           string
	History, Diff    string
	Read, Run        dossier.Half
	Can              []canRow
	Both             bool // it was read and run, so that the table says how each is known
	Findings, Deeds  []findingRow
	Reasons          []string
	Story            []trace.Scene
	Hosts            []hostRow
	Others           []finding.Other
	Past             *past // nil when there is nothing to compare
	Isolation        string
	Visits, Coverage int
	Served           string // where it is said who was served it; empty for those who may not know
	JSON             string
	Review           string // address of its review, where readers do not get this text; empty for one that they get
	ReviewState      store.ReviewState
	Off              string // address of the form that switches this text off; empty for those who may not
}

type canRow struct {
	Says template.HTML
	Seen string // "read", "run" or "both"
}

type findingRow struct {
	Severity, Message, Advice string
	Line                      int
	Code                      string    // that line
	Way                       []stepRow // from source to sink
}

type stepRow struct {
	Line    int
	Message string
	Path    string // of another script; empty for this one
}

type hostRow struct{ Host, Seen, When string }

// script shows what is known of the newest revision of a page of code.
func (p *pages) script(v *visit) error {
	name, format := splitFormat(v.PathValue("title"))
	if format == "csv" {
		name, format = v.PathValue("title"), ""
	}
	k, err := p.newest(v.Context(), strings.TrimSuffix(name, "/"))
	if err != nil {
		return err
	}
	if format == "json" {
		return p.scriptJSON(v, k)
	}
	body := p.tell(v.lang, k)
	body.Off = p.switchAddress(v, switches.Revision, string(k.digest), p.Site.Prefixed(k.page.Title))
	body.Past = p.past(v, []wiki.Title{k.page.Title})
	if body.Review, body.ReviewState, err = p.heldForReview(v, k); err != nil {
		return err
	}
	body.Served = p.exposureURL(v, k.title, "")
	return p.show(v, "script", http.StatusOK, body)
}

// newest finds a page and what is known of it.
func (p *pages) newest(ctx context.Context, name string) (*known, error) {
	t, err := p.Site.Parse(name)
	if err != nil || t.NS != wiki.NSUser && t.NS != wiki.NSMediaWiki {
		return nil, errNoScript
	}
	page, err := p.Scripts.Newest(ctx, t)
	switch {
	case errors.Is(err, mediawiki.ErrNoRevision), errors.Is(err, mediawiki.ErrTooLong):
		return nil, errNoScript
	case err != nil:
		return nil, err
	}
	kind := wiki.Code(page.Title, page.Model)
	if !page.Exists() || kind == wiki.NotCode || kind == wiki.SiteHTML {
		return nil, errNoScript
	}
	return p.about(ctx, page, store.DigestOf(page.Text))
}

// about is what is known of one text of a page.
func (p *pages) about(ctx context.Context, page wiki.Page, digest store.Digest) (*known, error) {
	k := &known{page: page, title: p.Site.PrefixedText(page.Title), digest: digest, script: &finding.Script{}, report: &trace.Report{}}
	kind := wiki.Code(page.Title, page.Model)
	err := p.fill(ctx, k, p.Scripts.Run && (kind == wiki.SiteJS || kind == wiki.UserJS))
	if err == nil && p.Scripts.Facts != nil {
		k.facts = p.Scripts.Facts(ctx, page, k.script)
	}
	return k, err
}

// fill reads what analyses said.
func (p *pages) fill(ctx context.Context, k *known, runs bool) error {
	found, err := dossier.Read(ctx, p.Scripts.Known, p.Site.ID, k.title, k.digest)
	if err != nil {
		return err
	}
	k.read, k.run, k.isolation = found.Read, found.Run, found.Isolation
	if k.run.State == stateWaits && !runs {
		k.run.State = stateNever
	}
	if found.Script != nil {
		k.script = found.Script
	}
	if found.Report != nil {
		k.report = found.Report
	}
	return nil
}

// tell puts what is known into words.
func (p *pages) tell(lang string, k *known) *scriptPage {
	b := &scriptPage{
		Title: k.title, Verdict: string(k.report.Verdict), Saved: k.page.Touched, Author: k.page.Author, Read: k.read, Run: k.run,
		History: p.historyURL(stored(k.title)), Diff: p.diffURL(k.title, k.page.Rev), JSON: strings.TrimSuffix(p.scriptURL(k.title), "/") + ".json",
		Both: k.read.State == stateDone && k.run.State == stateDone, Reasons: k.report.Reasons, Story: k.report.Story,
		Others: k.script.Others, Isolation: k.isolation, Visits: k.report.Visits.Runs, Coverage: int(100 * k.report.Coverage),
	}
	for _, c := range story.Explain(k.script, k.report).Capabilities {
		b.Can = append(b.Can, canRow{p.words.Can(lang, c.Capability, isolate), seenKey(c.Seen)})
	}
	b.Findings = k.findings()
	for _, f := range k.report.Findings {
		b.Deeds = append(b.Deeds, findingRow{Severity: f.Severity.String(), Message: f.Message, Line: f.Line})
	}
	for _, r := range trace.Inventory([]trace.Sight{{Path: k.title, Static: k.script.Capabilities, Report: k.report}}) {
		if r.Kind == "host" {
			b.Hosts = append(b.Hosts, hostRow{r.Target, seenKey(r.Seen), r.When})
		}
	}
	b.Risk = p.tellRisk(lang, k)
	b.Facts = p.scriptFacts(lang, k, b)
	return b
}

// findings of the reading, worst first, each with its place.
func (k *known) findings() []findingRow {
	found := slices.Clone(k.script.Findings)
	slices.SortStableFunc(found, func(a, b finding.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	lines := finding.NewLines(k.page.Text)
	rows := make([]findingRow, len(found))
	for i, f := range found {
		row := findingRow{Severity: f.Severity.String(), Message: f.Message, Advice: f.Advice, Line: f.Span.Start.Line}
		if row.Line > 0 && row.Line <= lines.Count() {
			start, end := lines.Bounds(row.Line)
			row.Code = excerpt(k.page.Text[start:end], f.Span.Start.Column)
		}
		for _, step := range f.Flow[:min(len(f.Flow), mostSteps)] {
			row.Way = append(row.Way, stepRow{step.Span.Start.Line, step.Message, step.Path})
		}
		rows[i] = row
	}
	return rows
}

const (
	mostSteps = 20  // of a way that are shown
	mostCode  = 160 // characters of a line that are shown
)

// excerpt is the part of a line around a column, for lines that are whole programs.
func excerpt(line string, column int) string {
	all := []rune(strings.TrimRight(line, "\r\n"))
	if len(all) <= mostCode {
		return strings.TrimSpace(string(all))
	}
	from := min(max(0, column-1-mostCode/4), len(all)-mostCode)
	return "… " + strings.TrimSpace(string(all[from:from+mostCode])) + " …"
}

// scriptFacts is the answer in a line.
func (p *pages) scriptFacts(lang string, k *known, b *scriptPage) (facts []template.HTML) {
	if k.read.State == stateDone {
		facts = append(facts, p.words.HTML(lang, "script-findings", len(b.Findings)))
	}
	if k.read.State == stateDone || k.run.State == stateDone {
		facts = append(facts, p.words.HTML(lang, "script-hosts", len(b.Hosts)))
	}
	if k.run.State == stateDone {
		facts = append(facts, p.words.HTML(lang, "script-visits", b.Visits))
	}
	return facts
}

func seenKey(seen string) string {
	switch seen {
	case trace.SeenBoth:
		return "both"
	case trace.SeenRunning:
		return "run"
	default:
		return "read"
	}
}

// scriptURL is the address of the page about a script. A title that ends like a format gets a slash, which says that it is none.
func (p *pages) scriptURL(title string) string {
	u := p.Base + "/script/" + (&url.URL{Path: stored(title)}).EscapedPath()
	if strings.HasSuffix(title, ".json") {
		u += "/"
	}
	return u
}

func (p *pages) scriptJSON(v *visit, k *known) error {
	about := map[string]any{
		"schema": "sallyport/script/1", "title": k.title, "revision": k.page.Rev, "saved": stamp(k.page.Touched), "author": k.page.Author,
		"sha256": string(k.digest), "scan": halfData(k.read), "detonate": halfData(k.run),
		"capabilities": story.Explain(k.script, k.report).Capabilities, "risk": k.judge(),
	}
	for name, h := range map[string]dossier.Half{"read": k.read, "run": k.run} {
		if h.Body != "" {
			about[name] = json.RawMessage(h.Body)
		}
	}
	return v.json(about)
}

// halfData is the state of an analysis as data.
func halfData(h dossier.Half) any {
	return struct {
		dossier.Half
		Made string `json:"made,omitempty"`
	}{h, stamp(h.Made)}
}
