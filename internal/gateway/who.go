package gateway

import (
	"context"
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"sallyport/internal/wiki"
)

// whoAge is how long the wiki's word on whose cookies these are is believed.
const whoAge = 5 * time.Second

// maxCookies is the longest Cookie header that is forwarded with the question who somebody is.
const maxCookies = 16 << 10

// Who finds out who sent a request, by asking the wiki with the request's own cookies (meta=userinfo). What a page or a
// script claims about its reader is never believed. Answers are kept under a hash of the cookies, which are not.
type Who struct {
	ask   func(ctx context.Context, cookies string) (wiki.User, error)
	known *otter.Cache[[32]byte, wiki.User]
	one   singleflight.Group
}

// NewWho makes a Who that asks with the given function, for instance [mediawiki.Client.WhoAmI].
func NewWho(ask func(ctx context.Context, cookies string) (wiki.User, error)) *Who {
	return &Who{ask: ask, known: otter.Must(&otter.Options[[32]byte, wiki.User]{
		MaximumSize:      50_000,
		ExpiryCalculator: otter.ExpiryWriting[[32]byte, wiki.User](whoAge),
	})}
}

// Sent returns the account behind a request: one with ID 0 when nobody is logged in.
func (w *Who) Sent(ctx context.Context, r *http.Request) (wiki.User, error) {
	cookies := r.Header.Get("Cookie")
	if cookies == "" || len(cookies) > maxCookies {
		return wiki.User{}, nil
	}
	key := sha256.Sum256([]byte(cookies))
	if u, ok := w.known.GetIfPresent(key); ok {
		return u, nil
	}
	v, err, _ := w.one.Do(string(key[:]), func() (any, error) { return w.ask(context.WithoutCancel(ctx), cookies) })
	if err != nil {
		return wiki.User{}, err
	}
	u := v.(wiki.User)
	w.known.Set(key, u)
	return u, nil
}
