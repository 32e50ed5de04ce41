package accounts

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

const (
	// maxScripts bounds the scripts that are followed from one account.
	maxScripts = 200
	// maxName is the length of the longest name that is kept, in bytes.
	maxName = 1000
	// gadgetModule begins the module of a gadget whose definition's page id follows.
	gadgetModule = "ext.usergadget.p"
)

// script is a page that somebody loads, and what it loads in turn.
type script struct {
	pages   []string // as [capability.Import] names them
	missing bool
	digest  store.Digest
}

// loader follows what scripts load. Each page is read once for all accounts.
type loader struct {
	*Survey
	read map[wiki.Title]*script
	kept map[earlier]*script
}

// earlier is a text of a page that somebody's gadget stays on.
type earlier struct {
	title    wiki.Title
	digest   store.Digest
	revision int64
}

// of notes everything an account loads.
func (l *loader) of(ctx context.Context, u wiki.User, now time.Time) error {
	var next []wiki.Title
	for _, name := range wiki.OwnScripts() {
		next = append(next, wiki.Title{NS: wiki.NSUser, Key: strings.ReplaceAll(u.Name, " ", "_") + "/" + name})
	}
	gadgets, stays, err := l.gadgets(ctx, u)
	if err != nil {
		return err
	}
	next = append(next, gadgets...)
	more, err := l.staying(ctx, u, stays, now)
	if err != nil {
		return err
	}
	next = append(next, more...)
	seen := map[wiki.Title]bool{}
	for len(next) > 0 && len(seen) < maxScripts {
		next = slices.DeleteFunc(next, func(t wiki.Title) bool { return seen[t] })
		for _, t := range next {
			seen[t] = true
		}
		if err := l.fetch(ctx, next); err != nil {
			return err
		}
		var more []wiki.Title
		for _, t := range next {
			pages, err := l.note(ctx, u, t, now)
			if err != nil {
				return err
			}
			more = append(more, pages...)
		}
		slices.SortFunc(more, func(a, b wiki.Title) int { return strings.Compare(a.Key, b.Key) })
		next = slices.Compact(more)
	}
	return nil
}

// gadgets are the pages of the gadgets an account has switched on, and the texts of those of which it stays on earlier ones.
func (l *loader) gadgets(ctx context.Context, u wiki.User) (pages []wiki.Title, stays []earlier, err error) {
	choices, err := l.Store.Choices(ctx, l.Site.ID, u.ID)
	if err != nil || len(choices) == 0 {
		return nil, nil, err
	}
	accepted, err := l.Store.Acceptances(ctx, l.Site.ID, u.ID)
	if err != nil {
		return nil, nil, err
	}
	var ids []int64
	for _, c := range choices {
		i := slices.IndexFunc(accepted, func(a store.Acceptance) bool { return a.Gadget == c.Gadget && !a.Stays.IsZero() })
		if i < 0 {
			ids = append(ids, c.Gadget)
			continue
		}
		texts, err := l.earlier(ctx, accepted[i].Set)
		if err != nil {
			return nil, nil, err
		}
		stays = append(stays, texts...)
	}
	pages, err = l.gadgetPages(ctx, ids)
	return pages, stays, err
}

// earlier are the scripts of a set that somebody stays on; none of one that is not kept any more, which does not run.
func (l *loader) earlier(ctx context.Context, set store.Digest) (all []earlier, err error) {
	text, err := l.Store.Text(ctx, set)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := registry.FilesOfSet(text)
	for _, f := range files {
		if t, err := l.Site.Parse(f.Title); err == nil && runs(t) {
			all = append(all, earlier{t, f.Digest, f.RevID})
		}
	}
	return all, err
}

// staying notes the earlier texts that an account runs, and returns the pages that these load, and those that still have that text.
func (l *loader) staying(ctx context.Context, u wiki.User, stays []earlier, now time.Time) (more []wiki.Title, err error) {
	titles := make([]wiki.Title, len(stays))
	for i, e := range stays {
		titles[i] = e.title
	}
	if err := l.fetch(ctx, titles); err != nil {
		return nil, err
	}
	for _, e := range stays {
		if l.read[e.title].digest == e.digest {
			more = append(more, e.title)
			continue
		}
		s, err := l.keptScript(ctx, e)
		if err != nil {
			return nil, err
		}
		pages, err := l.follow(ctx, u, l.Site.Prefixed(e.title)+"@"+strconv.FormatInt(e.revision, 10), s, now)
		if err != nil {
			return nil, err
		}
		more = append(more, pages...)
	}
	return more, nil
}

// keptScript reads an earlier text.
func (l *loader) keptScript(ctx context.Context, e earlier) (*script, error) {
	if s := l.kept[e]; s != nil {
		return s, nil
	}
	text, err := l.Store.Text(ctx, e.digest)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	s := &script{missing: err != nil}
	if !s.missing {
		s.pages = l.imports(e.title, text)
	}
	l.kept[e] = s
	return s, nil
}

func (l *loader) gadgetPages(ctx context.Context, ids []int64) ([]wiki.Title, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	gadgets, err := l.Store.Gadgets(ctx, l.Site.ID, ids)
	if err != nil {
		return nil, err
	}
	var pages []wiki.Title
	for _, g := range gadgets {
		for _, file := range g.Files {
			if t, err := l.Site.Parse(file); err == nil && runs(t) {
				pages = append(pages, t)
			}
		}
	}
	return pages, nil
}

func runs(t wiki.Title) bool {
	return strings.HasSuffix(t.Key, ".js") || strings.HasSuffix(t.Key, ".vue")
}

// fetch reads the pages among these that were not read before.
func (l *loader) fetch(ctx context.Context, titles []wiki.Title) error {
	var unread []wiki.Title
	for _, t := range titles {
		if l.read[t] == nil {
			unread = append(unread, t)
		}
	}
	if len(unread) == 0 {
		return nil
	}
	pages, err := l.Wiki.Pages(ctx, unread)
	if err != nil {
		return err
	}
	for i, p := range pages {
		s := &script{missing: p.ID == 0}
		if !s.missing {
			s.pages, s.digest = l.imports(unread[i], p.Text), store.DigestOf(p.Text)
		}
		l.read[unread[i]] = s
	}
	return nil
}

// imports are what a page's text loads.
func (l *loader) imports(t wiki.Title, text string) (pages []string) {
	for _, c := range l.Analyse(l.Site.Prefixed(t), []byte(text)).Capabilities {
		if c.Name == capability.Import && !slices.Contains(pages, c.Target) {
			pages = append(pages, c.Target)
		}
	}
	return pages
}

// note notes that an account loads a page, and returns the pages that this one loads.
func (l *loader) note(ctx context.Context, u wiki.User, t wiki.Title, now time.Time) ([]wiki.Title, error) {
	return l.follow(ctx, u, l.Site.Prefixed(t), l.read[t], now)
}

// follow notes that an account loads a script by a name, and returns the pages that this one loads.
func (l *loader) follow(ctx context.Context, u wiki.User, name string, s *script, now time.Time) (more []wiki.Title, err error) {
	if s == nil || s.missing {
		return nil, nil
	}
	l.Usage.Loaded(u.ID, name, now)
	for _, target := range s.pages {
		switch page, host, id := l.resolve(target, u.Name); {
		case host != "":
			l.Usage.Loaded(u.ID, host[:min(len(host), maxName)], now)
		case id != 0:
			pages, err := l.gadgetPages(ctx, []int64{id})
			if err != nil {
				return nil, err
			}
			more = append(more, pages...)
		case page.Key != "":
			more = append(more, page)
		}
	}
	return more, nil
}

// resolve reads what a script loads: a page of this wiki, the id of a gadget, or "//host/path" of another server. All are
// empty for what is computed, for the wiki's own modules, and for what is no script.
func (l *loader) resolve(target, me string) (page wiki.Title, elsewhere string, gadget int64) {
	target = strings.ReplaceAll(target, "<me>", me)
	if strings.ContainsAny(target, "<>") {
		return page, "", 0
	}
	if name, ok := strings.CutPrefix(target, gadgetModule); ok {
		id, _ := strconv.ParseInt(name, 10, 64)
		return page, "", id
	}
	name := target
	if strings.HasPrefix(target, "/") || strings.HasPrefix(target, "http:") || strings.HasPrefix(target, "https:") {
		u, err := url.Parse(target)
		if err != nil {
			return page, "", 0
		}
		if here, err := url.Parse(l.Site.Server); u.Host != "" && (err != nil || !strings.EqualFold(u.Host, here.Host)) {
			return page, "//" + strings.ToLower(u.Host) + u.EscapedPath(), 0
		}
		if name = u.Query().Get("title"); name == "" {
			before, after, _ := strings.Cut(l.Site.ArticlePath, "$1")
			name = strings.TrimSuffix(strings.TrimPrefix(u.Path, before), after)
		}
	}
	t, err := l.Site.Parse(name)
	if err != nil || !runs(t) {
		return page, "", 0
	}
	return t, "", 0
}
