package approved

import (
	"context"
	"slices"

	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// off says whether somebody switched a text off.
func (b *Book) off(d store.Digest) bool {
	return b.o.Off != nil && d != "" && b.o.Off.Stops(&switches.Subject{Digest: d, Title: wiki.Title{NS: wiki.NSMediaWiki}}) != nil
}

// FallsBack says whether another text of a page is served when one is switched off: one that was approved, and is not off itself.
func (b *Book) FallsBack(ctx context.Context, t wiki.Title, d store.Digest) (bool, error) {
	tier, err := b.Tier(ctx, t)
	if err != nil || tier == None {
		return false, err
	}
	all, err := b.o.Store.ApprovedTexts(ctx, b.o.Site.ID, b.o.Site.Prefixed(t), maxEarlier)
	return slices.ContainsFunc(all, func(r store.Review) bool { return r.Digest != d && !b.off(r.Digest) }), err
}

// maxEarlier bounds the texts that are looked at for one to go back to.
const maxEarlier = 100

// stepBack has the text served that was approved last and is not switched off, where the one that would be is.
func (b *Book) stepBack(ctx context.Context, p *Page) error {
	if !b.off(p.Serve) {
		return nil
	}
	all, err := b.o.Store.ApprovedTexts(ctx, b.o.Site.ID, b.o.Site.Prefixed(p.Title), len(b.o.Off.Active())+1)
	if err != nil {
		return err
	}
	for _, r := range all {
		if !b.off(r.Digest) {
			return b.serve(ctx, p, r.Digest)
		}
	}
	return b.serve(ctx, p, "")
}
