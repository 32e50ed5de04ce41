package trace

import (
	"cmp"
	"slices"
	"strings"

	"sallyport/internal/capability"
)

// maxRows bounds each table of a report.
const maxRows = 500

// onlyIf is said of what was only seen behind a turned condition.
const (
	onlyIf       = "only if a condition is turned"
	onlyIfCalled = "only if something calls the function that does it"
)

// HowCall is how the sandbox presses what nothing else makes run.
const HowCall = "call"

// Called is what a function was "turned" to that the sandbox called because nothing else did.
const Called = "called"

// when says what set an event off.
func (p *Pass) when(e *Event) string {
	switch t := p.trigger(e); {
	case e.Stage == Forced:
		return p.onlyIf(e)
	case t == capability.OnLoad, t == capability.OnTimer:
		return string(t) + ", without asking"
	default:
		return string(t)
	}
}

// since is when, for reading: what needs no asking.
func (p *Pass) since(e *Event) string {
	if e.Stage == Forced {
		return p.onlyIf(e)
	}
	return string(p.trigger(e))
}

// onlyIf says what was done to the script before an event.
func (p *Pass) onlyIf(e *Event) string {
	if t := p.gates[e]; t != nil && t.To == Called {
		return onlyIfCalled
	}
	return onlyIf
}

// tables fills in the requests, hosts, imports and writes.
func (p *Pass) tables(r *Report) {
	r.Requests, r.Hosts, r.Imports, r.Writes = []RequestRow{}, []HostRow{}, []ImportRow{}, []WriteRow{}
	for _, e := range p.events {
		switch e.Kind {
		case Request, Socket, WebTransport, Peer, Navigate, Worker, ScriptLoad:
			if host := p.foreign(e); host != "" && !p.followed(e) {
				r.request(e)
				r.host(host, how(e), p.since(e), e)
			}
			r.imported(p, e)
		case PageWrite, APIWrite, RightsWrite:
			r.write(p, e)
		}
	}
	slices.SortStableFunc(r.Requests, func(a, b RequestRow) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.How, b.How), cmp.Compare(a.Persona, b.Persona), cmp.Compare(b.Stage.weight(), a.Stage.weight()))
	})
	slices.SortStableFunc(r.Hosts, func(a, b HostRow) int { return cmp.Compare(a.Host, b.Host) })
	slices.SortStableFunc(r.Imports, func(a, b ImportRow) int { return cmp.Compare(a.Target, b.Target) })
	slices.SortStableFunc(r.Writes, func(a, b WriteRow) int {
		return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Persona, b.Persona), cmp.Compare(b.Stage.weight(), a.Stage.weight()))
	})
	r.Gates = distinct(p.turned)
}

func distinct(all []Turned) []Turned {
	var out []Turned
	for _, t := range all {
		if !slices.Contains(out, t) && len(out) < maxRows {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Turned) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.To, b.To))
	})
	return out
}

// how is the way in which something was asked for, in the words of the vocabulary.
func how(e *Event) string {
	switch e.Kind {
	case Socket:
		return "socket"
	case WebTransport, Peer:
		return string(e.Kind)
	case Navigate:
		return "navigate"
	case Worker:
		return "worker"
	case ScriptLoad:
		return "script"
	}
	if e.Data.How == "xhr" {
		return "fetch"
	}
	return cmp.Or(e.Data.How, "other")
}

func (r *Report) request(e *Event) {
	if e.Kind == ScriptLoad { // its request was seen too
		return
	}
	row := RequestRow{URL: e.Data.URL, How: how(e), Persona: e.Persona, Stage: e.Stage, Method: e.Data.Method}
	for i := range r.Requests {
		if had := &r.Requests[i]; had.URL == row.URL && had.How == row.How && had.Persona == row.Persona && had.Stage == row.Stage && had.Method == row.Method {
			had.Count = max(had.Count, 1) + 1
			had.Canary = with(had.Canary, e.Canary)
			return
		}
	}
	if len(r.Requests) < maxRows {
		row.Canary = with(nil, e.Canary)
		r.Requests = append(r.Requests, row)
	}
}

func with(list, more []string) []string {
	for _, word := range more {
		list = oneMore(slices.Clone(list), word)
	}
	return list
}

func (r *Report) host(name, how, when string, e *Event) {
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Host != name {
			continue
		}
		h.How = strings.Join(with(strings.Split(h.How, ", "), []string{how}), ", ")
		h.Sent = with(h.Sent, e.Canary)
		h.When = whenBoth(h.When, when)
		if e.Stage.weight() > h.Stage.weight() {
			h.Stage = e.Stage
		}
		return
	}
	if len(r.Hosts) < maxRows {
		r.Hosts = append(r.Hosts, HostRow{name, how, when, e.Stage, with(nil, e.Canary)})
	}
}

// whenBoth is what set either of two contacts off. That a condition was turned is said only of what was not seen otherwise.
func whenBoth(had, more string) string {
	causes := with(strings.Split(had, ", "), strings.Split(more, ", "))
	causes = slices.DeleteFunc(causes, func(c string) bool { return c == "" || (c == onlyIf || c == onlyIfCalled) && len(causes) > 1 })
	slices.Sort(causes)
	return strings.Join(causes, ", ")
}

// imported lists code that was loaded: pages of the wiki, and anything from elsewhere.
func (r *Report) imported(p *Pass, e *Event) {
	target, foreign := p.importOf(e)
	if target == "" {
		return
	}
	row := ImportRow{Target: target, SHA256: e.Data.SHA256, Resolved: e.Data.Answer != "placeholder" && e.Data.Answer != "refused", Foreign: foreign, Stage: e.Stage}
	if e.Script != nil {
		row.By = e.Script.URL
	}
	for i := range r.Imports {
		had := &r.Imports[i]
		if had.Target != target {
			continue
		}
		had.SHA256, had.By = cmp.Or(had.SHA256, row.SHA256), cmp.Or(had.By, row.By)
		had.Resolved = had.Resolved && row.Resolved
		if e.Stage.weight() > had.Stage.weight() {
			had.Stage = e.Stage
		}
		return
	}
	if len(r.Imports) < maxRows {
		r.Imports = append(r.Imports, row)
	}
}

// importOf is the code that an event loads: a page, or an address; "" for none. The wiki's own modules are none.
func (p *Pass) importOf(e *Event) (target string, foreign bool) {
	if e.Kind != ScriptLoad && e.Kind != Worker && (e.Kind != Request || e.Data.How != "script" && e.Data.How != "worker") {
		return "", false
	}
	if e.companion() {
		return e.Data.Title, false
	}
	page := pageOf(e.Data.URL)
	if p.foreign(e) != "" {
		return e.Data.URL, true
	}
	if page != "" && page != strings.ReplaceAll(p.o.Self, "_", " ") {
		return page, false
	}
	return "", false
}

// companion says whether code is another page of the script's own gadget.
func (e *Event) companion() bool {
	return e.Kind == ScriptLoad && (e.Data.How == HowGadget || e.Data.How == HowRequire)
}

// doubled says whether a write through the API was seen as the change it makes, too.
func (p *Pass) doubled(e *Event) bool {
	return e.Kind == APIWrite && p.changes[change{e.Run, e.Data.Action, e.Data.Title}]
}

// change is what tells the changes of a run apart.
type change struct {
	run           int
	action, title string
}

func changesOf(events []*Event) map[change]bool {
	all := map[change]bool{}
	for _, e := range events {
		if e.Kind == PageWrite || e.Kind == RightsWrite {
			all[change{e.Run, action(e), e.Data.Title}] = true
			all[change{e.Run, action(e), ""}] = true
		}
	}
	return all
}

// action is the API's word for a write.
func action(e *Event) string {
	if e.Kind == RightsWrite {
		return cmp.Or(e.Data.Action, "userrights")
	}
	return e.Data.Action
}

func (r *Report) write(p *Pass, e *Event) {
	if p.doubled(e) {
		return
	}
	row := WriteRow{
		Action: action(e), Title: e.Data.Title, Persona: e.Persona, Trigger: p.trigger(e), Stage: e.Stage, Class: e.Data.Class, Page: e.Page,
		Self: p.marks(e), Canary: with(nil, e.Canary),
	}
	for i := range r.Writes {
		had := &r.Writes[i]
		if had.Action == row.Action && had.Title == row.Title && had.Persona == row.Persona && had.Stage == row.Stage && had.Trigger == row.Trigger {
			had.Count = max(had.Count, 1) + 1
			had.Self, had.Canary = with(had.Self, row.Self), with(had.Canary, row.Canary)
			return
		}
	}
	if len(r.Writes) < maxRows {
		r.Writes = append(r.Writes, row)
	}
}

// marks says how a write holds the script: as the log says, and as far as the text in it goes.
func (p *Pass) marks(e *Event) []string {
	if had, ok := p.marked[e]; ok {
		return had
	}
	marks := with(nil, e.Self)
	if e.Data.Text != "" && len(p.marked) < maxMarked {
		marks = with(marks, p.self.Find(e.Data.Text))
	}
	p.marked[e] = marks
	return marks
}

// maxMarked bounds the texts that are searched for the script.
const maxMarked = 20_000

// settle sorts findings and capabilities; of one capability the surest sighting in the strongest stage is kept.
func (p *Pass) settle(r *Report) {
	for i := range p.findings {
		p.findings[i].Message = p.findings[i].said()
	}
	slices.SortFunc(p.findings, compareFindings)
	r.Findings = append([]Finding{}, p.findings...)
	best := map[capability.Capability]Capability{}
	var plain []capability.Capability
	for _, c := range p.capabilities {
		key := sighting(c.Capability)
		had, ok := best[key]
		if !ok || c.Stage.weight() > had.Stage.weight() {
			best[key] = c
		}
		plain = append(plain, c.Capability)
	}
	r.Capabilities = []Capability{}
	for _, c := range capability.NewSet(plain) {
		r.Capabilities = append(r.Capabilities, Capability{c, best[sighting(c)].Stage})
	}
}

// sighting is a capability without what may differ between two sightings of it.
func sighting(c capability.Capability) capability.Capability {
	c.Certainty, c.Line = "", 0
	return c
}
