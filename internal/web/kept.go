package web

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strings"

	"sallyport/internal/csp"
	"sallyport/internal/gadget"
	"sallyport/internal/store"
	"sallyport/internal/violation"
)

// everybody is how many people must have met something before those are told who could guess whom it is about.
const everybody = 5

// reportDays is how long a report counts.
const reportDays = 30

// keptRow is one script and one server it was kept from.
type keptRow struct {
	violation.Row // Directive is one of [gadget.HostDirectives]
	Host          string
	By            template.HTML // the script, with a link where there is one
	People        int           // who met it
	Few           bool          // they are fewer than may be counted in public
}

// asked is the directive in which a server is asked for, when a report names a finer one; "" for what nobody can be granted.
func asked(directive string) string {
	for _, ending := range []string{"-elem", "-attr"} {
		directive = strings.TrimSuffix(directive, ending)
	}
	if !slices.Contains(gadget.HostDirectives, directive) {
		return ""
	}
	return directive
}

// server reads what may be asked for: one server, over TLS.
func server(text string) (csp.Source, bool) {
	s, why := csp.ParseSource(text)
	ok := why == "" && s.Kind == csp.Host && s.Host != "" && !s.Wild && s.Path == "" && (s.Scheme == "https" || s.Scheme == "wss") && len(text) <= 255
	return s, ok
}

// kept reads what was reported lately about a server or by a script: folded over the days, most people first.
func (p *pages) kept(ctx context.Context, about store.About) ([]violation.Row, error) {
	rows, err := p.Requests.Reported(ctx, p.Site.ID, about, violation.DayOf(p.Now())-reportDays)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r violation.Row) bool { return r.Noise != violation.None || asked(r.Directive) == "" })
	rows = violation.Fold(rows, func(k *violation.Key) { k.Day, k.Directive = 0, asked(k.Directive) })
	slices.SortStableFunc(rows, func(a, b violation.Row) int { return cmp.Compare(b.Users.Count(), a.Users.Count()) })
	return rows, nil
}

// keptFrom is what a gadget was kept from, as its own page says it. Whoever is no operator, and cannot change it, sees what
// many people met.
func (p *pages) keptFrom(v *visit, title string, authors []string) ([]keptRow, error) {
	if p.Requests == nil {
		return nil, nil
	}
	rows, err := p.kept(v.Context(), store.About{Source: readable(title)})
	if err != nil {
		return nil, err
	}
	all := mayDecide(v) == nil || v.me.ID != 0 && slices.Contains(authors, v.me.Name)
	var list []keptRow
	for _, r := range rows {
		k := p.keptRow(v.Context(), r)
		if _, ok := server(k.Host); ok && (all || !k.Few) {
			list = append(list, k)
		}
	}
	return list, nil
}

func (p *pages) keptRow(ctx context.Context, r violation.Row) keptRow {
	n := r.Users.Count()
	return keptRow{Row: r, Host: r.Blocked, By: p.scriptName(ctx, r.Source), People: n, Few: n < everybody}
}

// scriptName shows what stands as a script in a report: a page, a path, an origin.
func (p *pages) scriptName(ctx context.Context, source string) template.HTML {
	switch {
	case source == "":
		return ""
	case strings.HasPrefix(source, "/") || strings.Contains(source, "://") || source == violation.Other:
		return code(source)
	}
	if g, err := p.Registry.ByTitle(ctx, stored(source)); err == nil {
		return link(p.gadgetURL(g.Row.PageID), readable(g.Row.Title))
	}
	return p.pageLink(source)
}
