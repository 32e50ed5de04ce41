package notice

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// event is what the log says, as far as people are told of it. Every kind of entry has some of the fields.
type event struct {
	ID        string    `json:"id"` // of a change, or of a key
	UserID    int64     `json:"user_id"`
	User      string    `json:"user"`
	Operation string    `json:"operation"`
	Pages     pages     `json:"pages"`
	Record    string    `json:"record"`
	By        string    `json:"by"`
	Verdict   string    `json:"verdict"`
	Words     string    `json:"words"`
	What      string    `json:"what"`
	Why       string    `json:"why"`
	Reason    string    `json:"reason"`
	Outcome   string    `json:"outcome"`
	Revision  int64     `json:"revision"`
	Undone    int64     `json:"undone"`
	Counts    time.Time `json:"counts"`
	Rule      string    `json:"rule"` // of the breaker
	Reasons   []string  `json:"reasons"`
	DryRun    bool      `json:"dry_run"`
	Request   string    `json:"request"` // of a server
	Author    int64     `json:"author"`  // of the gadget it is for
	Name      string    `json:"author_name"`
	Script    string    `json:"script"`
	Kind      string    `json:"kind"` // of a switch
	Target    string    `json:"target"`
	Title     string    `json:"title"`
}

type page struct {
	NS    int    `json:"ns"`
	Title string `json:"title"`
}

// pages are those of a change. What lists pages in another form names none here.
type pages []page

// UnmarshalJSON implements [json.Unmarshaler].
func (p *pages) UnmarshalJSON(text []byte) error {
	var list []page
	if json.Unmarshal(text, &list) == nil {
		*p = list
	}
	return nil
}

// circle is who is told.
type circle int

const (
	sender    circle = 1 << iota // the account that the entry is about
	approvers                    // everybody else who has a good passkey
	operators
	askers // of a server, and the author of the gadget it is for
)

// plan says of kinds of entries what is told to whom. An approval is told apart: it depends on whose it is.
func plan(kind string) (Kind, circle) {
	switch kind {
	case "parked":
		return Waits, sender
	case "done":
		return Made, sender
	case "rejected":
		return Rejected, sender
	case "failed", "unclear":
		return Failed, sender
	case "reported":
		return NotMe, sender | approvers | operators
	case "key added":
		return KeyAdded, sender | operators
	case "key revoked":
		return KeyRevoked, sender | operators
	case "recovery asked":
		return Recovery, sender | approvers | operators
	case "vouched":
		return Vouched, sender | operators
	case "recovery stopped":
		return Stopped, sender | approvers | operators
	case "unapproved":
		return PastDoor, approvers | operators
	case "breaker tripped":
		return Breaker, approvers | operators
	case "breaker reset":
		return BreakerReset, approvers | operators
	case "host asked":
		return HostAsked, operators
	case "host granted":
		return HostGranted, askers
	case "host refused":
		return HostRefused, askers
	case "switch off":
		return SwitchedOff, approvers | operators
	}
	return "", 0
}

// tell makes the notices about an entry. An entry that cannot be read is not worth stopping for: the audit finds it.
func (o *Office) tell(ctx context.Context, e *store.Entry) ([]store.Notice, error) {
	var v event
	if err := json.Unmarshal([]byte(e.Body), &v); err != nil {
		return nil, nil //nolint:nilerr // said by audit verify
	}
	if e.Kind == "approved" || e.Kind == "said" {
		return o.opinion(ctx, e, &v)
	}
	kind, to := plan(e.Kind)
	if kind == "" {
		return nil, nil
	}
	d := o.details(e, &v)
	switch {
	case v.Operation != "":
		d.Change = v.ID
	case kind == Recovery, kind == Vouched, kind == Stopped:
		d.Wish = v.ID
	}
	if to&askers != 0 {
		return o.answer(ctx, e, &v, kind, d)
	}
	return o.spread(ctx, e, kind, to, wiki.User{ID: v.UserID, Name: v.User}, nil, d)
}

// answer tells everybody who asked for a server what was decided, and the author of the gadget.
func (o *Office) answer(ctx context.Context, e *store.Entry, v *event, kind Kind, d Details) (list []store.Notice, err error) {
	people, err := o.o.Store.Askers(ctx, o.o.Site.ID, v.Request)
	if err != nil {
		return nil, err
	}
	author := store.Asker{UserID: v.Author, User: v.Name}
	if author.UserID != 0 && !slices.ContainsFunc(people, func(a store.Asker) bool { return a.UserID == author.UserID }) {
		people = append(people, author)
	}
	for _, p := range people[:min(len(people), maxApprovers)] {
		n, err := o.notice(ctx, e, kind, wiki.User{ID: p.UserID, Name: p.User}, "", false, d)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// opinion tells the sender what somebody else approved or said, and asks others when an approval was not enough. A rejection
// has an entry of its own.
func (o *Office) opinion(ctx context.Context, e *store.Entry, v *event) ([]store.Notice, error) {
	w, err := o.o.Store.Waiting(ctx, o.o.Site.ID, v.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var signed struct{ Pages pages }
	if json.Unmarshal([]byte(v.Record), &signed) == nil {
		v.Pages = signed.Pages
	}
	from, d := wiki.User{ID: w.UserID, Name: w.User}, o.details(e, v)
	d.Change = v.ID
	switch {
	case e.Kind == "approved" && w.State == store.Parked:
		d.By = w.User
		return o.spread(ctx, e, Second, approvers, from, []int64{v.UserID}, d)
	case d.By == w.User, v.Verdict == "reject":
		return nil, nil
	case e.Kind == "said":
		d.Reason = v.Words
		return o.spread(ctx, e, Said, sender, from, nil, d)
	default:
		return o.spread(ctx, e, Approved, sender, from, nil, d)
	}
}

func (o *Office) details(e *store.Entry, v *event) Details {
	d := Details{By: v.By, For: v.User, What: v.What, Reason: v.Reason, Revision: v.Revision, Counts: v.Counts, Undone: v.Undone != 0, Entry: e.Seq, Hash: e.Hash}
	if d.Reason == "" {
		d.Reason = v.Outcome
	}
	if d.What == "" {
		d.What = v.Why
	}
	if v.Rule != "" {
		d.What = v.Rule + ": " + strings.Join(v.Reasons, "; ")
	}
	if v.DryRun {
		d.What = "(dry run: nothing is held) " + d.What
	}
	if d.By == "" {
		d.By = v.User
	}
	if strings.HasPrefix(e.Kind, "host ") {
		d.Page = v.Script
	}
	if e.Kind == "switch off" {
		d.Page, d.What = strings.ReplaceAll(v.Title, "_", " "), strings.TrimSpace(v.Kind+" "+v.Target)
	}
	if len(v.Pages) > 0 {
		d.Page, d.More = o.o.Site.PrefixedText(wiki.Title{NS: v.Pages[0].NS, Key: v.Pages[0].Title}), len(v.Pages)-1
	}
	return d
}

// spread makes a notice for everybody of a circle. about is the account that the entry is about; without are others who know
// already.
func (o *Office) spread(ctx context.Context, e *store.Entry, kind Kind, to circle, about wiki.User, without []int64, d Details) ([]store.Notice, error) {
	var people []wiki.User
	if to&sender != 0 && about.ID != 0 {
		people = append(people, about)
	}
	if to&approvers != 0 {
		others, err := o.approvers(ctx, append(without, about.ID))
		if err != nil {
			return nil, err
		}
		people = append(people, others...)
	}
	var list []store.Notice
	for _, p := range people {
		n, err := o.notice(ctx, e, kind, p, "", p.ID == about.ID, d)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	if to&operators == 0 {
		return list, nil
	}
	n, err := o.notice(ctx, e, kind, wiki.User{}, "", false, d) // for the page
	if err != nil {
		return nil, err
	}
	list = append(list, n)
	for _, address := range o.o.Operators {
		if n, err = o.notice(ctx, e, kind, wiki.User{}, address, false, d); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// maxApprovers bounds how many people are asked, or warned, at once.
const maxApprovers = 200

// approvers are the people whose passkeys are good, but for some.
func (o *Office) approvers(ctx context.Context, without []int64) ([]wiki.User, error) {
	keys, err := o.o.Store.Keys(ctx, o.o.Site.ID, 0)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, id := range without {
		seen[id] = true
	}
	var people []wiki.User
	for _, k := range keys {
		if k.Kind != "ssh" && k.Good(o.o.Now()) && !seen[k.UserID] && len(people) < maxApprovers {
			seen[k.UserID] = true
			people = append(people, wiki.User{ID: k.UserID, Name: k.User})
		}
	}
	return people, nil
}

// notice is what one person is told; it is mailed when there is where to, and the person wants it.
func (o *Office) notice(ctx context.Context, e *store.Entry, kind Kind, p wiki.User, to string, own bool, d Details) (store.Notice, error) {
	n := store.Notice{
		Wiki: o.o.Site.ID, ID: id(o.o.Site.ID, e.Hash, kind, p.ID, to), UserID: p.ID, User: p.Name, To: to, Kind: string(kind), Made: e.At,
	}
	wanted, err := o.wanted(ctx, kind, p, to)
	if err != nil {
		return n, err
	}
	if wanted && o.o.Now().Sub(e.At) < giveUp {
		ok := kind.always(own)
		if !ok {
			ok, d.Last = o.rate.allows(n.UserID, n.To, kind, e.At)
		}
		if ok {
			n.Mail, n.Due = store.MailWaiting, o.o.Now().UTC().Truncate(time.Microsecond)
		}
	}
	body, err := json.Marshal(d)
	n.Body = string(body)
	return n, err
}

// wanted says whether mail is to be sent.
func (o *Office) wanted(ctx context.Context, kind Kind, p wiki.User, to string) (bool, error) {
	if o.o.Post == nil || to != "" || p.ID == 0 {
		return o.o.Post != nil && to != "", nil
	}
	a, err := o.o.Store.Address(ctx, o.o.Site.ID, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return a.Address != "" && (a.All || !kind.routine()), err
}
