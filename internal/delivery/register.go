package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"sallyport/internal/registry"
)

// maxWanted bounds how many gadgets one question to register may name.
const maxWanted = 50

// registration answers somebody who wants gadgets on demand, by module name or title:
// mw.loader.using( 'user:SD0001/doit' ). Its Names hold what was asked for as well, as it was written; what no gadget answers to is absent.
type registration = start

// register answers register?names=a|b as JSON. Anybody may ask: gadgets are public pages.
func (d *Delivery) register(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.RawQuery) > maxQuery {
		http.Error(w, "This address is too long: ask for fewer gadgets at once.", http.StatusRequestURITooLong)
		return
	}
	d.gadgets.Fresh(r.Context())
	q := r.URL.Query()
	reg := registration{Rows: []row{}, Load: []load{}, Names: map[string]string{}}
	roots, err := d.wanted(r.Context(), &reg, strings.Split(q.Get("names"), "|"))
	if err == nil {
		req := parseRequest(q)
		if reg.Held = d.holdsWanted(r.Context(), req, roots); reg.tells() {
			reg.Told = d.told(req.Lang)
		}
		var stays []*registry.Gadget
		if stays, err = d.stays(r.Context(), req.User); err == nil {
			err = d.fill(r.Context(), &reg, swapped(roots, stays), stays, req)
		}
	}
	if err != nil {
		d.log.Error("gadgets on demand not read", "err", err)
		http.Error(w, "User gadgets are not available right now; try again in a minute.", http.StatusServiceUnavailable)
		return
	}
	d.personal(typeJSON, []byte(quote(reg)+"\n")).send(w, r, d.now())
}

func (d *Delivery) wanted(ctx context.Context, reg *registration, names []string) (roots []*registry.Gadget, err error) {
	if len(names) > maxWanted {
		names = names[:maxWanted]
		reg.Problems = append(reg.Problems, fmt.Sprintf("at most %d can be asked for at once; the others were left out", maxWanted))
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		var g *registry.Gadget
		if id, ours := registry.ID(name); ours {
			g, err = d.gadgets.Gadget(ctx, id)
		} else {
			g, err = d.gadgets.ByTitle(ctx, name)
		}
		if errors.Is(err, registry.ErrNotFound) {
			reg.Problems = append(reg.Problems, "there is no gadget "+name)
			continue
		}
		if err != nil {
			return nil, err
		}
		reg.Names[name] = g.Module
		roots = append(roots, g)
	}
	return roots, nil
}

// stays lists the gadgets of which a named person stays on earlier texts.
func (d *Delivery) stays(ctx context.Context, user string) ([]*registry.Gadget, error) {
	if user == "" {
		return nil, nil
	}
	account, err := d.gadgets.User(ctx, user)
	if errors.Is(err, registry.ErrNoUser) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	enabled, err := d.gadgets.Enabled(ctx, account)
	return staysOf(enabled), err
}

// swapped puts what somebody stays on in the place of the newest.
func swapped(roots, stays []*registry.Gadget) []*registry.Gadget {
	roots = slices.Clone(roots)
	for i, g := range roots {
		if at := slices.IndexFunc(stays, func(s *registry.Gadget) bool { return s.Row.PageID == g.Row.PageID }); at >= 0 {
			roots[i] = stays[at]
		}
	}
	return roots
}
