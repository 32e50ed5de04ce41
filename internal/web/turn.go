package web

import (
	"net/url"
	"slices"
	"strconv"

	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// turn switches a gadget on or off for the person who sends the form, and shows the page they came from.
func (p *pages) turn(v *visit) error {
	d, err := p.allowed(v)
	if err != nil {
		p.Log.Info("switch refused", "wiki", p.Site.ID, "user", v.me.ID, "gadget", d.gadget, "why", faultOf(err).key)
		return err
	}
	to := p.back(v.PostForm.Get("back"), p.gadgetURL(d.gadget))
	switch d.to {
	case "off":
		to = p.noted(to, d.gadget)
		err = p.Registry.SwitchOff(v.Context(), d.user, d.gadget)
	case "deny":
		err = p.Registry.TakeBack(v.Context(), d.user, d.gadget)
	case "accept":
		err = p.Registry.Accept(v.Context(), d.user, d.gadget, store.Digest(d.set))
	case "stay":
		err = p.Registry.Stay(v.Context(), d.user, d.gadget)
	default:
		err = p.turnOn(v, d)
	}
	if err != nil {
		return err
	}
	return v.redirect(to)
}

// turnOn switches a gadget on, or lets one that is on use what it asks for. What is granted is what the form showed, or nothing.
func (p *pages) turnOn(v *visit, d deed) error {
	g, err := p.running(v, d)
	if err != nil {
		return err
	}
	if g.Row.OwnerID != d.owner {
		return errMoved
	}
	state := registry.On
	if d.to != "allow" {
		state = ""
	}
	hosts, err := p.waiting(v, g, state, d.hosts)
	if err != nil {
		return err
	}
	if d.to != "allow" {
		if err := p.Registry.SwitchOn(v.Context(), d.user, d.gadget); err != nil {
			return err
		}
	}
	if d.to == "bare" || len(hosts) == 0 {
		return nil
	}
	return p.Registry.Grant(v.Context(), d.user, d.gadget, hosts)
}

// running is the gadget that a form is about: the newest, or what the reader stays on when it is about what that may use.
func (p *pages) running(v *visit, d deed) (*registry.Gadget, error) {
	if d.to == "allow" {
		list, err := p.Registry.Enabled(v.Context(), v.account(p.Site))
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.Choice.Gadget == d.gadget && e.Stay != nil {
				return e.Gadget, nil
			}
		}
	}
	return p.Registry.Gadget(v.Context(), d.gadget)
}

// deeds are what a form can do: switch a gadget on with the servers it asks for, without them, or off; allow them, or no longer;
// accept what became of it, or stay on the texts that were accepted before.
var deeds = []string{"on", "bare", "off", "allow", "deny", "accept", "stay"}

// allowed reads what a form asks for, and refuses it unless a person sent it from a page of ours.
func (p *pages) allowed(v *visit) (deed, error) {
	var d deed
	m := gadgetAddress.FindStringSubmatch(v.PathValue("which"))
	if m == nil || m[2] != "" {
		return d, errNoPage
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	d.gadget = id
	switch {
	case err != nil:
		return d, errNoPage
	case v.door == unknown:
		return d, errOld
	case !sends(v.Request):
		return d, errScript
	case v.down != nil:
		return d, errWikiDown
	case v.me.ID == 0:
		return d, errNobody
	}
	d.user = v.me.ID
	if err := v.ParseForm(); err != nil {
		return d, errForm
	}
	d.to, d.hosts, d.set = v.PostForm.Get("to"), v.PostForm.Get("hosts"), v.PostForm.Get("set")
	if d.owner, err = strconv.ParseInt(v.PostForm.Get("owner"), 10, 64); err != nil || !slices.Contains(deeds, d.to) {
		return d, errForm
	}
	ok, expired := p.tokens.fits(v.PostForm.Get("token"), d, v.Request)
	switch {
	case expired:
		return d, errExpired
	case !ok:
		return d, errToken
	default:
		return d, nil
	}
}

// noted tells My gadgets what has just been switched off, for it is no longer in the list.
func (p *pages) noted(to string, id int64) string {
	u, err := url.Parse(to)
	if err != nil || u.Path != p.Base+"/" {
		return to
	}
	q := u.Query()
	q.Set("off", digits(id))
	u.RawQuery = q.Encode()
	return u.String()
}
