package registry

import (
	"context"
	"sync"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/gadget"
	"sallyport/internal/store"
)

// maxRequested bounds how many servers operators grant to gadgets beyond what definitions ask for.
const maxRequested = 2000

// requested is what operators granted to gadgets because people asked for it, though no definition does. It then counts as
// asked for by the gadget: whoever asked has agreed, and its other readers are asked.
type requested struct {
	mu sync.Mutex
	at time.Time
	by map[int64][]gadget.Host
}

// requestedBy lists it for one gadget. What other processes decide is known a second later.
func (r *Registry) requestedBy(ctx context.Context, id int64) ([]gadget.Host, error) {
	q := &r.requested
	q.mu.Lock()
	defer q.mu.Unlock()
	now := r.now()
	if q.by != nil && now.Sub(q.at) < grantedAge {
		return q.by[id], nil
	}
	list, err := r.store.Requests(ctx, r.Site.ID, store.RequestGranted, maxRequested)
	if err != nil {
		return nil, err
	}
	by := map[int64][]gadget.Host{}
	for _, one := range list {
		if s, why := csp.ParseSource(one.Host); why == "" && one.Gadget != 0 {
			by[one.Gadget] = append(by[one.Gadget], gadget.Host{Directive: one.Directive, Source: s, Reason: one.Why})
		}
	}
	q.at, q.by = now, by
	return by[id], nil
}

// RequestsChanged says that operators have decided something.
func (r *Registry) RequestsChanged() {
	r.requested.mu.Lock()
	r.requested.by = nil
	r.requested.mu.Unlock()
	r.granted.InvalidateAll()
}
