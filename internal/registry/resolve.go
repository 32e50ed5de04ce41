package registry

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/bundle"
	"sallyport/internal/gadget"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// resolve puts a gadget together from our copies, of the texts that are served. It asks the wiki only for pages we never saw.
func (r *Registry) resolve(ctx context.Context, row store.Gadget) (*Gadget, error) {
	texts, err := r.texts(ctx, row.PageID)
	if err != nil {
		return nil, err
	}
	if row, err = r.asServed(ctx, texts, row); err != nil {
		return nil, err
	}
	g, err := r.madeOf(ctx, texts, row)
	if err != nil {
		return nil, err
	}
	if err := texts.Seen(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnknown, err)
	}
	return g, r.linked(ctx, g)
}

func (r *Registry) madeOf(ctx context.Context, texts Texts, row store.Gadget) (*Gadget, error) {
	g := &Gadget{Row: row, Module: ModuleName(row.PageID), Problem: row.Problem}
	if row.Digest == "" {
		return g, nil
	}
	text, err := r.store.Text(ctx, row.Digest)
	if err != nil {
		return nil, err
	}
	title, err := r.Site.Parse(row.Title)
	if err != nil {
		return nil, err
	}
	def, mistakes := gadget.Parse([]byte(text), r.parseOptions(title))
	if p := firstError(mistakes); p != "" {
		g.Problem = p
	}
	if def == nil {
		return g, nil
	}
	g.Def = *def
	g.Styles = def.EffectiveType() == gadget.TypeStyles
	if err = r.files(ctx, texts, g, title); err != nil {
		return nil, err
	}
	g.Key = g.key()
	return g, r.references(ctx, g, title)
}

func (g *Gadget) key() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", g.Row.Digest)
	for _, f := range g.Files {
		fmt.Fprintf(h, "%q %q %s %q\n", f.Name, f.Title, f.Page.Digest, f.Reason)
	}
	return string(h.Sum(nil))
}

func (r *Registry) parseOptions(title wiki.Title) gadget.Options {
	return gadget.Options{Site: r.Site, Title: title, Suffixes: r.suffixes}
}

func firstError(mistakes []gadget.Mistake) string {
	errs := 0
	first := ""
	for _, m := range mistakes {
		if m.Severity != gadget.Error {
			continue
		}
		if errs++; errs == 1 {
			first = fmt.Sprintf("line %d: %s", m.Line, m.Message)
		}
	}
	if errs > 1 {
		first += fmt.Sprintf(" (and %d more mistakes)", errs-1)
	}
	return first
}

// files turns the pages a definition names into what will be served, each with its text or the reason why not. A page of which no
// text is approved stops the gadget: without one of its files it would be something that nobody has read.
func (r *Registry) files(ctx context.Context, texts Texts, g *Gadget, self wiki.Title) error {
	titles := g.Def.Titles(r.Site, self)
	copies, err := r.copies(ctx, titles)
	if err != nil {
		return err
	}
	g.Files = make([]File, len(titles))
	for i, t := range titles {
		shown := r.Site.Prefixed(t)
		f := File{Page: copies[shown]}
		f.Title = r.Site.PrefixedText(t)
		f.Name = r.requireKey(g.Row, t)
		if f.Reason, err = r.read(ctx, texts, g.Row, t, &f); err != nil {
			return err
		}
		f.Missing = f.Reason != ""
		if f.Missing && g.Problem == "" && f.Reason == unapproved(f.Page.Title) {
			g.Problem = f.Reason
		}
		g.Files[i] = f
	}
	return nil
}

// requireKey is the name by which a package file is required. A page of the gadget's owner goes by its path below the
// user page, so that require( './lib.js' ) means a sibling; a page of the MediaWiki namespace by what follows "Gadget-",
// as the Gadgets extension has it; a page of somebody else by its whole title.
func (r *Registry) requireKey(row store.Gadget, t wiki.Title) string {
	if t.NS == wiki.NSMediaWiki {
		return strings.TrimPrefix(t.Key, "Gadget-")
	}
	owner, _ := r.Site.Owner(t)
	if _, sub, ok := strings.Cut(t.Key, "/"); ok && (owner == row.Owner || row.Owners[owner] == row.OwnerID) {
		return sub
	}
	return r.Site.Prefixed(t)
}

// read finds the page a file's text comes from, following one redirect as ResourceLoader does
// (WikiModule::getContentObj), or says why the file must not run.
func (r *Registry) read(ctx context.Context, texts Texts, row store.Gadget, listed wiki.Title, f *File) (reason string, err error) {
	at := listed
	for hop := 0; ; hop++ {
		if f.Page.PageID == 0 {
			return "the page does not exist", nil
		}
		if f.Page.Digest == "" {
			return r.unkept(f.Page, at), nil
		}
		if want := wiki.DefaultModel(at); want != f.Page.Model && wiki.Protected(at, want) {
			return fmt.Sprintf("its content model is %s; it has to be %s", f.Page.Model, want), nil
		}
		if f.Page, reason, err = serve(ctx, texts, f.Page); err != nil || reason != "" {
			return reason, err
		}
		text, err := r.store.Text(ctx, f.Page.Digest)
		if err != nil {
			return "", err
		}
		target, ok := Redirect(r.Site, f.Page.Model, text)
		if !ok {
			break
		}
		if hop == 1 {
			return "it redirects twice; name the last page instead", nil
		}
		at = target
		copies, err := r.copies(ctx, []wiki.Title{at})
		if err != nil {
			return "", err
		}
		f.Page = copies[r.Site.Prefixed(at)]
	}
	f.URL = strings.TrimPrefix(r.Site.RawURL(at), r.Site.Server) // the wiki may be reached by another name than its own
	return r.sameOwner(ctx, row, listed, at, f)
}

// unkept says why we hold no text of a page that exists.
func (r *Registry) unkept(p store.Page, at wiki.Title) string {
	if owner, _ := r.Site.Owner(at); wiki.Protected(at, p.Model) || p.Author == owner {
		return fmt.Sprintf("the page is larger than the %d MiB that are kept", maxText>>20)
	}
	return "its owner never saved it, and MediaWiki does not protect pages of its content model"
}

// sameOwner checks that the page that will run belongs to the person the definition meant when it was saved.
func (r *Registry) sameOwner(ctx context.Context, row store.Gadget, listed, at wiki.Title, f *File) (reason string, err error) {
	if at.NS == wiki.NSMediaWiki {
		return "", nil
	}
	name, ok := r.Site.Owner(at)
	if !ok {
		return "it is neither in user space nor in the MediaWiki namespace", nil
	}
	f.Owner = name
	now, err := r.people.id(ctx, name)
	if err != nil {
		return "", err
	}
	meant, _ := r.Site.Owner(listed)
	if then := row.Owners[meant]; listed.NS == wiki.NSUser && (then != now || now == 0) {
		return fmt.Sprintf("it now belongs to somebody else than when the definition was saved; %s can save the definition again to accept that", row.Owner), nil
	}
	if listed.NS == wiki.NSMediaWiki {
		return "it redirects from the MediaWiki namespace into user space", nil
	}
	return "", nil
}

// copies returns our copies of pages, asking the wiki for those we never saw.
func (r *Registry) copies(ctx context.Context, titles []wiki.Title) (map[string]store.Page, error) {
	keys := make([]string, len(titles))
	for i, t := range titles {
		keys[i] = r.Site.Prefixed(t)
	}
	have, err := r.store.Pages(ctx, r.Site.ID, keys)
	if err != nil {
		return nil, err
	}
	var unseen []wiki.Title
	for i, t := range titles {
		if _, ok := have[keys[i]]; !ok {
			unseen = append(unseen, t)
		}
	}
	if len(unseen) == 0 {
		return have, nil
	}
	fetched, err := r.fetch(ctx, unseen)
	if err != nil {
		return nil, err
	}
	for title, p := range fetched {
		have[title] = p
	}
	return have, nil
}

// references turns what a gadget depends on into module names.
func (r *Registry) references(ctx context.Context, g *Gadget, self wiki.Title) error {
	var err error
	resolve := func(refs []gadget.Ref, kind string) (names []string) {
		for _, ref := range refs {
			name := ref.Module
			if ref.Gadget != nil && err == nil {
				var problem string
				if name, problem, err = r.reference(ctx, g.Row, *ref.Gadget); problem != "" && g.Problem == "" {
					g.Problem = fmt.Sprintf("its %s %s", kind, problem)
				}
			}
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return names
	}
	g.Requires = resolve(g.Def.Requires(r.Site, self, r.suffixes), "dependency")
	g.Peers = resolve(g.Def.PeerRefs(r.Site, self, r.suffixes), "peer")
	return err
}

// reference finds the module of a gadget named by title, or says what is wrong with it.
func (r *Registry) reference(ctx context.Context, row store.Gadget, t wiki.Title) (name, problem string, err error) {
	id, known := row.Needs[r.Site.Prefixed(t)]
	if !known {
		id, err = r.find(ctx, t)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return "", "", err
		}
	}
	rows, err := r.store.Gadgets(ctx, r.Site.ID, []int64{id})
	if err != nil {
		return "", "", err
	}
	needed, there := rows[id]
	owner, _ := r.Site.Owner(t)
	switch {
	case !there:
		return "", fmt.Sprintf("%s does not exist", r.Site.PrefixedText(t)), nil
	case needed.OwnerID == 0 || needed.OwnerID != row.Owners[owner]:
		return "", fmt.Sprintf("%s now belongs to somebody else", r.Site.PrefixedText(t)), nil
	}
	return ModuleName(id), "", nil
}

// Inputs returns the files of a gadget with their texts, as the bundler takes them. Texts are read when a module is built
// and not kept here. Past [bundle.MaxModule] bytes nothing more is read.
func (r *Registry) Inputs(ctx context.Context, g *Gadget) ([]bundle.File, error) {
	files := make([]bundle.File, len(g.Files))
	total := 0
	for i, f := range g.Files {
		files[i] = f.File
		switch {
		case f.Missing:
			continue
		case total > bundle.MaxModule:
			files[i].Missing = true
			files[i].Reason = fmt.Sprintf("with this page the gadget has more than the %d bytes a gadget may have", bundle.MaxModule)
			continue
		}
		text, err := r.store.Text(ctx, f.Page.Digest)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", f.Title, err)
		}
		files[i].Text = text
		total += len(text)
	}
	return files, nil
}
