package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
	"sallyport/internal/store"
)

// loadGraph is who loads what: the most dangerous scripts on the left, what they load on the right. Rows says the same in words.
type loadGraph struct {
	Width, Height int
	Left, Right   []graphNode
	Lines         []graphLine
	Rows          []graphRow
	Looked, Rest  int // scripts that were looked at; things loaded for which there is no room
}

// graphNode is a script, or a host that is no wiki of ours.
type graphNode struct {
	Name  string
	Short string // that fits into the picture
	URL   string // empty: of a host
	X, Y  int
	Loads int // of what is on the right: how many load it
}

type graphLine struct{ X1, Y1, X2, Y2, Mid int }

// graphRow is a script and what it loads, in the order of the picture.
type graphRow struct {
	graphNode
	What []graphNode
}

// Sizes of the picture, and how much it holds.
const (
	graphScripts = 40
	graphLoaded  = 40
	graphWidth   = 720
	graphStep    = 22
	graphLeft    = 290 // where the dots are
	graphRight   = 430
	graphName    = 40 // characters
)

// loadGraph draws it; nil when none of the scripts loads anything.
func (p *pages) loadGraph(v *visit) (*loadGraph, error) {
	top, _, err := p.Scripts.List.ListScripts(v.Context(), p.Site.ID, store.ScriptQuery{Limit: graphScripts})
	if err != nil {
		return nil, err
	}
	titles := make([]string, len(top))
	for i, x := range top {
		titles[i] = x.Title
	}
	known, err := p.Scripts.List.ScriptsNamed(v.Context(), p.Site.ID, titles)
	if err != nil {
		return nil, err
	}
	g := &loadGraph{Width: graphWidth, Looked: len(top)}
	for _, title := range titles {
		what, err := p.loadedBy(known[title])
		if err != nil {
			return nil, err
		}
		if len(what) > 0 {
			g.Rows = append(g.Rows, graphRow{graphNode{Name: title, URL: p.scriptURL(title)}, what})
		}
	}
	if len(g.Rows) == 0 {
		return nil, nil
	}
	g.draw()
	return g, nil
}

// loadedBy lists what a script loads, pages of this wiki by title and anything else by host, each once.
func (p *pages) loadedBy(x store.Script) (what []graphNode, err error) {
	if x.Capabilities == "" {
		return nil, nil
	}
	var set capability.Set
	if err := json.Unmarshal([]byte(x.Capabilities), &set); err != nil {
		return nil, fmt.Errorf("read what %q can do: %w", x.Title, err)
	}
	for _, i := range risk.Imports(&finding.Script{Capabilities: set}) {
		if i.Through != "" { // another script does, which has a line of its own
			continue
		}
		n := graphNode{}
		if t, err := p.Site.Parse(i.Title); i.Title != "" && err == nil {
			n.Name = p.Site.PrefixedText(t)
			n.URL = p.scriptURL(n.Name)
		} else if u, err := url.Parse(i.Target); err == nil && u.Host != "" {
			n.Name = u.Host
		}
		if n.Name != "" && n.Name != x.Title && !slices.ContainsFunc(what, func(had graphNode) bool { return had.Name == n.Name }) {
			what = append(what, n)
		}
	}
	return what, nil
}

// draw finds a place for everything: what is loaded stands beside those that load it, as far as there is room.
func (g *loadGraph) draw() {
	at := map[string]*graphNode{}
	var right []*graphNode
	for i := range g.Rows {
		r := &g.Rows[i]
		r.X, r.Y, r.Short = graphLeft, place(i), short(r.Name)
		g.Left = append(g.Left, r.graphNode)
		for _, w := range r.What {
			n := at[w.Name]
			if n == nil {
				n = &graphNode{Name: w.Name, Short: short(w.Name), URL: w.URL, X: graphRight}
				at[w.Name], right = n, append(right, n)
			}
			n.Loads++
			n.Y += r.Y // their sum, for now
		}
	}
	slices.SortStableFunc(right, func(a, b *graphNode) int { return cmp.Compare(b.Loads, a.Loads) })
	g.Rest = max(0, len(right)-graphLoaded)
	for _, n := range right[len(right)-g.Rest:] {
		delete(at, n.Name)
	}
	right = right[:len(right)-g.Rest]
	slices.SortStableFunc(right, func(a, b *graphNode) int { return cmp.Compare(a.Y/a.Loads, b.Y/b.Loads) })
	for i, n := range right {
		n.Y = place(i)
		g.Right = append(g.Right, *n)
	}
	for _, r := range g.Rows {
		for _, w := range r.What {
			if n := at[w.Name]; n != nil {
				g.Lines = append(g.Lines, graphLine{graphLeft, r.Y, graphRight, n.Y, (graphLeft + graphRight) / 2})
			}
		}
	}
	g.Height = place(max(len(g.Left), len(g.Right)))
}

func place(row int) int { return graphStep/2 + row*graphStep }

// short is the end of a long name, which tells more than its beginning.
func short(name string) string {
	r := []rune(name)
	if len(r) <= graphName {
		return name
	}
	return "…" + string(r[len(r)-graphName+1:])
}
