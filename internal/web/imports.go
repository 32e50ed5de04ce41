package web

import (
	"context"
	"html/template"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Bounds of what is looked for in a reader's own scripts.
const (
	mostImports    = 30
	mostOwnScript  = 256 << 10 // bytes of a page that is read here, when no analysis has
	importPatience = 4 * time.Second
	shortestHash   = 16 // digits of a text's hash that name it; what is shorter is a revision
)

// importsPart is what the reader's own scripts load, beside their gadgets.
type importsPart struct {
	Rows   []importRow
	Failed bool // the wiki did not say
	More   int  // that are left out
}

// importRow is one script that one of the reader's own pages loads.
type importRow struct {
	Title, In string // the page that is loaded, and the reader's own that does so
	About     string // address of the page about it; empty when there is none
	Edit      string // address of the form for the reader's own page, where no button helps
	Pinned    bool
	Missing   bool
	Facts     []template.HTML
	Summary   *summary
	Gained    []template.HTML // what it can do now and could not when the reader agreed
	Rest      int
	Stops     bool // a rule keeps it from running for the reader
	Because   string
	Token     string // of the form that makes a gadget of it; empty where there is none
}

// ownImport is an import with the page it stands in and the page it means.
type ownImport struct {
	risk.Import
	in   *wiki.Page
	page wiki.Title
	rev  int64  // that it names; 0 for none
	hash string // of the text that it names, or how that begins
}

// imports looks into the reader's own scripts. Nil where scripts are not known.
func (p *pages) imports(v *visit) *importsPart {
	if p.Scripts == nil || p.Scripts.Pages == nil {
		return nil
	}
	ctx, stop := context.WithTimeout(v.Context(), importPatience)
	defer stop()
	part, err := p.findImports(ctx, v)
	if err != nil {
		p.Log.Warn("somebody's own scripts not read", "wiki", p.Site.ID, "user", v.me.Name, "err", err)
		return &importsPart{Failed: true}
	}
	return part
}

func (p *pages) findImports(ctx context.Context, v *visit) (*importsPart, error) {
	own, err := p.ownScripts(ctx, v.me.Name)
	if err != nil {
		return nil, err
	}
	var all []ownImport
	for i := range own {
		more, err := p.importsIn(ctx, &own[i])
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	part := &importsPart{More: max(0, len(all)-mostImports)}
	all = all[:len(all)-part.More]
	texts, err := p.textsOf(ctx, all)
	if err != nil {
		return nil, err
	}
	for i := range all {
		row, err := p.importRow(ctx, v, &all[i], texts[i])
		if err != nil {
			return nil, err
		}
		part.Rows = append(part.Rows, row)
	}
	return part, nil
}

// ownScripts are the pages there are that MediaWiki runs for an account.
func (p *pages) ownScripts(ctx context.Context, name string) (own []wiki.Page, err error) {
	var titles []wiki.Title
	for _, page := range wiki.OwnScripts() {
		titles = append(titles, wiki.Title{NS: wiki.NSUser, Key: stored(name) + "/" + page})
	}
	found, err := p.Scripts.Pages(ctx, titles)
	for i, page := range found {
		if page.Title = titles[i]; page.Exists() && page.Model == wiki.ModelJavaScript {
			own = append(own, page)
		}
	}
	return own, err
}

// importsIn lists the pages that a script loads. A long one that no analysis has read is left alone.
func (p *pages) importsIn(ctx context.Context, page *wiki.Page) (all []ownImport, err error) {
	read, err := p.readingOf(ctx, page)
	if err != nil || read == nil {
		return nil, err
	}
	for _, i := range risk.PageImports(read) {
		title, pin, _ := strings.Cut(i.Title, "@")
		t, err := p.Site.Parse(title)
		if err != nil || t == page.Title {
			continue
		}
		one := ownImport{Import: i, in: page, page: t, rev: i.Revision()}
		if rev, err := strconv.ParseInt(pin, 10, 64); err == nil && len(pin) < shortestHash {
			one.rev = rev
		} else if pin != "" {
			one.hash = pin
		}
		all = append(all, one)
	}
	return all, nil
}

// readingOf is what an analysis said of a script, or says now.
func (p *pages) readingOf(ctx context.Context, page *wiki.Page) (*finding.Script, error) {
	title := p.Site.PrefixedText(page.Title)
	known, err := dossier.Read(ctx, p.Scripts.Known, p.Site.ID, title, store.DigestOf(page.Text))
	if err != nil || known.Script != nil || len(page.Text) > mostOwnScript {
		return known.Script, err
	}
	return rule.Analyse(title, []byte(page.Text)), nil
}

// textsOf are the pages that imports mean, as those would load them: in the newest revision, or in the one that is named.
func (p *pages) textsOf(ctx context.Context, all []ownImport) ([]wiki.Page, error) {
	titles := make([]wiki.Title, len(all))
	var revs []int64
	for i := range all {
		titles[i] = all[i].page
		if rev := all[i].rev; rev != 0 {
			revs = append(revs, rev)
		}
	}
	if len(titles) == 0 {
		return nil, nil
	}
	pages, err := p.Scripts.Pages(ctx, titles)
	if err != nil || len(revs) == 0 {
		return pages, err
	}
	old, err := p.Scripts.Texts(ctx, revs)
	for i := range all {
		if rev := all[i].rev; rev != 0 {
			pages[i].Rev, pages[i].Text = rev, old[rev]
		}
	}
	return pages, err
}

// importRow says what is known of one.
func (p *pages) importRow(ctx context.Context, v *visit, i *ownImport, page wiki.Page) (importRow, error) {
	in := p.Site.PrefixedText(i.in.Title)
	row := importRow{
		Title: p.Site.PrefixedText(i.page), In: in, Pinned: i.Pinned, Missing: !page.Exists(), Facts: []template.HTML{p.keepersOf(v.lang, i.page)},
		Edit: p.indexURL(p.Site.Prefixed(i.in.Title), map[string][]string{"action": {"edit"}}),
	}
	if row.Missing {
		return row, nil
	}
	if wiki.Code(i.page, page.Model).Runs() {
		row.About = p.scriptURL(row.Title)
	}
	if digest := store.DigestOf(page.Text); strings.HasPrefix(string(digest), i.hash) {
		if err := p.judgeImport(ctx, v, &row, i, digest); err != nil {
			return row, err
		}
	}
	if why, _ := p.mayNotSwitch(v); why == "" && p.Edits != nil && !i.Pinned && takesOut(p.Site, i.in.Text, i.page) == nil {
		row.Token = p.tokens.mint(turning(v.me, in, row.Title), v.Request)
	}
	return row, nil
}

// judgeImport says what a text can do, and what the rules make of it for the reader.
func (p *pages) judgeImport(ctx context.Context, v *visit, row *importRow, i *ownImport, digest store.Digest) error {
	t := dossier.Text{Title: i.page, Digest: digest}
	if p.Judge != nil {
		verdict, err := p.Judge.Decide(ctx, t, v.me, i.Pinned)
		if err != nil {
			return err
		}
		row.Summary = p.summaryOf(v.lang, verdict.File.Script.Read, verdict.File.Risk.Score, verdict.File.Script.Capabilities)
		row.Stops, row.Because = verdict.Stops(), verdict.Says
		if verdict.Action == entry.Allow {
			row.Because = ""
		}
		row.Gained, row.Rest = p.worst(v.lang, verdict.Use.Gained)
		return nil
	}
	known, err := dossier.Read(ctx, p.Scripts.Known, p.Site.ID, row.Title, digest)
	if err != nil {
		return err
	}
	s := risk.Subject{Read: known.Script}
	if known.Report != nil {
		s.Run = known.Report.Script("")
	}
	row.Summary = p.summaryOf(v.lang, known.Read.State != dossier.Waits, risk.Score(s).Score, known.Capabilities())
	return nil
}

// summaryOf is the chip and the sentence of one text.
func (p *pages) summaryOf(lang string, read bool, score int, can capability.Set) *summary {
	s := &summary{Score: score, set: can}
	if !read {
		s = &summary{Score: -1, Unread: 1}
	}
	s.tell(p, lang)
	return s
}

// worst says a few of some capabilities, the worst first, and how many more there are.
func (p *pages) worst(lang string, set capability.Set) (said []template.HTML, rest int) {
	for _, c := range set {
		said = appendNew(said, p.words.Can(lang, capability.Capability{Name: c.Name, Target: c.Target}, isolate))
	}
	rest = max(0, len(said)-mostSaid)
	return said[:len(said)-rest], rest
}

// keepersOf says who can change a page that is loaded.
func (p *pages) keepersOf(lang string, t wiki.Title) template.HTML {
	owner, owned := p.Site.Owner(t)
	switch {
	case t.NS == wiki.NSMediaWiki:
		return p.words.HTML(lang, "imports-of-site")
	case owned && wiki.Protected(t, wiki.DefaultModel(t)):
		return p.words.HTML(lang, "imports-of-person", p.personLink(owner))
	default:
		return p.words.HTML(lang, "imports-of-page")
	}
}

// skinOf is the skin that a page of the reader's own is for; empty for all.
func skinOf(in wiki.Title) string {
	_, page, _ := strings.Cut(in.Key, "/")
	if page == "common.js" {
		return ""
	}
	return strings.TrimSuffix(page, ".js")
}
