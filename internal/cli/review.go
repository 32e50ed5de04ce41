package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

type reviewCommand struct {
	List    reviewList    `cmd:"" help:"What waits, newest first, each with the address of its difference from what is served."`
	Approve reviewApprove `cmd:"" help:"Let a text be served from now on."`
	Reject  reviewReject  `cmd:"" help:"Keep a text from being served; one that is served, too."`
}

// withBook runs something on the book of the settings.
func (o onStore) withBook(ctx context.Context, do func(b *approved.Book, db store.Store, client *mediawiki.Client) error) error {
	settings, db, client, site, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return do(bookOf(settings.Approved, db, client, site, nil, slog.New(slog.DiscardHandler)), db, client)
}

type reviewList struct{ onStore }

// maxListed bounds a list.
const maxListed = 500

// Run lists what waits.
func (c reviewList) Run(s streams) error {
	return c.withBook(s.ctx, func(b *approved.Book, db store.Store, _ *mediawiki.Client) error {
		all, err := b.Waiting(s.ctx, maxListed)
		if err != nil {
			return err
		}
		var titles []string
		for _, r := range all {
			titles = append(titles, r.Title)
		}
		served, err := db.Approved(s.ctx, b.Site().ID, titles)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
		for _, r := range all {
			fmt.Fprintf(w, "%s\trevision %d\tby %s\t%s\t%s?diff=%d&oldid=%d\n", r.Title, r.RevID, r.Author, r.Saved.UTC().Format(time.DateTime),
				b.Site().ScriptURL("index.php"), r.RevID, served[r.Title].RevID)
		}
		return w.Flush()
	})
}

// aText is a revision of a page.
type aText struct {
	onStore
	Page     string `arg:"" help:"The page, for instance MediaWiki:Common.js."`
	Revision int64  `arg:"" help:"The revision, as list names it."`
}

// find returns what is known of the text of the revision.
func (a aText) find(ctx context.Context, b *approved.Book, db store.Store, client *mediawiki.Client) (wiki.Title, store.Review, error) {
	t, err := b.Site().Parse(a.Page)
	if err != nil {
		return t, store.Review{}, fmt.Errorf("%q is not a title: %w", a.Page, err)
	}
	p, err := client.Revision(ctx, a.Revision)
	if err != nil {
		return t, store.Review{}, err
	}
	if p.Title != t {
		return t, store.Review{}, fmt.Errorf("revision %d is one of %s", a.Revision, b.Site().PrefixedText(p.Title))
	}
	r, err := db.Review(ctx, b.Site().ID, b.Site().Prefixed(t), store.DigestOf(p.Text))
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("revision %d was never seen as the current one; approved.serve names no tier it belongs to, or serve is not running", a.Revision)
	}
	return t, r, err
}

// decision is what both decisions take.
type decision struct {
	aText
	As     string `required:"" help:"The account on the wiki that decides; it needs the rights editinterface and editsitejs." placeholder:"NAME"`
	Reason string `help:"Why, for the log."`
}

func (c decision) decide(s streams, state store.ReviewState) error {
	return c.withBook(s.ctx, func(b *approved.Book, db store.Store, client *mediawiki.Client) error {
		t, r, err := c.find(s.ctx, b, db, client)
		if err != nil {
			return err
		}
		by, err := account(s.ctx, client, c.As)
		if err != nil {
			return err
		}
		if err := b.Decide(s.ctx, t, r.Digest, by, state, c.Reason); err != nil {
			return err
		}
		fmt.Fprintf(s.stdout, "%s, revision %d: %s\n", b.Site().PrefixedText(t), r.RevID, state)
		return nil
	})
}

type reviewApprove struct{ decision }

// Run approves.
func (c reviewApprove) Run(s streams) error { return c.decide(s, store.ReviewApproved) }

type reviewReject struct{ decision }

// Run rejects.
func (c reviewReject) Run(s streams) error { return c.decide(s, store.ReviewRejected) }
