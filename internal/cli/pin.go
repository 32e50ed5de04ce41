package cli

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/js"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

type pinCommand struct {
	onStore
	Script string `arg:"" help:"A file, or wiki:TITLE for a page." placeholder:"FILE|wiki:TITLE"`
}

// Run prints a script with its imports of this wiki's pages pinned to the revisions of now, and says on standard error what it did, and
// which pins there were are not of the newest revision.
func (c pinCommand) Run(s streams) error {
	_, db, client, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	p := &pinner{client: client, site: site, said: s.stderr}
	text, err := p.text(s.ctx, c.Script)
	if err != nil {
		return err
	}
	pinned, err := p.pin(s.ctx, text)
	if err != nil {
		return err
	}
	_, err = io.WriteString(s.stdout, pinned)
	return err
}

type pinner struct {
	client *mediawiki.Client
	site   *wiki.Site
	said   io.Writer
}

func (p *pinner) text(ctx context.Context, from string) (string, error) {
	name, onWiki := strings.CutPrefix(from, "wiki:")
	if !onWiki {
		text, err := os.ReadFile(from)
		return string(text), err
	}
	t, err := p.site.Parse(name)
	if err != nil {
		return "", fmt.Errorf("%q is not a title: %w", name, err)
	}
	page, err := newest(p.client)(ctx, t)
	if err == nil && !page.Exists() {
		err = fmt.Errorf("there is no page %q", name)
	}
	return page.Text, err
}

// Calls that load scripts by title, by address, or by name.
var byTitle, byAddress, byName = []string{"importScript", "window.importScript"}, []string{"mw.loader.load", "mw.loader.getScript", "$.getScript", "jQuery.getScript", "importScriptURI"}, []string{"sallyport.import"}

// pin rewrites the calls whose first argument is a plain text.
func (p *pinner) pin(ctx context.Context, text string) (string, error) {
	s := js.Parse([]byte(text), js.Options{Name: "common.js"})
	if s.Goal == js.Opaque || s.Lowered {
		return "", fmt.Errorf("the script cannot be read: %v", s.Problems)
	}
	var out strings.Builder
	done := 0
	var failed error
	s.Walk(s.Root, func(n js.Node) bool {
		if s.Kind(n) != js.Call || failed != nil || s.Arg(n, 0) == 0 || s.Kind(s.Arg(n, 0)) != js.String || s.Start(n) < done {
			return failed == nil
		}
		callee := s.Source(s.Callee(n))
		line, _ := s.Lines.Position(s.Start(n))
		revised, err := p.call(ctx, line, callee, s.Source(n), s.Source(s.Arg(n, 0)), s.Str(s.Arg(n, 0)))
		if failed = err; err == nil && revised != "" {
			out.WriteString(text[done:s.Start(n)] + revised)
			done = s.End(n)
		}
		return err == nil
	})
	return out.String() + text[done:], failed
}

// call returns what a call becomes; empty when it stays.
func (p *pinner) call(ctx context.Context, line int, callee, whole, quoted, value string) (string, error) {
	said := func(format string, args ...any) {
		fmt.Fprintf(p.said, "line %d: %s\n", line, fmt.Sprintf(format, args...))
	}
	switch {
	case slices.Contains(byTitle, callee):
		page, err := p.find(ctx, value, said)
		if err != nil || page.Rev == 0 {
			return "", err
		}
		q := url.Values{"title": {p.site.PrefixedText(page.Title)}, "oldid": {strconv.FormatInt(page.Rev, 10)}, "action": {"raw"}, "ctype": {"text/javascript"}}
		return "mw.loader.load( '" + p.site.ScriptPath + "/index.php?" + q.Encode() + "' )", nil
	case slices.Contains(byName, callee):
		title, pin, pinned := strings.Cut(value, "@")
		if pinned {
			return "", p.compare(ctx, withJS(title), pin, said)
		}
		page, err := p.find(ctx, withJS(title), said)
		if err != nil || page.Rev == 0 {
			return "", err
		}
		return strings.Replace(whole, quoted, fmt.Sprintf("'%s@%d'", strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(value), page.Rev), 1), nil
	case slices.Contains(byAddress, callee):
		return p.address(ctx, whole, quoted, value, said)
	}
	return "", nil
}

func withJS(title string) string { return strings.TrimSuffix(title, ".js") + ".js" }

// address pins an address with action=raw of this wiki.
func (p *pinner) address(ctx context.Context, whole, quoted, value string, said func(string, ...any)) (string, error) {
	u, err := url.Parse(value)
	if err != nil || !strings.Contains(value, "/") {
		return "", nil // a module's name
	}
	q := u.Query()
	own, _ := url.Parse(p.site.Server)
	switch {
	case u.Host != "" && (own == nil || !strings.EqualFold(u.Host, own.Host)):
		said("%s is not of this wiki; left as it is", value)
		return "", nil
	case q.Get("action") != "raw" || q.Get("title") == "":
		return "", nil
	case q.Get("oldid") != "":
		return "", p.compare(ctx, q.Get("title"), q.Get("oldid"), said)
	}
	page, err := p.find(ctx, q.Get("title"), said)
	if err != nil || page.Rev == 0 {
		return "", err
	}
	end := quoted[len(quoted)-1:]
	return strings.Replace(whole, quoted, fmt.Sprintf("%s&oldid=%d%s", strings.TrimSuffix(quoted, end), page.Rev, end), 1), nil
}

// find is a page as it is; with Rev 0 when there is none.
func (p *pinner) find(ctx context.Context, name string, said func(string, ...any)) (wiki.Page, error) {
	t, err := p.site.Parse(name)
	if err != nil {
		said("%q is not the title of a page of this wiki; left as it is", name)
		return wiki.Page{}, nil
	}
	page, err := newest(p.client)(ctx, t)
	if err != nil {
		return wiki.Page{}, err
	}
	if !page.Exists() {
		said("there is no page %s; left as it is", name)
		return wiki.Page{}, nil
	}
	page.Title = t
	said("%s is pinned to revision %d, saved %s by %s", name, page.Rev, page.Touched.Format("2 January 2006"), page.Author)
	return page, nil
}

// compare says whether there is something newer than what a script is pinned to.
func (p *pinner) compare(ctx context.Context, name, pin string, said func(string, ...any)) error {
	t, err := p.site.Parse(name)
	if err != nil {
		return nil
	}
	page, err := newest(p.client)(ctx, t)
	switch {
	case err != nil:
		return err
	case !page.Exists():
		said("%s is pinned to %s; the page is gone", name, pin)
	case strconv.FormatInt(page.Rev, 10) != pin:
		said("%s is pinned to %s; the newest revision is %d, saved %s by %s", name, pin, page.Rev, page.Touched.Format("2 January 2006"), page.Author)
	}
	return nil
}
