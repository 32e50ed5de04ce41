package web

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"

	"sallyport/internal/csp"
	"sallyport/internal/gadget"
	"sallyport/internal/policy"
	"sallyport/internal/registry"
)

// wanted is what a gadget asks for outside the wiki, as one reader sees it.
type wanted struct {
	Servers  []serverUse
	Intro    string // key of the message above them
	Switches []button
}

// serverUse is one use of one server.
type serverUse struct {
	Use    template.HTML // what for: "shows pictures from …"
	Reason string        // the author's
	For    template.HTML // the gadget that asks, when it is one that this gadget needs
	State  string        // "granted", "waits", or a [policy.Word]
	Barred bool          // the wiki's own policy blocks it all the same
}

// wanted describes what a gadget asks for. Somebody who has it switched on sees what they granted; everybody else is asked for
// all of it.
func (p *pages) wanted(v *visit, g *registry.Gadget, state registry.State) (wanted, error) {
	wants, err := p.wants(v, g, state)
	if err != nil || len(wants) == 0 {
		return wanted{}, err
	}
	w := wanted{Intro: "wants-all"}
	granted := false
	for _, one := range wants {
		s := serverUse{Use: p.words.HTML(v.lang, "use-"+one.Directive, code(one.Source.String())), Reason: one.Reason, State: string(one.Word), Barred: p.bars(v, one.Directive, one.Source)}
		if one.By.Row.PageID != g.Row.PageID {
			s.For = link(p.gadgetURL(one.By.Row.PageID), readable(one.By.Row.Name))
		}
		if one.Word == policy.Asks {
			s.State = map[bool]string{true: "granted", false: "waits"}[one.Granted]
			granted = granted || one.Granted
		}
		w.Servers = append(w.Servers, s)
	}
	d := deed{gadget: g.Row.PageID, owner: g.Row.OwnerID, hosts: digest(wants)}
	to := func(what string) { d.to = what; w.Switches = append(w.Switches, p.button(v, d, g.Row.Name)...) }
	switch {
	case off(state) && d.hosts != "":
		to("on")
		to("bare")
	case off(state):
	case d.hosts != "":
		w.Intro = map[bool]string{true: "wants-more", false: "wants-unasked"}[granted]
		to("allow")
	case granted:
		w.Intro = "wants-granted"
	}
	if granted {
		to("deny")
	}
	for i := range w.Switches {
		if s := &w.Switches[i]; s.To == "on" {
			s.Label = p.words.HTML(v.lang, "switch-on-allow")
		}
	}
	return w, nil
}

// wants asks what a gadget wants: of somebody for whom it is not on all of it anew.
func (p *pages) wants(v *visit, g *registry.Gadget, state registry.State) ([]registry.Want, error) {
	user := v.me.ID
	if off(state) {
		user = 0
	}
	return p.Registry.Wants(v.Context(), user, g)
}

// bars says whether a policy that the wiki sends itself keeps pages from a server, whatever anybody allows.
func (p *pages) bars(v *visit, directive string, s csp.Source) bool {
	return p.Policy != nil && p.Policy.Bars(v.Context(), directive, s)
}

// off says whether switching on is what the reader could do.
func off(state registry.State) bool { return state == "" || state == registry.Moved }

// digest names what waits for the reader's word, with the reasons; empty when nothing does.
func digest(wants []registry.Want) string {
	h := sha256.New()
	some := false
	for _, w := range wants {
		if w.Waits() {
			some = true
			h.Write([]byte(w.Directive + "\x00" + w.Source.String() + "\x00" + w.Reason + "\x00"))
		}
	}
	if !some {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// waiting lists what a gadget asks for, if that is what the form showed.
func (p *pages) waiting(v *visit, g *registry.Gadget, state registry.State, shown string) ([]gadget.Host, error) {
	wants, err := p.wants(v, g, state)
	if err != nil {
		return nil, err
	}
	if digest(wants) != shown {
		return nil, errWants
	}
	var hosts []gadget.Host
	for _, w := range wants {
		if w.Waits() {
			hosts = append(hosts, w.Host)
		}
	}
	return hosts, nil
}
