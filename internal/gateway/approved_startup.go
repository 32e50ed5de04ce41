package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"

	"sallyport/internal/approved"
)

// startup answers mw.loader's registry. Pinned modules get a version of their own in it, with which browsers ask for them and under
// which they keep them. Where that is not known the registry goes out as it is: what goes out of a module is looked at anyway.
func (b *batch) startup(w http.ResponseWriter) error {
	pins := b.pins(b.r.Context(), approved.View{Skin: b.view.Skin})
	if len(pins) == 0 || b.view.Debug > 0 {
		b.next.ServeHTTP(w, b.r)
		return nil
	}
	out := b.r.Clone(b.r.Context())
	out.Method = http.MethodGet
	whole(out)
	answer, err := fetched(b.next, out)
	if err != nil {
		return err
	}
	if answer.status == http.StatusOK {
		answer = altered(answer.header, register(answer.body.Bytes(), pins))
	}
	send(w, b.r, answer)
	return nil
}

// pins are the versions of pinned modules, by name.
func (a *Approved) pins(ctx context.Context, v approved.View) map[string]string {
	a.pinned.Lock()
	defer a.pinned.Unlock()
	now := a.Now()
	if known, ok := a.pinned.views[v]; ok && now.Sub(known.at) < pinsFor {
		return known.versions
	}
	versions, err := a.pinsOf(ctx, a.Book, v)
	if err != nil {
		if ctx.Err() == nil {
			a.Log.Warn("which modules are pinned is not known", "wiki", a.Book.Site().ID, "err", err)
		}
		return a.pinned.views[v].versions
	}
	if len(a.pinned.views) >= maxViews {
		clear(a.pinned.views)
	}
	a.pinned.views[v] = registered{versions, now}
	return versions
}

// pinsOf are the versions of modules that a book has pinned.
func (a *Approved) pinsOf(ctx context.Context, book *approved.Book, v approved.View) (map[string]string, error) {
	names, err := book.Gadgets(ctx)
	if err != nil {
		return nil, err
	}
	all, err := book.Modules(ctx, append([]string{"site", "site.styles", "noscript"}, names...), v)
	if err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for i := range all {
		if all[i].Pinned {
			versions[all[i].Name] = all[i].Version()
		}
	}
	return versions, nil
}

// row is where a module's row begins in mw.loader.register's list: its name and its version, which MediaWiki 1.39 marks with "!" for
// browsers that know ES6 (StartUpModule::getModuleRegistrations).
var row = regexp.MustCompile(`\[\s*("(?:[^"\\]|\\.)+")\s*,\s*"([^"\\!]+)(!?)"`)

// register puts other versions into the registry.
func register(body []byte, pins map[string]string) []byte {
	return row.ReplaceAllFunc(body, func(found []byte) []byte {
		part := row.FindSubmatchIndex(found)
		var name string
		if json.Unmarshal(found[part[2]:part[3]], &name) != nil || pins[name] == "" {
			return found
		}
		out := append([]byte(nil), found[:part[4]]...)
		out = append(out, pins[name]...)
		return append(out, found[part[5]:]...)
	})
}
