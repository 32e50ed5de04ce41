package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/sync/semaphore"

	"sallyport/internal/incident"
	"sallyport/internal/pending"
	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
	"sallyport/internal/writedoor/hook"
)

// Bounds of what is read of requests that may write, in bytes: of one, and of all that are read at the same time.
const (
	maxWrite  = 64 << 20
	maxWrites = 512 << 20
)

// Door lets no request change code unless somebody agreed to exactly that. Every request is classified; one that writes goes
// on only in its one plain spelling; one whose policy waits is parked, and made when its sender comes back by [Door.Resume]
// after the approval.
type Door struct {
	Write    *writedoor.Door
	Desk     *pending.Desk
	Policies pending.Policies
	Who      func(ctx context.Context, r *http.Request) (wiki.User, error)
	Ask      func(ctx context.Context, params map[string]string, cookies string) ([]byte, error) // api.php, with these cookies
	Base     string                                                                              // where Resume is found: Base + "/resume/" + id
	Guard    *incident.Guard                                                                     // sees every write, and may hold it; nil: nobody does
	Sessions *Sessions                                                                           // for Guard
	Log      *slog.Logger

	next http.Handler
	room *semaphore.Weighted
}

// behind puts the door in front of the wiki.
func (d *Door) behind(next http.Handler) http.Handler {
	d.next, d.room = next, semaphore.NewWeighted(maxWrites)
	return d
}

// ServeHTTP lets a request through, parks it or refuses it.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if reads(r.Method) {
		d.judge(w, r, nil)
		return
	}
	if r.ContentLength > maxWrite {
		d.tooLarge(w, r)
		return
	}
	size := r.ContentLength
	if size < 0 {
		size = maxWrite
	}
	if err := d.room.Acquire(r.Context(), max(size, 1)); err != nil {
		return // the sender went away
	}
	defer d.room.Release(max(size, 1))
	body, err := readBody(w, r)
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		d.tooLarge(w, r)
		return
	}
	if err != nil {
		http.Error(w, "The request did not arrive whole; nothing was changed.", http.StatusBadRequest)
		return
	}
	d.judge(w, r, body)
}

// tooLarge refuses a request whose body is not read to its end: neither api.php nor rest.php would say why otherwise.
func (d *Door) tooLarge(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	d.refuse(w, r, http.StatusRequestEntityTooLarge, "sallyport-too-large", fmt.Sprintf("The request is larger than the %d MiB that this gateway reads. Nothing was changed.", maxWrite>>20))
}

// reads says whether a request may go on with its body unread. MediaWiki writes by none of these methods, but for rollbacks,
// which stand in the address.
func reads(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// mayRollBack says whether the address could be a rollback, however it is spelled.
func mayRollBack(r *http.Request) bool {
	return strings.Contains(strings.ToLower(phpform.RawURLDecode(r.RequestURI)), "rollback")
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := io.Copy(&b, http.MaxBytesReader(w, r.Body, maxWrite))
	return b.Bytes(), err
}

// judge classifies a request. Who sends it is asked only where that matters, so an ordinary edit costs the wiki nothing.
func (d *Door) judge(w http.ResponseWriter, r *http.Request, body []byte) {
	op, err := d.classify(r, body, wiki.User{})
	var actor wiki.User
	if err == nil && (len(op.Tiers) > 0 || op.Kind == writedoor.Strange) {
		if actor, err = d.Who(r.Context(), r); err == nil {
			op, err = d.classify(r, body, actor)
		}
	}
	switch {
	case errors.Is(err, writedoor.ErrUnclear):
		d.refuse(w, r, http.StatusBadRequest, "sallyport-unclear", err.Error())
		return
	case errors.Is(err, context.Canceled):
		return
	case err != nil && reads(r.Method) && !mayRollBack(r):
		d.next.ServeHTTP(w, r) // the wiki is down, and says so itself
		return
	case err != nil:
		d.Log.Warn("request not understood: the wiki does not say", "method", r.Method, "path", r.URL.Path, "err", err)
		w.Header().Set("Retry-After", "5")
		d.refuse(w, r, http.StatusServiceUnavailable, "sallyport-unavailable", "The wiki does not say what this request would change. Nothing was changed; keep a copy of your text and try again in a minute.")
		return
	}
	if op.Forward == nil && len(op.Tiers) == 0 {
		if body != nil {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.TransferEncoding = nil
		}
		d.next.ServeHTTP(w, r)
		return
	}
	a := pending.Arrival{Operation: op, Policy: d.Policies.For(op, actor), Actor: actor, Ask: d.ask(r), Sent: sentBy(r.Header)}
	if why := d.held(r, a); why != "" {
		d.notNow(w, r, a, why)
		return
	}
	d.decide(w, r, a)
}

func (d *Door) classify(r *http.Request, body []byte, actor wiki.User) (*writedoor.Operation, error) {
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	op, err := d.Write.Classify(r.Context(), writedoor.Request{
		Method: r.Method, Target: target, ContentType: r.Header.Values("Content-Type"), Body: body, Actor: actor,
		Apart: r.Header.Get("Authorization") != "",
	})
	if err == nil && op.Kind != writedoor.Read && r.Header.Get("Content-Encoding") != "" {
		return nil, errors.Join(writedoor.ErrUnclear, errors.New("the body is encoded; send it plain"))
	}
	return op, err
}

// decide does what the policy says.
func (d *Door) decide(w http.ResponseWriter, r *http.Request, a pending.Arrival) {
	if !a.Policy.Waits() || a.Actor.ID == 0 && entersAccount(a.Operation) {
		if a.Policy == pending.Log && a.Actor.ID != 0 {
			if err := d.Desk.Note(r.Context(), a); err != nil {
				d.Log.Error("change not noted", "user", a.Actor.Name, "err", err)
			}
		}
		d.send(w, r, a.Operation.Forward, "")
		return
	}
	var c *pending.Change
	var err error
	if signed := r.Header.Get(pending.SignedHeader); signed != "" {
		c, err = d.Desk.ParkSigned(r.Context(), a, signed)
	} else {
		c, err = d.Desk.Park(r.Context(), a)
	}
	switch {
	case err != nil:
		d.notParked(w, r, a, err)
	case c.State == "approved" || c.State == "sending":
		d.commit(w, r, c.ID, true)
	default:
		d.waits(w, r, c)
	}
}

// entersAccount knows what somebody who is not logged in does to enter an account, for instance to reset a password.
func entersAccount(op *writedoor.Operation) bool {
	return len(op.Tiers) == 1 && (op.Tier() == writedoor.CredentialsTier || op.Tier() == writedoor.OptionsTier)
}

// send forwards a request in its plain spelling, with a grant when there is one.
func (d *Door) send(w http.ResponseWriter, r *http.Request, f *writedoor.Forward, grant string) {
	if f == nil { // cannot be written again, and nobody holds power
		d.next.ServeHTTP(w, r)
		return
	}
	u, err := url.ParseRequestURI(f.Target)
	if err != nil {
		d.refuse(w, r, http.StatusBadRequest, "sallyport-unclear", "The address of this request cannot be written in a plain way.")
		return
	}
	out := r.Clone(r.Context())
	out.Method, out.URL, out.RequestURI = f.Method, u, f.Target
	out.Body, out.ContentLength, out.TransferEncoding = io.NopCloser(bytes.NewReader(f.Body)), int64(len(f.Body)), nil
	out.Header.Del("Content-Type")
	if f.ContentType != "" {
		out.Header.Set("Content-Type", f.ContentType)
	}
	if grant != "" {
		out.Header.Set(hook.Header, grant)
	}
	d.next.ServeHTTP(w, out)
}

// ask asks the wiki as the sender of a request.
func (d *Door) ask(r *http.Request) writedoor.Ask {
	cookies := r.Header.Get("Cookie")
	return func(ctx context.Context, params map[string]string) ([]byte, error) {
		return d.Ask(ctx, params, cookies)
	}
}

func sentBy(h http.Header) pending.Sender {
	return pending.Sender{Mode: h.Get("Sec-Fetch-Mode"), Dest: h.Get("Sec-Fetch-Dest"), User: h.Get("Sec-Fetch-User"), Site: h.Get("Sec-Fetch-Site")}
}

// withoutGrants removes grants that clients send. PHP takes an underscore in a header's name for a hyphen.
func withoutGrants(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name := range r.Header {
			if len(name) == len(hook.Header) && strings.EqualFold(strings.ReplaceAll(name, "_", "-"), hook.Header) {
				delete(r.Header, name)
			}
		}
		next.ServeHTTP(w, r)
	})
}
