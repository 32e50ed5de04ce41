package writedoor

import (
	"context"
	"fmt"

	"sallyport/internal/wiki"
)

// remembering asks the wiki every question once, for tests with thousands of requests about pages that do not change.
type remembering struct {
	Resolver
	pages map[string]Known
}

func (r *remembering) once(key string, ask func() (Known, error)) (Known, error) {
	if k, ok := r.pages[key]; ok {
		return k, nil
	}
	k, err := ask()
	if err == nil {
		r.pages[key] = k
	}
	return k, err
}

func (r *remembering) PageID(ctx context.Context, id int64) (Known, error) {
	return r.once(fmt.Sprint("page ", id), func() (Known, error) { return r.Resolver.PageID(ctx, id) })
}

func (r *remembering) Revision(ctx context.Context, rev int64) (Known, error) {
	return r.once(fmt.Sprint("revision ", rev), func() (Known, error) { return r.Resolver.Revision(ctx, rev) })
}

func (r *remembering) Titles(ctx context.Context, titles []wiki.Title, convert bool) ([]Known, error) {
	known := make([]Known, len(titles))
	for i, t := range titles {
		var err error
		known[i], err = r.once(fmt.Sprint("title ", t, convert), func() (Known, error) {
			list, err := r.Resolver.Titles(ctx, titles[i:i+1], convert)
			if err != nil {
				return Known{}, err
			}
			return list[0], nil
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}
