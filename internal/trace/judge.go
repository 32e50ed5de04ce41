package trace

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Options say what is known about the script and the wiki from outside.
type Options struct {
	Path    string   // as the caller named it
	Source  string   // the script's text, "" when it is not at hand
	Self    string   // the page it is kept on, as "User:Mara/x.js"; "" for what the log says
	Author  string   // who keeps it; "" for the owner of that page, when it has one
	Hosts   []string // host names that are the wiki's own; a leading dot covers all below
	Allowed []string // other people's hosts that the script may contact: a content security policy's list
}

// Judge says what the runs of one script show. The same log gives the same report. Of a log with several scripts, judge
// each of [Log.Scripts].
func Judge(l *Log, o Options) *Report {
	p := newPass(l, o)
	for _, r := range All {
		p.rule = r
		r.Run(p)
	}
	return p.finish()
}

// newPass takes the baselines out and readies what rules share.
func newPass(l *Log, o Options) *Pass {
	events, compared := l.without()
	o.Self = cmp.Or(o.Self, l.title())
	o.Author = cmp.Or(o.Author, ownerOf(o.Self))
	p := &Pass{
		o: &o, log: l, events: events, runs: map[int]*Run{}, compared: map[int]bool{},
		confirmed: map[*Event]bool{}, pressed: map[*Event]bool{}, misled: map[*Event]bool{}, gates: map[*Event]*Turned{}, self: NewSelf(o.Self, o.Source), changes: changesOf(events), marked: map[*Event][]string{}, index: map[findingKey]int{},
	}
	for _, r := range l.Runs {
		p.runs[r.Number] = r
		p.compared[r.Number] = compared[r]
		p.follow(r)
	}
	return p
}

// title is the page of the script that a log is about; "" when it does not say.
func (l *Log) title() string {
	for _, r := range l.Runs {
		if r.Setup.Title != "" {
			return r.Setup.Title
		}
	}
	return ""
}

// ownerOf is whose a page in user space is; "" for other pages.
func ownerOf(title string) string {
	space, rest, ok := strings.Cut(title, ":")
	if !ok || !strings.EqualFold(space, "User") {
		return ""
	}
	owner, _, _ := strings.Cut(rest, "/")
	return strings.ReplaceAll(owner, "_", " ")
}

// follow notes what each event of a run comes after: a question that was answered, a condition that was turned.
func (p *Pass) follow(r *Run) {
	asked, pressed := false, false
	link, said := "", map[string]bool{} // where the link leads that was pressed last, and the hosts of all of them, as they stood there
	var turned *Turned
	for _, e := range r.Events {
		switch e.Kind {
		case Press:
			asked, pressed = false, true
			link = hostOf(e.Data.URL)
			said[link] = true
		case Navigate:
			if host := p.foreign(e); host != "" && link != "" && !said[host] {
				p.misled[e] = true
			}
		case Dialog:
			asked = asked || e.Data.Name == "confirm" || e.Data.Name == "prompt"
		case Gate:
			turned = turnedBy(e)
			p.turned = append(p.turned, *turned)
		}
		if asked {
			p.confirmed[e] = true
		}
		if turned != nil && e.Stage == Forced {
			p.gates[e] = turned
		}
		if pressed && e.Stage == Forced { // the stage of a run with turned conditions stays, whatever is pressed
			p.pressed[e] = true
		}
	}
}

// finish puts the report together.
func (p *Pass) finish() *Report {
	r := &Report{Path: p.o.Path, Self: p.o.Self, Author: p.o.Author}
	for _, run := range p.log.Runs {
		if !run.Setup.Base {
			r.Path, r.SHA256 = cmp.Or(r.Path, run.Setup.Path), cmp.Or(r.SHA256, run.Setup.SHA256)
		}
	}
	if r.SHA256 == "" && p.o.Source != "" {
		sum := sha256.Sum256([]byte(p.o.Source))
		r.SHA256 = hex.EncodeToString(sum[:])
	}
	r.Functions.Ran, r.Functions.Total = p.log.coverage()
	if r.Functions.Total > 0 {
		r.Coverage = float64(r.Functions.Ran*100/r.Functions.Total) / 100
	}
	p.tables(r)
	p.settle(r)
	p.tell(r)
	r.Visits = p.visits()
	r.Verdict, r.Reasons = p.verdict(r)
	return r
}
