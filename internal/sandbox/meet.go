package sandbox

import (
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// meeting are runs in which the world is as the script asks: first all of it at once, then one thing after the other.
func (l *look) meeting() []spec {
	d := l.u.demand
	w := l.whom()
	article := l.pages()[0]
	people := l.named(w)
	pages := d.pages
	clocks := d.clocks

	full := l.dress(spec{persona: people[0], page: article, active: true, honey: true, explore: 3, forward: week})
	if len(pages) > 0 {
		full.page = pages[0]
	}
	if len(clocks) > 0 {
		full.clock, full.stage = clocks[0], trace.Clock
	}
	var out []spec
	if l.asks() {
		out = append(out, full)
	}
	vary := func(o spec) { out = append(out, o) }
	// Who is waited for, who may most, and every page and moment beside the first: in turns, for a short look takes the first few.
	for i := range max(len(people), len(pages), len(clocks)) {
		if i+1 < len(people) {
			o := full
			o.persona = people[i+1]
			vary(o)
		}
		if i+1 < len(pages) {
			o := full
			o.page = pages[i+1]
			vary(o)
		}
		if i+1 < len(clocks) {
			o := full
			o.clock = clocks[i+1]
			vary(o)
		}
	}
	out = append(out, l.singly(w, people, article)...)
	for _, p := range people {
		for _, page := range pages {
			vary(spec{persona: p, page: page, active: true, explore: 2})
			for _, c := range clocks {
				vary(spec{persona: p, page: page, clock: c, stage: trace.Clock, active: true, explore: 1})
			}
		}
	}
	return out
}

// named are the people the script asks for, who may most, and whom pages that it asks for are about.
func (l *look) named(w who) []decoy.Persona {
	var out []decoy.Persona
	if l.s.o.Snapshot == nil {
		out = append(out, l.u.people...)
		if l.u.wanted.Name != "" {
			out = append(out, l.u.wanted)
		}
	}
	out = append(out, w.admin)
	if l.s.o.Snapshot == nil {
		out = append(out, l.u.others...)
	}
	return out
}

// asks says whether the script names anything at all.
func (l *look) asks() bool {
	d := l.u.demand
	return len(l.u.people)+len(d.groups)+len(d.pages)+len(d.clocks)+len(d.hosts)+len(d.databases)+len(d.skins)+len(d.langs)+len(d.zones)+len(d.referrers)+len(d.storage)+len(d.cookies)+len(d.options)+
		len(d.config)+len(d.queries)+len(d.agents)+d.width+d.height+d.visits+len(d.edits)+len(d.ids) > 0
}

// dress gives a run the first of everything else the script asks for.
func (l *look) dress(o spec) spec {
	d := l.u.demand
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	o.host, o.id, o.skin, o.lang, o.timezone, o.referrer, o.query = first(d.hosts), first(d.databases), first(d.skins), first(d.langs), first(d.zones), first(d.referrers), first(d.queries)
	o.locale = o.lang
	o.storage, o.cookies, o.options, o.config = d.storage, d.cookies, d.options, d.config
	if len(d.ids) > 0 {
		o.config = with(o.config, "wgUserId", typed(d.ids[0]))
	}
	if len(d.edits) > 0 {
		o.config = with(o.config, "wgUserEditCount", d.edits[0]+1)
	}
	if len(d.agents) > 0 {
		o.agent = agentOf(d.agents[0])
	}
	if d.width > 0 || d.height > 0 {
		o.width, o.height = or(d.width, 1280), or(d.height, 900)
	}
	o.visits = d.visits
	return o
}

func or(n, other int) int {
	if n > 0 {
		return n
	}
	return other
}

func with(m map[string]any, key string, value any) map[string]any {
	out := map[string]any{key: value}
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// singly are runs in which one thing is as the script asks and all else as usual, as people see it who are not waited for.
func (l *look) singly(w who, people []decoy.Persona, article Page) []spec {
	d := l.u.demand
	var out []spec
	base := spec{persona: w.editor, page: article, active: true, explore: 1}
	add := func(change func(*spec)) {
		o := base
		change(&o)
		out = append(out, o)
	}
	for _, p := range people {
		add(func(o *spec) { o.persona, o.forward = p, day })
	}
	for _, p := range d.pages {
		add(func(o *spec) { o.page = p })
		add(func(o *spec) { o.page, o.persona = p, w.admin })
	}
	for _, c := range d.clocks {
		add(func(o *spec) { o.clock, o.stage = c, trace.Clock })
		add(func(o *spec) { o.clock, o.stage, o.persona, o.forward = c, trace.Clock, w.admin, time.Hour })
	}
	for _, h := range d.hosts {
		add(func(o *spec) { o.host, o.persona = h, w.admin })
	}
	for _, id := range d.databases {
		add(func(o *spec) { o.id, o.persona = id, w.admin })
	}
	for _, s := range d.skins {
		add(func(o *spec) { o.skin = s })
	}
	for _, lang := range d.langs {
		add(func(o *spec) { o.lang, o.locale = lang, lang })
	}
	for _, z := range d.zones {
		add(func(o *spec) { o.timezone = z })
	}
	for _, r := range d.referrers {
		add(func(o *spec) { o.referrer = r })
	}
	for _, q := range d.queries {
		add(func(o *spec) { o.query, o.persona = q, w.admin })
	}
	for _, a := range d.agents {
		add(func(o *spec) { o.agent = agentOf(a) })
	}
	if d.width > 0 || d.height > 0 {
		add(func(o *spec) { o.width, o.height = or(d.width, 1280), or(d.height, 900) })
	}
	if len(d.storage) > 0 {
		add(func(o *spec) { o.storage = d.storage })
		add(func(o *spec) { o.visits = max(d.visits, 3) })
	}
	if len(d.config) > 0 {
		add(func(o *spec) { o.config = d.config })
	}
	return out
}
