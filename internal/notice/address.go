package notice

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sallyport/internal/notice/mail"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

var (
	// ErrAddress says that mail cannot be sent to what was given.
	ErrAddress = errors.New("this is no address for mail")
	// ErrCode says that a code was not the one that was sent, or is too old.
	ErrCode = errors.New("this is not the code that was sent")
	// ErrNoMail says that this wiki sends no mail.
	ErrNoMail = errors.New("no mail is sent from here")
	// ErrSoon says that a code was sent just now.
	ErrSoon = errors.New("a code was sent less than a minute ago")
)

const (
	codeLife  = time.Hour
	codePause = time.Minute
)

// Mails says whether mail is sent at all.
func (o *Office) Mails() bool { return o.o.Post != nil }

// Address is where an account wants to be told; empty when it gave none.
func (o *Office) Address(ctx context.Context, userID int64) (store.Address, error) {
	a, err := o.o.Store.Address(ctx, o.o.Site.ID, userID)
	if errors.Is(err, store.ErrNotFound) {
		return store.Address{}, nil
	}
	return a, err
}

// Ask sends a code to an address. The one confirmed before stays until the code comes back. The caller has seen to it that
// the account's owner asks.
func (o *Office) Ask(ctx context.Context, who wiki.User, address string) error {
	if o.o.Post == nil {
		return ErrNoMail
	}
	address = strings.TrimSpace(address)
	if err := mail.Address(address); err != nil {
		return fmt.Errorf("%w: %w", ErrAddress, err)
	}
	a, err := o.Address(ctx, who.ID)
	if err != nil {
		return err
	}
	now := o.o.Now().UTC().Truncate(time.Microsecond)
	if now.Sub(a.Sent) < codePause {
		return ErrSoon
	}
	code := rand.Text()[:12] // 60 bits
	a.Wiki, a.UserID, a.User, a.Asked, a.Sent = o.o.Site.ID, who.ID, who.Name, address, now
	a.Code = codeDigest(a, code)
	if err := o.o.Store.SaveAddress(ctx, a); err != nil {
		return err
	}
	text := fmt.Sprintf("Somebody who holds a key of %s on %s wants notices sent here. The code is\n\n    %s %s %s\n\nType it at %s/notices within an hour. "+
		"If you know nothing of this, do nothing: no more mail comes.\n", clean(who.Name), o.o.Site.Name, code[:4], code[4:8], code[8:], o.o.Confirm)
	return o.o.Post.Send(ctx, mail.Letter{ID: rand.Text(), To: address, Subject: "Code for notices – " + clean(o.o.Site.Name), Text: text, Date: now})
}

// codeDigest binds a code to the account and the address it was sent to.
func codeDigest(a store.Address, code string) store.Digest {
	return store.DigestOf(fmt.Sprintf("sallyport address 1\n%q %d %q %s", a.Wiki, a.UserID, a.Asked, code))
}

// Confirm takes the code back: notices go to the new address from now on. The old one is told.
func (o *Office) Confirm(ctx context.Context, who wiki.User, code string) error {
	a, err := o.Address(ctx, who.ID)
	if err != nil {
		return err
	}
	given := codeDigest(a, strings.ToUpper(strings.Join(strings.Fields(code), "")))
	if a.Asked == "" || o.o.Now().Sub(a.Sent) > codeLife || subtle.ConstantTimeCompare([]byte(given), []byte(a.Code)) != 1 {
		return ErrCode
	}
	if err := o.farewell(ctx, a); err != nil {
		return err
	}
	a.User, a.Address, a.Asked, a.Code = who.Name, a.Asked, "", ""
	return o.o.Store.SaveAddress(ctx, a)
}

// Choose says whether an account is mailed also what goes as it should.
func (o *Office) Choose(ctx context.Context, who wiki.User, all bool) error {
	a, err := o.Address(ctx, who.ID)
	if err != nil || a.UserID == 0 {
		return err
	}
	a.All = all
	return o.o.Store.SaveAddress(ctx, a)
}

// Forget removes an account's address, and tells it so.
func (o *Office) Forget(ctx context.Context, who wiki.User) error {
	a, err := o.Address(ctx, who.ID)
	if err == nil {
		err = o.farewell(ctx, a)
	}
	if err != nil {
		return err
	}
	return o.o.Store.ForgetAddress(ctx, o.o.Site.ID, who.ID)
}

// farewell keeps the last notice for an address that is about to be replaced.
func (o *Office) farewell(ctx context.Context, a store.Address) error {
	if a.Address == "" {
		return nil
	}
	body, err := json.Marshal(Details{For: a.User})
	if err != nil {
		return err
	}
	now := o.o.Now().UTC().Truncate(time.Microsecond)
	return o.o.Store.AddNotices(ctx, store.Notice{
		Wiki: o.o.Site.ID, ID: id(o.o.Site.ID, now.String(), AddressChanged, a.UserID, a.Address), UserID: a.UserID, User: a.User, To: a.Address,
		Kind: string(AddressChanged), Body: string(body), Made: now, Mail: store.MailWaiting, Due: now,
	})
}
