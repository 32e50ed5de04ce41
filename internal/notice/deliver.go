package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sallyport/internal/notice/mail"
	"sallyport/internal/store"
)

const (
	// giveUp is how long a notice is tried. What is older when it is first seen is not mailed any more.
	giveUp = 72 * time.Hour
	// mostTries bounds how often.
	mostTries = 20
	// firstWait is the pause after the first try; each further one is twice as long, up to longestWait.
	firstWait, longestWait = time.Minute, 6 * time.Hour
	// lease is how long a try may take before somebody else makes the next one.
	lease = 15 * time.Minute
	// noServerWait is how long nothing is tried after no server was there.
	noServerWait = time.Minute
	// atOnce is how many letters one round sends.
	atOnce = 50
)

// Deliver sends what is due, once.
func (o *Office) Deliver(ctx context.Context) error {
	if o.o.Post == nil || o.o.Now().Before(o.quiet) {
		return nil
	}
	due, err := o.o.Store.DueNotices(ctx, o.o.Site.ID, o.o.Now(), atOnce)
	if err != nil {
		return err
	}
	for _, n := range due {
		err := o.deliver(ctx, n)
		if errors.Is(err, mail.ErrNoServer) {
			o.quiet = o.o.Now().Add(noServerWait)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deliver makes one try. The try is counted first: a letter that ends the program whenever it is sent is set aside some time.
func (o *Office) deliver(ctx context.Context, n store.Notice) error {
	to, err := o.address(ctx, n)
	if err != nil {
		return err
	}
	if to == "" {
		n.Mail = store.MailNone
		return o.o.Store.SettleNotice(ctx, n)
	}
	first, err := o.o.Store.TakeNotice(ctx, n, o.o.Now().Add(lease))
	if err != nil || !first {
		return err
	}
	n.Tries++
	err = o.send(ctx, n, to)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // whether it was taken is not known; it is due again when the lease is over
	}
	return errors.Join(o.settle(context.WithoutCancel(ctx), n, err), noServer(err))
}

// noServer keeps the one kind of error that ends a round.
func noServer(err error) error {
	if errors.Is(err, mail.ErrNoServer) {
		return err
	}
	return nil
}

// address is where a notice goes: what the account has confirmed by now.
func (o *Office) address(ctx context.Context, n store.Notice) (string, error) {
	if n.To != "" {
		return n.To, nil
	}
	a, err := o.o.Store.Address(ctx, o.o.Site.ID, n.UserID)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return a.Address, err
}

func (o *Office) send(ctx context.Context, n store.Notice, to string) error {
	all, err := open(n)
	if err != nil {
		return fmt.Errorf("%w: %w", mail.ErrRefused, err)
	}
	subject, text := o.letter(&all)
	return o.o.Post.Send(ctx, mail.Letter{ID: n.ID, To: to, Subject: subject, Text: text, Date: n.Made})
}

// settle keeps what came of a try.
func (o *Office) settle(ctx context.Context, n store.Notice, err error) error {
	now := o.o.Now().UTC().Truncate(time.Microsecond)
	log := o.o.Log.With("wiki", n.Wiki, "notice", n.ID, "about", n.Kind, "user", n.User, "try", n.Tries)
	switch {
	case err == nil:
		n.Mail, n.Trouble = store.MailSent, ""
	case errors.Is(err, mail.ErrRefused), n.Tries >= mostTries, now.Sub(n.Made) >= giveUp:
		n.Mail, n.Trouble = store.MailAside, short(err)
		log.Error("mail set aside: it is not tried again", "err", err)
	default:
		n.Trouble, n.Due = short(err), now.Add(pause(n.Tries))
		log.Warn("mail not sent; it is tried again", "err", err, "at", n.Due)
	}
	return o.o.Store.SettleNotice(ctx, n)
}

// pause is how long to wait after so many tries.
func pause(tries int) time.Duration {
	wait := firstWait
	for range tries - 1 {
		if wait *= 2; wait >= longestWait {
			return longestWait
		}
	}
	return wait
}

// short is an error that a store keeps.
func short(err error) string {
	text := []rune(clean(err.Error()))
	return string(text[:min(len(text), 70)])
}
