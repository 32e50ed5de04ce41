package delivery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"sallyport/internal/bundle"
	"sallyport/internal/message"
	"sallyport/internal/registry"
	"sallyport/internal/switches"
)

// start is what a browser is told about one person's gadgets. boot.js reads it: mw.sallyport.start( … ).
type start struct {
	// Rows are arguments for mw.loader.register, dependencies first: name, version, dependencies by name.
	Rows []row `json:"rows"`
	// Load lists what to load on this page if its conditions hold, in the order the person switched things on.
	Load []load `json:"load"`
	// Problems are things that do not run, and why: for the console.
	Problems []string `json:"problems,omitempty"`
	// Stopped are gadgets that the operators switched off, for the reader: each is said once in a browser.
	Stopped []stopped `json:"stopped,omitempty"`
	// Failed are registered modules that cannot be loaded.
	Failed []string `json:"failed,omitempty"`
	// Names maps titles of gadgets to their modules, for require( 'User:Mara/dom-kit.gadget' ).
	Names map[string]string `json:"names,omitempty"`
	// Menu is the text of the link to My gadgets in the personal menu.
	Menu string `json:"menu,omitempty"`
	// Sources are further places for mw.loader to load from, by name: each gadget's own, under a policy.
	Sources map[string]string `json:"sources,omitempty"`
	// Held are the gadgets that may use servers outside the wiki.
	Held []held `json:"held,omitempty"`
	// Kept are the texts of the notice that a script was kept from a server.
	Kept []string `json:"kept,omitempty"`
	// Told are the words around all that the page tells its reader; nil when there is nothing to tell.
	Told *message.Told `json:"told,omitempty"`
}

// stopped is why a gadget that somebody has switched on does not run.
type stopped struct {
	Key  string `json:"key"` // the same as that of the notice in the place of a script
	Text string `json:"text"`
}

// row is [name, version, [dependency…], group, source].
type row [5]any

type load struct {
	Module string      `json:"module"`
	When   *conditions `json:"when,omitempty"`
	// Style is "early" when ext.gadgets.userstyles brings the style sheet, "late" when the browser has to add it, and
	// empty for modules with scripts.
	Style string   `json:"style,omitempty"`
	Peers []string `json:"peers,omitempty"`
}

// sourceName is the name under which our load.php is registered as a source with mw.loader.
const sourceName = "sallyport"

// startup answers ext.gadgets.userstartup: what one named person has switched on.
func (d *Delivery) startup(ctx context.Context, req request) *answer {
	d.gadgets.Fresh(ctx)
	s, err := d.start(ctx, req)
	if err != nil {
		return d.startupFailed(err, req)
	}
	return d.startupScript("(window.RLQ=window.RLQ||[]).push(function(){mw.sallyport.start("+quote(s)+");});\n", req)
}

// startupScript is the script alone, as boot.js asks for it, or the module around it.
func (d *Delivery) startupScript(script string, req request) *answer {
	body := []byte(script)
	if req.Only != "scripts" {
		body = wrapped(startupModule, body)
	}
	return d.personal(typeScript, body)
}

// startupFailed tells the browser that this person's gadgets are not to be had now: an error in the console, no gadget,
// and the page unharmed.
func (d *Delivery) startupFailed(err error, req request) *answer {
	if errors.Is(err, registry.ErrNoUser) {
		return d.startupScript(comment("Nobody on this wiki has that name."), req)
	}
	d.log.Error("gadgets of a user not read", "err", err)
	message := "Your user gadgets are not available right now. The page works without them; reload it in a minute."
	body := []byte(complaint(message))
	if req.Only != "scripts" {
		var s states
		s.add(startupModule, "error")
		body = append(body, s.statement()...)
	}
	return &answer{kind: typeScript, cache: "private, no-store", body: body}
}

// wrapped puts a script into the statement mw.loader expects for a module that was asked for without only=scripts.
func wrapped(name string, script []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "(function(D){mw.loader.impl?mw.loader.impl(D):mw.loader.implement.apply(null,D());})"+
		"(function(){return[%s,function($,jQuery,require,module){\n%s}];});\n", quote(name+"@"+bundle.Hash(script)), script)
	return b.Bytes()
}

// personal is an answer about one person: it may be kept, but has to be asked about each time. It is compressed once, and
// found again by its content for as long as it stays the same.
func (d *Delivery) personal(kind string, body []byte) *answer {
	sum := sha256.Sum256(body)
	key := kind + "\n" + string(sum[:]) // no query holds a line break
	if a, ok := d.answers.GetIfPresent(key); ok {
		return a
	}
	a := &answer{kind: kind, cache: cachePersonal, etag: `W/"` + bundle.Hash(body) + `"`, body: body}
	d.answers.Set(key, a.pack())
	return a
}

// start collects what one person's pages need.
func (d *Delivery) start(ctx context.Context, req request) (*start, error) {
	user, err := d.gadgets.User(ctx, req.User)
	if err != nil {
		return nil, err
	}
	enabled, err := d.gadgets.Enabled(ctx, user)
	if err != nil {
		return nil, err
	}
	s := &start{Rows: []row{}, Load: []load{}, Menu: d.menu(req.Lang)}
	if d.kept != nil {
		words := d.kept(req.Lang)
		s.Kept = words[:]
	}
	s.Held = d.holds(ctx, user, req.Lang, func(*registry.Gadget) bool { return true })
	var roots []*registry.Gadget
	stays := staysOf(enabled)
	for _, e := range enabled {
		if e.Stay != nil && e.Stay.Newest != nil {
			s.name(e.Stay.Newest) // it may have another title by now
		}
		switch e.State {
		case registry.On:
			if skinAllows(e.Gadget.Def.Settings, req.Skin) {
				roots = append(roots, e.Gadget)
			}
		case registry.Broken:
			s.Problems = append(s.Problems, e.Gadget.Row.Title+": "+e.Gadget.Problem)
		case registry.Stopped:
			s.stop(e.Gadget, req.Lang, d.stopped)
		case registry.Moved:
			s.Problems = append(s.Problems, fmt.Sprintf("%s now belongs to %s. It rests until you look at it under My gadgets.",
				e.Gadget.Row.Title, e.Gadget.Row.Owner))
		}
	}
	if s.tells() {
		s.Told = d.told(req.Lang)
	}
	return s, d.fill(ctx, s, roots, stays, req)
}

// tells says whether the page may have to tell its reader something.
func (s *start) tells() bool { return len(s.Kept)+len(s.Held)+len(s.Stopped) > 0 }

// staysOf lists the gadgets of which somebody stays on earlier texts.
func staysOf(enabled []registry.Enabled) (stays []*registry.Gadget) {
	for _, e := range enabled {
		if e.Stay != nil {
			stays = append(stays, e.Gadget)
		}
	}
	return stays
}

func (s *start) name(g *registry.Gadget) {
	if s.Names == nil {
		s.Names = map[string]string{}
	}
	s.Names[g.Row.Title] = g.Module
}

// stop tells the reader of a gadget that is switched off, and of everything at once when everything is.
func (s *start) stop(g *registry.Gadget, lang string, says func(lang, name string, by *switches.Switch) string) {
	s.Problems = append(s.Problems, g.Row.Title+": "+g.Problem)
	if says == nil {
		return
	}
	key := "switch-" + strconv.FormatInt(g.Stopped.ID, 10)
	if g.Stopped.Kind != switches.All {
		key += "-p" + strconv.FormatInt(g.Row.PageID, 10)
	}
	if !slices.ContainsFunc(s.Stopped, func(o stopped) bool { return o.Key == key }) {
		s.Stopped = append(s.Stopped, stopped{key, says(lang, g.Row.Name, g.Stopped)})
	}
}

// fill adds registration rows for the gadgets and all they need, and the entries to load. stays are those of which the person
// stays on earlier texts.
func (d *Delivery) fill(ctx context.Context, s *start, roots, stays []*registry.Gadget, req request) error {
	all, err := d.gadgets.ClosureFor(ctx, roots, stays)
	if err != nil {
		return err
	}
	settled := make(map[int64]*registry.Gadget, len(all))
	for _, g := range all {
		settled[g.Row.PageID] = g
		s.name(g)
		if g.Problem != "" {
			s.Failed = append(s.Failed, g.Module)
			continue
		}
		r, err := d.row(ctx, s, g, req)
		if err != nil {
			d.log.Error("gadget not read", "gadget", g.Row.PageID, "err", err)
			s.Failed = append(s.Failed, g.Module)
			s.Problems = append(s.Problems, g.Row.Title+": it cannot be read right now; try again in a minute")
			delete(settled, g.Row.PageID)
			continue
		}
		s.Rows = append(s.Rows, r)
	}
	// Problems are told of what was chosen; those of what that needs are part of them.
	for _, root := range roots {
		g, there := settled[root.Row.PageID]
		if !there {
			continue
		}
		if g.Problem != "" {
			s.Problems = append(s.Problems, g.Row.Title+": "+g.Problem)
			continue
		}
		s.Load = append(s.Load, loadOf(g))
	}
	return nil
}

// userGroup is MediaWiki's number for the group of modules that mw.loader.store leaves alone (StartUpModule::$groupIds). What
// comes out of that store is evaluated, and then browsers do not say which script it was.
const userGroup = 0

// row is how mw.loader learns of a gadget. Under a policy each has a path of its own, because Chromium says no more of a script
// that broke it than its path. So has one made of earlier texts: addresses are for everybody, and this one names them.
func (d *Delivery) row(ctx context.Context, s *start, g *registry.Gadget, req request) (row, error) {
	m, err := d.build(ctx, g, req)
	if err != nil {
		return row{}, err
	}
	requires := g.Requires
	if requires == nil {
		requires = []string{}
	}
	if d.kept == nil && g.Kept == "" {
		return row{g.Module, m.Version, requires, nil, sourceName}, nil
	}
	var group any
	if d.kept != nil {
		group = userGroup
	}
	return row{g.Module, m.Version, requires, group, s.source(d.base, g)}, nil
}

// source adds the place where one gadget comes from, and returns its name.
func (s *start) source(base string, g *registry.Gadget) string {
	own := "p" + strconv.FormatInt(g.Row.PageID, 10)
	name, path := sourceName+"-"+own, base+"/g/"+own
	if g.Kept != "" {
		name, path = name+"-"+string(g.Kept), path+"/"+string(g.Kept)
	}
	if s.Sources == nil {
		s.Sources = map[string]string{}
	}
	s.Sources[name] = path + "/load.php"
	return name
}

func loadOf(g *registry.Gadget) load {
	l := load{Module: g.Module, When: conditionsOf(g.Def.Settings)}
	switch {
	case g.Styles && early(g.Def.Settings):
		l.Style = "early"
	case g.Styles:
		l.Style = "late"
	}
	for _, peer := range g.Peers {
		if !slices.Contains(l.Peers, peer) {
			l.Peers = append(l.Peers, peer)
		}
	}
	return l
}
