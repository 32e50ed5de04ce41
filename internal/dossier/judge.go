package dossier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/capability"
	"sallyport/internal/entry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// agreedFor is how long what somebody agreed to is believed; another process may have learnt more.
const agreedFor = 5 * time.Second

// Judge decides with the rules in force what becomes of a script that somebody is about to run. It is safe for concurrent use.
type Judge struct {
	*Archive
	// Enforces is whether decisions count. Otherwise they are only told.
	Enforces bool

	agreements store.Agreements
	rules      atomic.Pointer[entry.Rules]
	agreed     *otter.Cache[int64, []store.Agreement]
}

// NewJudge makes a judge.
func NewJudge(a *Archive, agreements store.Agreements, rules *entry.Rules, enforces bool) *Judge {
	j := &Judge{Archive: a, Enforces: enforces, agreements: agreements, agreed: otter.Must(&otter.Options[int64, []store.Agreement]{
		MaximumSize: maxAccounts, ExpiryCalculator: otter.ExpiryWriting[int64, []store.Agreement](agreedFor),
	})}
	j.SetRules(rules)
	return j
}

// Rules are those in force.
func (j *Judge) Rules() *entry.Rules { return j.rules.Load() }

// SetRules puts others in force.
func (j *Judge) SetRules(r *entry.Rules) { j.rules.Store(r) }

// Verdict is a decision with what it stands on.
type Verdict struct {
	entry.Decision
	File *File
	Use  entry.Use
}

// Stops says whether the script does not run.
func (v *Verdict) Stops() bool { return v.Action == entry.Refuse || v.Action == entry.Confirm }

// Decide says what becomes of a text that an account, with ID 0 for nobody's, is about to run. pinned says that they named this text.
func (j *Judge) Decide(ctx context.Context, t Text, user wiki.User, pinned bool) (*Verdict, error) {
	f, err := j.Of(ctx, t)
	if err != nil {
		return nil, err
	}
	v := &Verdict{File: f}
	if v.Use, err = j.use(ctx, t, f, user); err != nil {
		return nil, err
	}
	v.Use.Pinned = pinned
	v.Decision = j.Rules().Decide(&f.Script, &v.Use)
	return v, nil
}

func (j *Judge) use(ctx context.Context, t Text, f *File, user wiki.User) (entry.Use, error) {
	if user.ID == 0 {
		return entry.Use{Anonymous: true}, nil
	}
	owner, owned := j.Site.Owner(t.Title)
	u := entry.Use{Rights: user.Rights, Own: owned && owner == user.Name}
	had, err := j.agreement(ctx, t.Title, user.ID)
	if err != nil || had == nil {
		return u, err
	}
	if had.Digest == t.Digest {
		u.Agreed = had.Confirmed
		return u, nil
	}
	before, err := j.could(ctx, t, had)
	if err == nil && before != nil {
		u.Gained, _ = capability.Diff(before, f.Script.Capabilities)
	}
	return u, err
}

// could is what a script could do when somebody agreed to it; nil when that is not known. A text that nobody had read then may have
// been since.
func (j *Judge) could(ctx context.Context, t Text, a *store.Agreement) (capability.Set, error) {
	if a.Capabilities != "" {
		set := capability.Set{}
		if err := json.Unmarshal([]byte(a.Capabilities), &set); err != nil {
			return nil, fmt.Errorf("read what user %d agreed to of %q: %w", a.UserID, a.Title, err)
		}
		return set, nil
	}
	f, err := j.Of(ctx, Text{Title: t.Title, Kind: t.Kind, Digest: a.Digest})
	if err != nil || !f.Script.Read {
		return nil, err
	}
	return f.Script.Capabilities, nil
}

func (j *Judge) agreement(ctx context.Context, t wiki.Title, user int64) (*store.Agreement, error) {
	if t == (wiki.Title{}) {
		return nil, nil
	}
	all, ok := j.agreed.GetIfPresent(user)
	if !ok {
		var err error
		if all, err = j.agreements.Agreements(ctx, j.Site.ID, user); err != nil {
			return nil, err
		}
		j.agreed.Set(user, all)
	}
	if len(all) == 0 {
		return nil, nil
	}
	title := j.Site.Prefixed(t)
	if i := slices.IndexFunc(all, func(a store.Agreement) bool { return a.Title == title }); i >= 0 {
		return &all[i], nil
	}
	return nil, nil
}

// Agree remembers what an account was shown of a text. confirmed says that they were asked, and said yes; otherwise, as when they switch
// a gadget on, an earlier yes to the same text stays.
func (j *Judge) Agree(ctx context.Context, t Text, user int64, confirmed bool) error {
	if t.Title == (wiki.Title{}) || user <= 0 {
		return errors.New("agree: nobody, or to nothing")
	}
	f, err := j.Of(ctx, t)
	if err != nil {
		return err
	}
	had, err := j.agreement(ctx, t.Title, user)
	if err != nil || had != nil && had.Digest == t.Digest && (had.Confirmed || !confirmed) {
		return err
	}
	a := store.Agreement{Wiki: j.Site.ID, UserID: user, Title: j.Site.Prefixed(t.Title), Digest: t.Digest, Confirmed: confirmed, At: j.Now()}
	if f.Script.Read {
		text, err := json.Marshal(append(capability.Set{}, f.Script.Capabilities...))
		if err != nil {
			return err
		}
		a.Capabilities = string(text)
	}
	if err := j.agreements.Agree(ctx, a); err != nil {
		return err
	}
	j.agreed.Invalidate(user)
	return nil
}
