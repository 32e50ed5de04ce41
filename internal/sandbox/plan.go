package sandbox

import (
	"context"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/gate"
	"sallyport/internal/trace"
)

// Numbers of runs of the tiers.
const (
	quickRuns    = 10
	standardRuns = 80
	batch        = 12 // of a deep look, after which coverage is looked at
	patience     = 3  // batches without anything new that end a deep look
)

const (
	week = 7 * 24 * time.Hour
	day  = 24 * time.Hour
)

// all makes the runs of the tier, the most telling first.
func (l *look) all(ctx context.Context) error {
	plan := l.plan()
	n := map[Tier]int{Quick: quickRuns, Standard: standardRuns}[l.s.o.Tier]
	if n == 0 {
		n = standardRuns
	}
	err := l.do(ctx, plan[:min(n, len(plan))])
	if err == nil && l.s.o.Tier == Deep {
		err = l.deeper(ctx, plan[min(n, len(plan)):])
	}
	if err != nil {
		return err
	}
	l.compare(ctx)
	return nil
}

// deeper goes on as long as there is something new.
func (l *look) deeper(ctx context.Context, rest []spec) error {
	rest = append(rest, l.again()...)
	idle := 0
	for len(rest) > 0 && idle < patience && l.enough(ctx) == nil {
		before := l.covered()
		n := min(batch, len(rest))
		if err := l.do(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
		if l.covered() > before {
			idle = 0
		} else {
			idle++
		}
	}
	return ctx.Err()
}

// planner puts runs in order and leaves out those that are there already.
type planner struct {
	l    *look
	list []spec
	had  map[string]bool
}

func (p *planner) add(specs ...spec) {
	for _, o := range specs {
		if o.stage == "" {
			o.stage = trace.Natural
		}
		if o.answer == "" {
			o.answer = decoy.Success
		}
		key := inJSON(o.setup(p.l.u, p.l.s.o.Tier)) + o.persona.Key + "|" + o.page.Title + o.page.Query + o.query + inJSON([]any{o.turns, o.storage, o.cookies, o.config, o.options, o.timezone, o.locale, o.agent, o.width,
			o.height, o.chance, o.honey, o.id})
		if !p.had[key] {
			p.had[key] = true
			p.list = append(p.list, o)
		}
	}
}

// plan is all runs worth making, the most telling first: a short look takes the beginning of it.
func (l *look) plan() []spec {
	p := &planner{l: l, had: map[string]bool{}}
	w := l.whom()
	pages := l.pages()
	article := pages[0]
	meets := l.meeting()
	rest := time.Duration(0)
	if waits.MatchString(l.u.Text) {
		rest = 10 * time.Minute
	}

	p.add(
		spec{persona: w.editor, page: article, active: true, explore: 3, picture: l.s.o.Pictures},
		spec{persona: w.admin, page: article, active: true, forward: week, explore: 5, honey: true},
	)
	if len(meets) > 0 {
		p.add(meets[0])
	}
	p.add(spec{persona: w.anonymous, page: article, forward: day, explore: 2})
	p.add(l.forcedAll(w)...)
	p.add(meets[min(1, len(meets)):min(4, len(meets))]...)
	p.add(spec{persona: w.admin, page: article, visits: max(l.u.demand.visits, 4), referrer: "https://search.example/?q=lamps", locale: "de-DE", timezone: "Europe/Berlin", forward: rest})
	if len(l.u.demand.pages) > 1 { // it says itself where it is at work
		p.add(meets[min(4, len(meets)):min(6, len(meets))]...)
	}
	p.add(
		spec{persona: w.sysop, page: pageNamed(pages, "Recent changes"), active: true, explore: 3},
		spec{persona: w.author, page: pageNamed(pages, "own talk page"), active: true, explore: 3},
		spec{persona: w.editor, page: pageNamed(pages, "Harbour lights (edit)"), active: true, explore: 3, forward: day},
	)
	// From here on it is what a standard look adds.
	p.add(spec{persona: w.editor, page: article, visits: 4, referrer: "https://search.example/?q=lamps"})
	p.add(meets[min(4, len(meets)):min(24, len(meets))]...)
	p.add(l.variants(w, article)...)
	p.add(l.forcedOne(w, 12)...)
	p.add(l.matrix([]decoy.Persona{w.editor, w.admin}, pages)...)
	p.add(meets[min(24, len(meets)):]...)
	p.add(l.forcedOne(w, 400)...)
	p.add(l.matrix([]decoy.Persona{w.anonymous, w.author, w.steward, w.sysop, w.temp, w.bot}, pages)...)
	return p.list
}

// who are the people of a look.
type who struct{ anonymous, editor, sysop, admin, temp, steward, bot, author decoy.Persona }

func (l *look) whom() who {
	find := func(key string) decoy.Persona {
		for _, p := range l.s.people {
			if p.Key == key {
				return p
			}
		}
		return l.s.people[min(1, len(l.s.people)-1)]
	}
	w := who{find(decoy.Anonymous), find(decoy.Editor), find(decoy.Sysop), find(decoy.InterfaceAdmin), find(decoy.Temporary), find(decoy.Steward), find(decoy.Bot), l.s.author(l.u)}
	if l.s.o.Snapshot != nil {
		w.author = w.editor
	}
	return w
}

// pages are those on which scripts are run.
func (l *look) pages() []Page {
	if len(l.s.o.Pages) > 0 {
		return l.s.o.Pages
	}
	return StandardPages()
}

func pageNamed(pages []Page, name string) Page {
	for _, p := range pages {
		if p.Name == name {
			return p
		}
	}
	return pages[0]
}

// matrix is people on every page.
func (l *look) matrix(people []decoy.Persona, pages []Page) []spec {
	var out []spec
	for _, page := range pages {
		for _, p := range people {
			if p.Name == "" && (page.Title == "Special:Watchlist" || page.Title == "Special:Preferences") {
				continue // they are sent to log in, where nobody's code runs
			}
			o := spec{persona: p, page: page, active: true, explore: 2}
			if p.Key == decoy.InterfaceAdmin {
				o.explore, o.forward = 4, day
			}
			out = append(out, o)
		}
	}
	return out
}

// variants are what differs in other ways than who and where.
func (l *look) variants(w who, article Page) []spec {
	low, high := 0.0, 0.9999
	return []spec{
		{persona: w.admin, page: article, chance: &low, active: true, honey: true},
		{persona: w.editor, page: article, answer: decoy.Broken, active: true, explore: 2},
		{persona: w.admin, page: article, answer: decoy.Generous, explore: 2},
		{persona: w.admin, page: article, answer: decoy.Denied, explore: 2},
		{persona: w.editor, page: article, chance: &high},
		{persona: w.editor, page: article, skin: "minerva", explore: 1, width: 420, height: 800},
		{persona: w.editor, page: article, skin: "vector-2022", explore: 1},
		{persona: w.steward, page: pageNamed(l.pages(), "own talk page"), host: "meta." + parent(l.s.o.Host), id: "metawiki"},
		{persona: w.editor, page: article, lang: "de", locale: "de-DE", timezone: "Europe/Berlin"},
		{persona: w.editor, page: article, offline: true},
		{persona: w.temp, page: article},
		{persona: w.bot, page: article},
		{persona: w.steward, page: article, explore: 1},
		{persona: w.admin, page: article, stage: trace.Clock, clock: l.s.o.Now.AddDate(1, 1, 3), explore: 1},
	}
}

// parent is a host name without its first part.
func parent(host string) string {
	for i := range len(host) {
		if host[i] == '.' && i+1 < len(host) {
			return host[i+1:]
		}
	}
	return host
}

// forcedAll turns all conditions at once: what they guard may come to light, and is kept apart. Of a condition with two branches the
// other one has a run too.
func (l *look) forcedAll(w who) []spec {
	first, other := map[int]gate.Turn{}, map[int]gate.Turn{}
	both := false
	for _, g := range l.u.gates {
		if g.Asks == gate.Person {
			continue
		}
		t := gate.TurnOf(g)
		first[g.N], other[g.N] = t, t
		if g.Both {
			both = true
			t.To = !t.To
			other[g.N] = t
		}
	}
	if len(first) == 0 && len(l.u.functions) < 3 || l.u.source.Lowered {
		return nil
	}
	o := l.dress(spec{persona: w.admin, page: l.home(), stage: trace.Forced, turns: first, forward: day, explore: 2, honey: true, active: true, call: true})
	out := []spec{o}
	if both {
		o.turns = other
		out = append(out, o)
	}
	return out
}

// home is the page where a script is at work, as far as it says: what is behind its conditions finds there what it looks for.
func (l *look) home() Page {
	for _, p := range l.u.demand.pages {
		if !decoy.RunsNoCode(p.Title) {
			return p
		}
	}
	return l.pages()[0]
}

// forcedOne turns one condition after the other, those that hide most first.
func (l *look) forcedOne(w who, most int) []spec {
	if l.u.source.Lowered {
		return nil
	}
	var asking, other []spec
	for _, g := range l.u.gates {
		o := spec{persona: w.admin, page: l.home(), stage: trace.Forced, turns: map[int]gate.Turn{g.N: gate.TurnOf(g)}, explore: 1}
		if g.Both {
			t := gate.TurnOf(g)
			t.To = !t.To
			back := o
			back.turns = map[int]gate.Turn{g.N: t}
			other = append(other, back)
		}
		switch {
		case g.Form == gate.Loop:
		case g.Asks == gate.Other:
			other = append(other, o)
		default:
			asking = append(asking, o)
		}
	}
	out := append(asking, other...)
	return out[:min(most, len(out))]
}

// again is what a deep look adds: the script's own parts pressed on every page, by those who may most.
func (l *look) again() []spec {
	p := &planner{l: l, had: map[string]bool{}}
	w := l.whom()
	for _, page := range append(l.u.demand.pages, l.pages()...) {
		for _, person := range []decoy.Persona{w.admin, w.editor, w.steward} {
			p.add(spec{persona: person, page: page, explore: 5, forward: day, active: true, honey: true})
		}
	}
	return p.list
}
