package registry

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Closure returns the given gadgets and every user gadget they depend on or have as a peer, dependencies first. Gadgets
// on a dependency cycle, and those that depend on one with a problem, come with a Problem of their own.
func (r *Registry) Closure(ctx context.Context, roots []*Gadget) ([]*Gadget, error) {
	return r.ClosureFor(ctx, roots, nil)
}

// ClosureFor is Closure for somebody who stays on earlier texts of gadgets: these are taken wherever one of them is needed.
func (r *Registry) ClosureFor(ctx context.Context, roots, stays []*Gadget) ([]*Gadget, error) {
	w := walk{r: r, state: map[int64]*Gadget{}, stays: stays}
	for _, g := range roots {
		w.pulled = 0
		if _, err := w.visit(ctx, g); err != nil {
			return nil, err
		}
	}
	return w.order, nil
}

type walk struct {
	r      *Registry
	stays  []*Gadget
	state  map[int64]*Gadget // nil while on the path
	path   []*Gadget
	order  []*Gadget
	cause  map[int64]*Gadget // of those that stand on one that cannot run, the one
	pulled int
}

// visit returns the gadget as it can be registered: itself, or a copy that says why it cannot run.
func (w *walk) visit(ctx context.Context, g *Gadget) (*Gadget, error) {
	if done, seen := w.state[g.Row.PageID]; seen {
		if done == nil {
			return g.broken("it depends on itself: " + w.cycle(g)), nil
		}
		return done, nil
	}
	w.state[g.Row.PageID] = nil
	g = w.r.forWhoeverAsks(ctx, g)
	w.path = append(w.path, g)
	result := g
	for _, id := range g.uses() {
		if w.pulled++; w.pulled > maxClosure {
			result = g.broken(fmt.Sprintf("more than %d gadgets would have to be loaded for it", maxClosure))
			break
		}
		needed, err := w.need(ctx, id)
		if err != nil {
			return nil, err
		}
		if needed.Problem != "" && result.Problem == "" {
			result = w.stands(g, needed)
		}
	}
	w.path = w.path[:len(w.path)-1]
	w.state[g.Row.PageID] = result
	w.order = append(w.order, result)
	return result, nil
}

// stands returns a gadget that cannot run because another cannot, with the first cause and not the whole chain.
func (w *walk) stands(g, on *Gadget) *Gadget {
	cause := on
	if first, known := w.cause[on.Row.PageID]; known {
		cause = first
	}
	if w.cause == nil {
		w.cause = map[int64]*Gadget{}
	}
	w.cause[g.Row.PageID] = cause
	return g.broken(fmt.Sprintf("it needs %s, which cannot run: %s", cause.Row.Title, cause.Problem))
}

func (w *walk) need(ctx context.Context, id int64) (*Gadget, error) {
	if i := slices.IndexFunc(w.stays, func(g *Gadget) bool { return g.Row.PageID == id }); i >= 0 {
		return w.visit(ctx, w.stays[i])
	}
	g, err := w.r.Gadget(ctx, id)
	if err != nil {
		return nil, err
	}
	return w.visit(ctx, g)
}

func (w *walk) cycle(g *Gadget) string {
	from := slices.IndexFunc(w.path, func(p *Gadget) bool { return p.Row.PageID == g.Row.PageID })
	var names []string
	for _, p := range w.path[from:] {
		names = append(names, p.Row.Title)
	}
	return strings.Join(append(names, g.Row.Title), " → ")
}

func (g *Gadget) broken(why string) *Gadget {
	b := *g
	b.Problem = why
	return &b
}

// uses lists the page ids of the user gadgets among dependencies and peers.
func (g *Gadget) uses() []int64 {
	var ids []int64
	for _, name := range slices.Concat(g.Requires, g.Peers) {
		if id, ok := ID(name); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// ID reads the page id out of a module name such as "ext.usergadget.p12".
func ID(module string) (int64, bool) {
	digits, ok := strings.CutPrefix(module, Prefix)
	if !ok || digits == "" || digits[0] < '1' || digits[0] > '9' {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil
}
