package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"sallyport/internal/rollout"
)

var (
	errChanged  = &fault{http.StatusConflict, "policy-changed"}
	errNotNow   = &fault{http.StatusConflict, "policy-notnow"}
	errNoPolicy = &fault{http.StatusBadRequest, "policy-bad"}
)

// policyFault is the page for an error about the policy.
func policyFault(err error) error {
	switch {
	case errors.Is(err, rollout.ErrChanged):
		return errChanged
	case errors.Is(err, rollout.ErrState):
		return errNotNow
	case errors.Is(err, rollout.ErrDraft), errors.Is(err, rollout.ErrTooLong):
		return errNoPolicy
	}
	return err
}

// pressed refuses a form unless an operator sent it, from a page of ours that was made for it.
func (p *pages) pressed(v *visit, to string) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	if err := mayLook(v); err != nil {
		return err
	}
	return p.permits(v, deed{user: v.me.ID, to: to})
}

// actOf is who sent a form, why, and what they had seen.
func (p *pages) actOf(v *visit) rollout.Act {
	seen, err := strconv.ParseInt(v.PostForm.Get("seen"), 10, 64)
	if err != nil || seen < 0 {
		seen = 0 // a page of ours says which
	}
	return rollout.Act{By: v.me.Name, Why: v.PostForm.Get("why"), Seen: seen}
}

// tryPolicy shows what a draft that was sent would do. Nothing is kept.
func (p *pages) tryPolicy(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	if err := v.ParseForm(); err != nil {
		return errForm
	}
	return p.again(v, http.StatusOK, "")
}

// again shows the page with the draft that was sent, which nobody should have to type twice.
func (p *pages) again(v *visit, status int, problem string) error {
	if err := p.Policy.Sync(v.Context()); err != nil {
		return err
	}
	rows, err := p.Policy.Reports(v.Context())
	if err != nil {
		return err
	}
	return p.showPolicy(v, status, editor{Text: oneLine(v.PostForm.Get("text")), Problem: problem}, rows)
}

// oneLine is a policy as it stands in a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// doPolicy changes the policy, for an operator who pressed a button of our page.
func (p *pages) doPolicy(v *visit) error {
	if v.PostFormValue("do") == "try" {
		return p.tryPolicy(v)
	}
	if err := p.pressed(v, "policy"); err != nil {
		return err
	}
	if err := mayChange(v); err != nil {
		return err
	}
	do, a := v.PostForm.Get("do"), p.actOf(v)
	err := p.change(v, do, a)
	if do == "draft" && (errors.Is(err, rollout.ErrDraft) || errors.Is(err, rollout.ErrTooLong)) {
		return p.again(v, http.StatusUnprocessableEntity, err.Error())
	}
	if err != nil {
		return policyFault(err)
	}
	p.Log.Info("the policy was changed", "wiki", p.Site.ID, "user", v.me.Name, "do", do, "why", a.Why)
	return v.redirect(p.Base + "/policy")
}

func (p *pages) change(v *visit, do string, a rollout.Act) error {
	ctx, f := v.Context(), v.PostForm
	switch do {
	case "draft":
		return p.Policy.SetDraft(ctx, a, oneLine(f.Get("text")))
	case "drop":
		return p.Policy.SetDraft(ctx, a, "")
	case "start":
		return p.Policy.Start(ctx, a)
	case "step":
		return p.Policy.Step(ctx, a)
	case "halt":
		a.Seen = -1 // is never too late, and can be taken back
		return p.Policy.Halt(ctx, a)
	case "resume":
		return p.Policy.Resume(ctx, a)
	case "revert":
		return p.Policy.Revert(ctx, a)
	case "finish":
		return p.Policy.Finish(ctx, a)
	case "undo":
		was, err := strconv.ParseInt(f.Get("was"), 10, 64)
		if err != nil {
			return errForm
		}
		return p.Policy.Undo(ctx, a, was)
	case "mark":
		until, err := untilOf(f.Get("expires"))
		if err != nil {
			return err
		}
		return p.Policy.SetMark(ctx, a, rollout.Mark{Directive: f.Get("directive"), Source: f.Get("source"), Owner: f.Get("owner"), Reason: f.Get("reason"), Expires: until})
	}
	return errForm
}
