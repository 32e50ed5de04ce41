package flow

import (
	"strings"

	"sallyport/internal/js"
)

// site is an object that the script makes, with its fields in the order in which they turned up.
type site struct {
	names   []uint32
	any     ref // what is in some field
	loose   ref // what is written under names nobody knows
	keys    ref // those names, 0 until somebody asks
	parents []fact
	copies  []fact // objects that get all its fields
}

// maxCopied is the number of fields from which a copy of an object is followed as a whole only.
const maxCopied = 100

func (e *engine) isSite(f fact) bool {
	switch e.facts.info[f].kind {
	case objectFact, arrayFact, instFact, funcFact, classFact:
		return true
	}
	return false
}

func (e *engine) site(f fact) *site {
	if at := e.facts.info[f].site; at != 0 {
		return e.sites[at]
	}
	s := e.newSite()
	e.facts.info[f].site = uint32(len(e.sites) - 1)
	s.any, s.loose = e.fresh(), e.fresh()
	e.link(s.loose, s.any, asIs)
	return s
}

// newSite takes the memory of an object of another script if there is some.
func (e *engine) newSite() *site {
	n := len(e.sites)
	if n == cap(e.sites) {
		e.sites = append(e.sites, &site{})
		return e.sites[n]
	}
	e.sites = e.sites[:n+1]
	s := e.sites[n]
	if s == nil {
		s = &site{}
		e.sites[n] = s
	}
	*s = site{names: s.names[:0], parents: s.parents[:0], copies: s.copies[:0]}
	return s
}

// field is the place of a field of an object.
func (e *engine) field(f fact, name uint32) ref {
	if r := e.fields.get(uint32(f), name); r != 0 {
		return ref(r)
	}
	r := e.fresh()
	e.fields.put(uint32(f), name, uint32(r))
	if e.facts.info[f].kind == pathFact {
		e.watch(r, ownedBy, 0, ref(f))
		return r
	}
	s := e.site(f)
	s.names = append(s.names, name)
	e.link(r, s.any, asIs)
	e.link(s.loose, r, asIs)
	if k := e.facts.info[f].kind; k == objectFact || k == instFact {
		e.watch(r, ownedBy, 0, ref(f))
	}
	for _, p := range s.parents {
		e.lookUp(p, name, r)
	}
	for _, t := range s.copies {
		e.link(r, e.field(t, name), asIs)
	}
	return r
}

// copyFields gives an object all fields of another, those to come too.
func (e *engine) copyFields(from, to fact) {
	if e.facts.info[from].recv == answerKind && e.isSite(to) { // its fields come up as they are read
		e.descend(to, from)
		return
	}
	if from == to || !e.isSite(from) {
		return
	}
	if k := e.facts.info[to].kind; !e.isSite(to) && k != pathFact {
		return
	}
	s := e.site(from)
	for _, t := range s.copies {
		if t == to {
			return
		}
	}
	if len(s.copies) >= 16 {
		e.note("an object is copied to more places than are followed")
		return
	}
	if len(s.names) > maxCopied && e.isSite(to) {
		e.link(s.any, e.site(to).loose, asIs)
		return
	}
	s.copies = append(s.copies, to)
	if s.keys != 0 && e.isSite(to) {
		e.link(s.keys, e.keysAt(to), passOn)
	}
	for i := 0; i < len(s.names); i++ {
		e.link(e.field(from, s.names[i]), e.field(to, s.names[i]), asIs)
	}
	if e.isSite(to) {
		e.link(s.loose, e.site(to).loose, asIs)
	}
}

// descend makes one object look up in another what it lacks.
func (e *engine) descend(child, parent fact) {
	if child == parent {
		return
	}
	s := e.site(child)
	for _, p := range s.parents {
		if p == parent {
			return
		}
	}
	s.parents = append(s.parents, parent)
	for i := 0; i < len(s.names); i++ {
		e.lookUp(parent, s.names[i], e.field(child, s.names[i]))
	}
}

// lookUp lets a field have what the parent has under that name.
func (e *engine) lookUp(parent fact, name uint32, to ref) {
	if e.isSite(parent) {
		e.link(e.field(parent, name), to, asIs)
		return
	}
	e.readFact(parent, name, to)
}

// wherever is what is written to a name of any object.
func (e *engine) wherever(name uint32) ref {
	if e.named[name].any == 0 {
		e.named[name].any = e.fresh()
	}
	return e.named[name].any
}

func (e *engine) readFact(f fact, name uint32, to ref) {
	info := &e.facts.info[f]
	switch {
	case info.kind == pathFact || info.kind == promiseFact || info.kind == arrayFact && e.named[name].arrayMethod:
		p := e.member(f, name)
		e.learn(to, p)
		e.bring(p, to)
		if info.kind == pathFact {
			e.linkOnce(e.field(f, name), to)
			e.readGlobal(f, name, to)
			if e.facts.info[f].recv == Element && isAddressPart(e.nameText(name)) { // a link takes addresses apart: a.href = x, and then a.search
				e.link(e.field(f, e.name("href")), to, cut)
			}
			if strings.HasPrefix(e.facts.info[p].name, "XMLHttpRequest.response") {
				e.linkOnce(e.xhr, to)
			}
			if e.facts.info[p].name == "event.data" && strings.HasSuffix(e.facts.info[f].tag, "message") {
				e.linkOnce(e.posted, to) // a worker may be made of a function of the script
			}
		}
	case (info.kind == funcFact || info.kind == classFact) && name == prototypeName:
		e.learn(to, e.made(instFact, js.Node(info.a)))
	case info.kind == funcFact && name == constructorName:
		e.learn(to, e.global("Function")) // of async functions and generators too, to us
		e.linkOnce(e.field(f, name), to)
	case info.kind == instFact && name == constructorName:
		e.learn(to, e.facts.get(funcFact, info.a, 0))
	case (info.kind == funcFact || info.kind == classFact || info.kind == settleFact) && e.named[name].functionMethod:
		// call, apply and bind are seen by the call
	case e.isSite(f):
		if info.kind == arrayFact && e.named[name].index {
			e.linkOnce(e.site(f).loose, to)
		}
		e.linkOnce(e.field(f, name), to)
	}
}

func (e *engine) writeFact(f fact, name uint32, from ref) {
	info := &e.facts.info[f]
	switch {
	case info.kind == pathFact:
		e.linkOnce(from, e.field(f, name))
	case (info.kind == funcFact || info.kind == classFact) && name == prototypeName:
		inst := e.made(instFact, js.Node(info.a))
		e.each(from, func(s fact) {
			if e.isSite(s) {
				e.descend(inst, s)
				e.copyFields(s, inst)
			}
		})
	case e.isSite(f):
		e.linkOnce(from, e.field(f, name))
	}
}

func (e *engine) readAnyFact(f fact, to ref) {
	switch info := &e.facts.info[f]; {
	case info.kind == pathFact && (info.recv == answerKind || info.name == "$()" || info.recv == Element):
		e.learn(to, e.memberOfList(f))
	case e.isSite(f):
		e.linkOnce(e.site(f).any, to)
	}
}

// writeAnyFact leaves functions alone: nobody uses them as tables, but helpers that copy statics pass all of them through
// one variable.
func (e *engine) writeAnyFact(f fact, from ref) {
	if k := e.facts.info[f].kind; e.isSite(f) && k != funcFact && k != classFact {
		e.linkOnce(from, e.site(f).loose)
	}
}

// inheritFact makes a class look up in its parent.
func (e *engine) inheritFact(class js.Node, parent fact) {
	i := &e.facts.info[parent]
	switch i.kind {
	case funcFact, classFact:
		e.descend(e.made(instFact, class), e.made(instFact, js.Node(i.a)))
	case pathFact:
		e.descend(e.made(instFact, class), parent)
	}
}

// content is what a promise gives.
func (e *engine) content(p fact) ref {
	if r := e.facts.info[p].content; r != 0 {
		return r
	}
	r := e.fresh()
	e.facts.info[p].content = r
	e.watch(r, awaitIt, 0, r)
	return r
}
