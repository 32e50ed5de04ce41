package scan

import (
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/link"
	"sallyport/internal/wiki"
)

// Where a script that another one names is looked for: a file beside it, a page of the same wiki, a page of the same dump.

// find finds files of the folder. A page's title is looked for under its own name.
func (in *folder) find(from string, ref link.Ref) (string, []byte, bool) {
	from, err := filepath.Rel(in.name, filepath.FromSlash(from))
	if err != nil {
		return "", nil, false
	}
	root, err := in.root()
	if err != nil {
		return "", nil, false
	}
	for _, name := range fileNames(filepath.ToSlash(from), ref) {
		if text, ok := readFile(root, filepath.FromSlash(name)); ok {
			return filepath.ToSlash(filepath.Join(in.name, name)), text, true
		}
	}
	return "", nil, false
}

func readFile(folder *os.Root, name string) ([]byte, bool) {
	if info, err := folder.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, false
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize))
	return text, err == nil
}

func fileNames(from string, ref link.Ref) []string {
	name := ref.Name
	switch {
	case strings.Contains(name, "\x00"):
		return nil
	case ref.Kind == link.Page:
		return []string{name, strings.ReplaceAll(name, " ", "_"), strings.ReplaceAll(name, "_", " ")}
	case !strings.HasPrefix(name, "."):
		if page, ok := gadgetPage(name); ok {
			return []string{page}
		}
		return nil
	}
	name = path.Join(path.Dir(from), name)
	return []string{name, name + ".js", name + ".mjs", name + ".ts", name + ".vue", name + ".json", name + "/index.js", name + "/index.ts"}
}

// gadgetPage is where a site gadget of one file keeps it, by the habit of most wikis.
func gadgetPage(module string) (string, bool) {
	name, ok := strings.CutPrefix(module, "ext.gadget.")
	return "MediaWiki:Gadget-" + name + ".js", ok && name != ""
}

// pageTitle is the page that a reference on a page means. Files of a gadget's package are named without their prefix
// (Gadgets: GadgetResourceLoaderModule).
func pageTitle(from string, ref link.Ref) (string, bool) {
	const gadgets = "MediaWiki:Gadget-"
	switch {
	case ref.Kind == link.Page:
		return ref.Name, true
	case !strings.HasPrefix(ref.Name, "."):
		return gadgetPage(ref.Name)
	case strings.HasPrefix(from, gadgets):
		return gadgets + path.Join(path.Dir(strings.TrimPrefix(from, gadgets)), ref.Name), true
	}
	return path.Join(path.Dir(from), ref.Name), true
}

// onWiki finds pages of a live wiki, each asked for once.
func (r *pageReader) find(ctx context.Context) link.Find {
	return func(from string, ref link.Ref) (string, []byte, bool) {
		name, ok := pageTitle(from, ref)
		if !ok {
			return "", nil, false
		}
		t, err := r.site.Parse(name)
		if err != nil || t.NS != wiki.NSUser && t.NS != wiki.NSMediaWiki {
			return "", nil, false
		}
		p, ok := r.page(ctx, t)
		return r.site.PrefixedText(t), []byte(p.Text), ok
	}
}

// maxAsked bounds the pages kept because others name them.
const maxAsked = 2000

func (r *pageReader) page(ctx context.Context, t wiki.Title) (wiki.Page, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.asked[t]; ok {
		return p, p.Exists()
	}
	if len(r.asked) >= maxAsked {
		return wiki.Page{}, false
	}
	pages, err := r.w.Pages(ctx, []wiki.Title{t})
	if err != nil || len(pages) == 0 {
		return wiki.Page{}, false
	}
	if r.asked == nil {
		r.asked = map[wiki.Title]wiki.Page{}
	}
	r.asked[t] = pages[0]
	return pages[0], pages[0].Exists()
}

// plainTitle is a title as a dump spells it: with spaces, and large first letters.
func plainTitle(title string) string {
	space, name, ok := strings.Cut(strings.TrimSpace(strings.ReplaceAll(title, "_", " ")), ":")
	if !ok {
		return capital(space)
	}
	return capital(space) + ":" + capital(strings.TrimSpace(name))
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
