package rollout

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

// SetDraft keeps the text of a draft; an empty one drops it. A roll-out under way has its own copy.
func (k *Keeper) SetDraft(ctx context.Context, a Act, text string) error {
	return k.change(ctx, a, "draft", func(s *State, at time.Time) (string, error) {
		if text == "" {
			s.Draft = nil
			return "dropped", nil
		}
		p, err := k.read(text)
		if err != nil {
			return "", err
		}
		short := p.Minimise().String()
		s.Draft = &Policy{Text: short, By: bounded(a.By), Why: bounded(a.Why), At: at}
		return fmt.Sprintf("%d bytes", len(short)), nil
	})
}

// Start begins to roll the draft out: from the next answer on it reports for everybody, and is enforced for nobody yet.
func (k *Keeper) Start(ctx context.Context, a Act) error {
	rows, err := k.Reports(ctx)
	if err != nil {
		return err
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(k.Random, id); err != nil {
		return fmt.Errorf("name a roll-out: %w", err)
	}
	return k.change(ctx, a, "start", func(s *State, at time.Time) (string, error) {
		switch {
		case s.Draft == nil:
			return "", fmt.Errorf("%w: there is no draft", ErrState)
		case s.Rollout != nil:
			return "", fmt.Errorf("%w: another policy is being rolled out", ErrState)
		}
		draft, err := k.read(s.Draft.Text)
		if err != nil {
			return "", err
		}
		s.Rollout = &Rollout{
			Rollout: narrow.Rollout{ID: hex.EncodeToString(id), Policy: s.Draft.Text, Since: at},
			By:      bounded(a.By), Why: bounded(a.Why), Started: at, Known: blockedBefore(rows, violation.DayOf(at)-knownDays),
		}
		impact, err := k.Simulate(ctx, draft)
		s.Rollout.Expects = impact.Lost[:min(len(impact.Lost), maxKept)]
		return "0 %", err
	})
}

// Step enforces it for the next share of readers.
func (k *Keeper) Step(ctx context.Context, a Act) error {
	return k.reset(ctx, a, "step", func(r *Rollout) error {
		if r.Halted != "" || r.Share == 100 {
			return fmt.Errorf("%w: it is halted, or enforced for everybody", ErrState)
		}
		r.Share = r.Next()
		return nil
	})
}

// Resume enforces a halted one again, for the share it had.
func (k *Keeper) Resume(ctx context.Context, a Act) error {
	return k.reset(ctx, a, "resume", func(r *Rollout) error {
		if r.Halted == "" {
			return fmt.Errorf("%w: nothing is halted", ErrState)
		}
		r.Halted, r.Says = "", narrow.Saying{}
		return nil
	})
}

// reset begins to count anew what is lost, after something was done to the roll-out.
func (k *Keeper) reset(ctx context.Context, a Act, what string, do func(*Rollout) error) error {
	return k.change(ctx, a, what, func(s *State, at time.Time) (string, error) {
		if s.Rollout == nil {
			return "", fmt.Errorf("%w: nothing is being rolled out", ErrState)
		}
		if err := do(s.Rollout); err != nil {
			return "", err
		}
		return fmt.Sprintf("%d %%", s.Rollout.Share), k.countAnew(ctx, s, at)
	})
}

// countAnew lets what was lost before now not count against a roll-out.
func (k *Keeper) countAnew(ctx context.Context, s *State, at time.Time) error {
	s.Rollout.Since, s.Rollout.Before = at, nil
	lost, err := k.lost(ctx, s)
	s.Rollout.Before = lost
	return err
}

// Halt has a roll-out enforced for nobody, until somebody resumes or reverts it. It goes on reporting.
func (k *Keeper) Halt(ctx context.Context, a Act) error {
	return k.change(ctx, a, "halt", func(s *State, _ time.Time) (string, error) {
		if s.Rollout == nil || s.Rollout.Halted != "" {
			return "", fmt.Errorf("%w: nothing is being rolled out, or it is halted", ErrState)
		}
		if s.Rollout.Halted = bounded(a.Why); s.Rollout.Halted == a.Why {
			s.Rollout.Says = a.Says
		}
		if s.Rollout.Halted == "" {
			s.Rollout.Halted = "no reason was given"
		}
		return fmt.Sprintf("at %d %%", s.Rollout.Share), nil
	})
}

// Revert ends a roll-out: everybody has the policy in force again. Without a roll-out it takes the policy in force back, for
// the one before it, or for that of the settings.
func (k *Keeper) Revert(ctx context.Context, a Act) error {
	return k.change(ctx, a, "revert", func(s *State, _ time.Time) (string, error) {
		switch {
		case s.Rollout != nil:
			note := fmt.Sprintf("from %d %%", s.Rollout.Share)
			s.Rollout = nil
			return note, nil
		case s.InForce == nil:
			return "", fmt.Errorf("%w: the policy is that of the settings", ErrState)
		}
		var earlier *Policy
		if i := slices.IndexFunc(s.Past, func(c Change) bool { return c.What == "finish" && samePolicy(c, s.InForce) }); i >= 0 {
			earlier = s.Past[i].Before.InForce
		}
		s.InForce = earlier
		return "what was in force", nil
	})
}

// samePolicy says whether a change put a policy into force.
func samePolicy(c Change, p *Policy) bool {
	return c.Before != nil && c.Before.Rollout != nil && c.Before.Rollout.Policy == p.Text && c.At.Equal(p.At)
}

// Finish puts a policy that is enforced for everybody into force: the roll-out is over.
func (k *Keeper) Finish(ctx context.Context, a Act) error {
	return k.change(ctx, a, "finish", func(s *State, at time.Time) (string, error) {
		r := s.Rollout
		if r == nil || r.Halted != "" || r.Share < 100 {
			return "", fmt.Errorf("%w: it is not enforced for everybody", ErrState)
		}
		s.InForce = &Policy{Text: r.Policy, By: bounded(a.By), Why: r.Why, At: at}
		s.Rollout = nil
		if s.Draft != nil && s.Draft.Text == r.Policy {
			s.Draft = nil
		}
		return "", nil
	})
}

// Undo puts everything back as it was before a change, which is named by the version it changed. What was done after it is
// undone with it.
func (k *Keeper) Undo(ctx context.Context, a Act, version int64) error {
	return k.change(ctx, a, "undo", func(s *State, at time.Time) (string, error) {
		i := slices.IndexFunc(s.Past, func(c Change) bool { return c.Was == version && c.Before != nil })
		if i < 0 {
			return "", fmt.Errorf("%w: that change is too long ago to be undone", ErrState)
		}
		was, note := s.Past[i].Before.copy(), s.Past[i].What
		was.Past, was.Version = s.Past, s.Version
		*s = *was
		if s.Rollout != nil {
			return note, k.countAnew(ctx, s, at)
		}
		return note, nil
	})
}

// SetMark keeps what somebody says about an outside source of the policy in force or of the draft.
func (k *Keeper) SetMark(ctx context.Context, a Act, m Mark) error {
	m.Owner, m.Reason = bounded(m.Owner), bounded(m.Reason)
	source, why := csp.ParseSource(m.Source)
	if why != "" || !csp.IsDirective(m.Directive) {
		return fmt.Errorf("%w: %s %s is not a source %s", ErrDraft, m.Directive, m.Source, why)
	}
	m.Source = source.String()
	return k.change(ctx, a, "mark", func(s *State, _ time.Time) (string, error) {
		s.Marks = slices.DeleteFunc(s.Marks, func(o Mark) bool { return o.Directive == m.Directive && o.Source == m.Source })
		if len(s.Marks) >= maxMarks {
			return "", fmt.Errorf("%w: something is said about %d sources already", ErrState, maxMarks)
		}
		s.Marks = append(s.Marks, m)
		return m.Directive + " " + m.Source, nil
	})
}

// SetNoise says whether reports about a host are noise, against what the filter thinks. It changes what is read, never what
// is kept.
func (k *Keeper) SetNoise(ctx context.Context, a Act, blocked string, noise bool) error {
	if blocked = bounded(blocked); blocked == "" {
		return fmt.Errorf("%w: no host was named", ErrState)
	}
	return k.change(ctx, a, "noise", func(s *State, _ time.Time) (string, error) {
		if _, known := s.Noise[blocked]; !known && len(s.Noise) >= maxMarks {
			return "", fmt.Errorf("%w: something is said about %d hosts already", ErrState, maxMarks)
		}
		if s.Noise == nil {
			s.Noise = map[string]bool{}
		}
		s.Noise[blocked] = noise
		return fmt.Sprintf("%s: %v", blocked, noise), nil
	})
}
