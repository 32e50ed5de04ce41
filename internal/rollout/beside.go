package rollout

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/policy"
)

// Bounds of what is known of the wiki's own policy.
const (
	besideFor      = 5 * time.Minute  // it is taken for the current one so long
	besideAgain    = 30 * time.Second // after nobody answered
	besidePatience = 3 * time.Second  // a page waits so long for it
	mostGranted    = 500              // servers that are looked at, those of most people
	mostBarred     = 20               // that are listed
)

// Barred is a server that pages may use as far as we go, and that a policy which the wiki itself sends keeps them from all the same:
// browsers enforce both.
type Barred struct {
	Directive string `json:"directive"`
	Source    string `json:"source"`
	People    int    `json:"people"` // who granted it to a gadget; 0: the policy in force has it for everybody
}

// beside is what is known of the wiki's own policies.
type beside struct {
	asking sync.Mutex
	known  atomic.Pointer[besides]
}

type besides struct {
	set   csp.Set
	until time.Time
}

// Beside are the policies that the wiki itself sends with its pages; none where it does not say. They are kept in memory for five
// minutes. Whoever comes while somebody else asks gets what was known before.
func (k *Keeper) Beside(ctx context.Context) csp.Set {
	b := k.beside.known.Load()
	if b == nil {
		b = &besides{}
	}
	if k.WikiSends == nil || k.Now().Before(b.until) || !k.beside.asking.TryLock() {
		return b.set
	}
	defer k.beside.asking.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), besidePatience)
	defer cancel()
	headers, err := k.WikiSends(ctx)
	if err != nil {
		k.Log.Warn("the wiki does not say which policy it sends itself", "wiki", k.Wiki, "err", err)
		b = &besides{b.set, k.Now().Add(besideAgain)}
	} else {
		set, _ := csp.ParseHeader(headers...)
		b = &besides{set, k.Now().Add(besideFor)}
	}
	k.beside.known.Store(b)
	return b.set
}

// Bars says whether a policy of the wiki's own keeps pages from a server, whatever is granted here.
func (k *Keeper) Bars(ctx context.Context, directive string, s csp.Source) bool {
	return len(policy.Blocked(k.Beside(ctx), []policy.Grant{{Directive: directive, Source: s}})) > 0
}

// Barred lists what the policy in force has for everybody, then what people granted to gadgets, those of most people first, that the
// wiki's own policy keeps pages from.
func (k *Keeper) Barred(ctx context.Context) ([]Barred, error) {
	own := k.Beside(ctx)
	if len(own) == 0 {
		return nil, nil
	}
	var list []Barred
	add := func(directive string, s csp.Source, people int) {
		if len(list) < mostBarred && len(policy.Blocked(own, []policy.Grant{{Directive: directive, Source: s}})) > 0 {
			list = append(list, Barred{directive, s.String(), people})
		}
	}
	force, _ := k.InForce()
	for _, o := range k.outside(force) {
		add(o.Directive, o.Source, 0)
	}
	granted, err := k.Store.GrantedServers(ctx, k.Wiki, mostGranted)
	if err != nil {
		return nil, err
	}
	for _, g := range granted {
		if s, why := csp.ParseSource(g.Source); why == "" {
			add(g.Directive, s, g.People)
		}
	}
	return list, nil
}
