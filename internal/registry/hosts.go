package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/policy"
	"sallyport/internal/store"
)

// grantedAge is how long it is believed what somebody's pages may use. What is granted or taken back in this process counts at
// once; other processes know it this much later.
const grantedAge = time.Second

// Want is a server that a gadget asks for, itself or by something it needs, and what becomes of it for one reader.
type Want struct {
	gadget.Host
	By      *Gadget     // who asks: the gadget, or one that it needs
	Word    policy.Word // of the operators; [policy.Asks] leaves it to the reader
	Granted bool        // by the reader, now or earlier; it counts only when the operators leave it to the reader
}

// Waits says whether the reader could grant it and has not.
func (w Want) Waits() bool { return w.Word == policy.Asks && !w.Granted }

// Held is what one gadget may use in somebody's pages beyond what everybody's may.
type Held struct {
	Gadget *Gadget
	Key    string // page id of the gadget, a dot, and a hash of what it is
}

// Granted is what somebody's pages may use beyond what everybody's may.
type Granted struct {
	Set  policy.Set
	Held []Held // gadgets with something, in the order they were switched on
}

// Keys are the keys of what is held, with spaces between them.
func (g *Granted) Keys() string {
	keys := make([]string, len(g.Held))
	for i, h := range g.Held {
		keys[i] = h.Key
	}
	return strings.Join(keys, " ")
}

// grantedOnce is what was known of somebody at a moment.
type grantedOnce struct {
	generation int64
	at         time.Time
	granted    *Granted
}

// Wants lists the servers that a gadget asks for, its own first; none on a wiki without a policy. User id 0 is a reader
// without an account.
func (r *Registry) Wants(ctx context.Context, userID int64, g *Gadget) ([]Want, error) {
	if r.operators == nil {
		return nil, nil
	}
	wants, err := r.asked(ctx, g)
	if err != nil || len(wants) == 0 {
		return nil, err
	}
	var theirs []store.Grant
	if userID != 0 {
		if theirs, err = r.store.Grants(ctx, r.Site.ID, userID); err != nil {
			return nil, err
		}
	}
	return grantedOf(g.Row.PageID, wants, theirs), nil
}

// asked lists what a gadget and everything it needs ask for, each server once for each use. What operators granted a gadget on
// request need not wait for them any more.
func (r *Registry) asked(ctx context.Context, g *Gadget) ([]Want, error) {
	all, err := r.Closure(ctx, []*Gadget{g})
	if err != nil {
		return nil, err
	}
	var wants []Want
	for _, one := range slices.Backward(all) {
		more, err := r.requestedBy(ctx, one.Row.PageID)
		if err != nil {
			return nil, err
		}
		for _, h := range slices.Concat(one.Def.Settings.CSP, more) {
			same := func(o gadget.Host) bool { return o.Directive == h.Directive && o.Source == h.Source }
			if slices.ContainsFunc(wants, func(w Want) bool { return same(w.Host) }) {
				continue
			}
			word := r.operators.Says(h.Directive, h.Source)
			if word == policy.Review && slices.ContainsFunc(more, same) {
				word = policy.Asks
			}
			wants = append(wants, Want{Host: h, By: one, Word: word})
		}
	}
	return wants, nil
}

// grantedOf says of each want of a gadget whether it was granted.
func grantedOf(id int64, wants []Want, theirs []store.Grant) []Want {
	for i := range wants {
		wants[i].Granted = lists(theirs, id, wants[i].Host)
	}
	return wants
}

func lists(grants []store.Grant, id int64, h gadget.Host) bool {
	return slices.ContainsFunc(grants, func(g store.Grant) bool {
		return g.Gadget == id && g.Directive == h.Directive && g.Source == h.Source.String()
	})
}

// Grant lets a gadget use servers in somebody's pages, besides what they granted it already. What it does not ask for now, and
// what the operators do not leave to readers, is left out.
func (r *Registry) Grant(ctx context.Context, userID, id int64, hosts []gadget.Host) error {
	g, err := r.running(ctx, userID, id)
	if err != nil {
		return err
	}
	wants, err := r.Wants(ctx, userID, g)
	if err != nil {
		return err
	}
	var agreed []gadget.Host
	for _, w := range wants {
		same := func(h gadget.Host) bool { return w.Directive == h.Directive && w.Source == h.Source }
		if w.Waits() && slices.ContainsFunc(hosts, same) {
			agreed = append(agreed, w.Host)
		}
	}
	known, err := r.store.Grants(ctx, r.Site.ID, userID)
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(known, func(g store.Grant) bool { return g.Gadget != id })
	for _, h := range agreed {
		if !lists(list, id, h) {
			list = append(list, store.Grant{Gadget: id, Directive: h.Directive, Source: h.Source.String(), At: r.now()})
		}
	}
	return r.setGrants(ctx, userID, id, list)
}

// TakeBack takes back everything that somebody granted a gadget.
func (r *Registry) TakeBack(ctx context.Context, userID, id int64) error {
	return r.setGrants(ctx, userID, id, nil)
}

func (r *Registry) setGrants(ctx context.Context, userID, id int64, list []store.Grant) error {
	defer r.granted.Invalidate(userID)
	return r.store.SetGrants(ctx, r.Site.ID, userID, id, list)
}

// Granted returns what somebody's pages may use beyond what everybody's may: what they granted to gadgets that they have
// switched on, as far as those ask for it in their present revision and the operators do not refuse it. It is looked up once a
// second at most. While that takes longer than ctx lasts, or fails, what was known last counts; the error says that nothing was.
func (r *Registry) Granted(ctx context.Context, user store.Account) (*Granted, error) {
	if r.operators == nil || user.UserID == 0 {
		return &Granted{}, nil
	}
	now, generation := r.now(), r.Generation()
	known, ok := r.granted.GetIfPresent(user.UserID)
	if ok && known.generation == generation && now.Sub(known.at) < grantedAge {
		return known.granted, nil
	}
	looked := r.granting.DoChan(strconv.FormatInt(user.UserID, 10), func() (any, error) {
		fresh, err := r.grantedNow(context.WithoutCancel(ctx), user)
		if err == nil {
			r.granted.Set(user.UserID, grantedOnce{generation, now, fresh})
		}
		return fresh, err
	})
	var err error
	select {
	case <-ctx.Done():
		err = ctx.Err()
	case a := <-looked:
		if err = a.Err; err == nil {
			return a.Val.(*Granted), nil
		}
	}
	if !ok {
		return nil, fmt.Errorf("what pages of user %d may use: %w", user.UserID, err)
	}
	r.granted.Set(user.UserID, grantedOnce{generation, now, known.granted}) // for another second
	return known.granted, nil
}

func (r *Registry) grantedNow(ctx context.Context, user store.Account) (*Granted, error) {
	theirs, err := r.store.Grants(ctx, r.Site.ID, user.UserID)
	if err != nil || len(theirs) == 0 {
		return &Granted{}, err
	}
	enabled, err := r.Enabled(ctx, user)
	if err != nil {
		return nil, err
	}
	g := &Granted{}
	var all []policy.Grant
	for _, e := range enabled {
		if e.State != On {
			continue
		}
		held, err := r.heldBy(ctx, e.Gadget, theirs)
		if err != nil {
			return nil, err
		}
		if len(held) > 0 {
			all = append(all, held...)
			g.Held = append(g.Held, Held{e.Gadget, keyOf(e.Gadget.Row.PageID, held)})
		}
	}
	g.Set = policy.SetOf(all)
	return g, nil
}

// heldBy is what one gadget may use of what somebody granted.
func (r *Registry) heldBy(ctx context.Context, g *Gadget, theirs []store.Grant) ([]policy.Grant, error) {
	wants, err := r.asked(ctx, g)
	if err != nil {
		return nil, err
	}
	var held []policy.Grant
	for _, w := range grantedOf(g.Row.PageID, wants, theirs) {
		if w.Word == policy.Asks && w.Granted {
			held = append(held, policy.Grant{Directive: w.Directive, Source: w.Source})
		}
	}
	return held, nil
}

func keyOf(id int64, held []policy.Grant) string {
	sum := sha256.Sum256([]byte(policy.SetOf(held).Key))
	return strconv.FormatInt(id, 10) + "." + hex.EncodeToString(sum[:6])
}
