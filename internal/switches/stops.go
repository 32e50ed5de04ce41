package switches

import (
	"strings"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Subject is code that is about to be served, with what is known of it. What is not known stays empty, and stops nothing.
type Subject struct {
	Title   wiki.Title   // the page; zero for one of another wiki
	Digest  store.Digest // of its text
	Gadget  int64        // page id of the definition of the user gadget that it is served in; 0 for none
	Module  string       // name of the site's gadget that it is served in: "ext.gadget.Name"
	Authors []string     // whose page it is, who saved it; of a gadget, everybody whose pages it runs
	Hosts   []string     // outside hosts that it is known to load code from, or to contact
}

// ofSite says whether it is the site's own code.
func (s *Subject) ofSite() bool {
	return s.Gadget == 0 && (s.Module != "" || s.Title.NS == wiki.NSMediaWiki)
}

// board is what is off at a moment, made to be asked often. It never changes.
type board struct {
	kinds                   map[Kind]bool
	active                  []Switch
	texts                   map[store.Digest]*Switch
	gadgets                 map[int64]*Switch
	modules, authors, hosts map[string]*Switch
	all                     *Switch
}

func newBoard(active []Switch) *board {
	b := &board{
		active: active, texts: map[store.Digest]*Switch{}, gadgets: map[int64]*Switch{},
		modules: map[string]*Switch{}, authors: map[string]*Switch{}, hosts: map[string]*Switch{}, kinds: map[Kind]bool{},
	}
	for i := range active {
		s := &active[i]
		b.kinds[s.Kind] = true
		switch s.Kind {
		case Revision:
			b.texts[store.Digest(s.Target)] = s
		case Gadget:
			if id, ours := s.GadgetID(); ours {
				b.gadgets[id] = s
			} else {
				b.modules[s.Target] = s
			}
		case Author:
			b.authors[s.Target] = s
		case Host:
			b.hosts[s.Target] = s
		case All:
			b.all = s
		}
	}
	return b
}

// stops returns the switch that stops a subject, the narrowest first.
func (b *board) stops(s *Subject) *Switch {
	if len(b.active) == 0 {
		return nil
	}
	if by := b.texts[s.Digest]; by != nil {
		return by
	}
	if by := b.gadgets[s.Gadget]; by != nil {
		return by
	}
	if by := b.modules[s.Module]; by != nil {
		return by
	}
	for _, name := range s.Authors {
		if by := b.authors[name]; by != nil {
			return by
		}
	}
	for _, host := range s.Hosts {
		if by := b.host(host); by != nil {
			return by
		}
	}
	if s.ofSite() {
		return nil
	}
	return b.all
}

// host returns the switch that turns off a host, or one above it.
func (b *board) host(name string) *Switch {
	if len(b.hosts) == 0 {
		return nil
	}
	for {
		if by := b.hosts[name]; by != nil {
			return by
		}
		_, above, more := strings.Cut(name, ".")
		if !more {
			return nil
		}
		name = above
	}
}
