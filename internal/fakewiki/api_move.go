package fakewiki

import (
	"errors"

	"sallyport/internal/wiki"
)

// apiMove is action=move (ApiMove), with movetalk and movesubpages.
func (w *Wiki) apiMove(c *apiCall) error {
	from, p, err := w.subject(c, "from", "fromid")
	if err != nil {
		return err
	}
	if p == nil {
		return apiErrorf("missingtitle", "The page you specified doesn't exist.")
	}
	if !c.has("to") {
		return apiErrorf("missingparam", "The \"to\" parameter must be set.")
	}
	to, err := w.pageTitle(c.text("to"))
	if err != nil {
		return apiErrorf("invalidtitle", "Bad title \"%s\".", c.text("to"))
	}
	old := w.db.byTitle[to]
	if old != nil && !w.overwritable(old, from) {
		return moveError(ErrPageExists)
	}
	if d := w.mayMove(&c.user, from, to); d != nil {
		return d
	}
	redirect := !c.has("noredirect") || !c.user.Has("suppressredirect")
	if err := w.move(from, to, c.user.Name, c.text("reason"), redirect); err != nil {
		return moveError(err)
	}
	answer := object{"from": w.prefixed(from), "to": w.prefixed(to), "reason": c.text("reason"), "redirectcreated": redirect, "moveoverredirect": old != nil}
	if c.has("movetalk") && !isTalk(from) && w.db.byTitle[otherSide(from)] != nil {
		w.moveTalk(c, answer, otherSide(from), otherSide(to), redirect)
	}
	if c.has("movesubpages") {
		answer["subpages"] = w.moveSubpages(c, from, to, redirect)
	}
	c.result["move"] = answer
	return nil
}

func (w *Wiki) moveTalk(c *apiCall, answer object, from, to wiki.Title, redirect bool) {
	answer["talkfrom"], answer["talkto"] = w.prefixed(from), w.prefixed(to)
	if d := w.mayMove(&c.user, from, to); d != nil {
		answer["talkmove-errors"] = []object{{"code": d.code, "message": d.info}}
	} else if err := w.move(from, to, c.user.Name, c.text("reason"), redirect); err != nil {
		answer["talkmove-errors"] = []object{errorObject(moveError(err))}
	}
}

func (w *Wiki) moveSubpages(c *apiCall, from, to wiki.Title, redirect bool) []object {
	rows := []object{}
	for _, p := range w.below(from) {
		old := p.Title
		target := wiki.Title{NS: to.NS, Key: to.Key + old.Key[len(from.Key):]}
		row := object{"from": w.prefixed(old), "to": w.prefixed(target)}
		if d := w.mayMove(&c.user, old, target); d != nil {
			row = object{"from": w.prefixed(old), "errors": []object{{"code": d.code, "message": d.info}}}
		} else if err := w.move(old, target, c.user.Name, c.text("reason"), redirect); err != nil {
			row = object{"from": w.prefixed(old), "errors": []object{errorObject(moveError(err))}}
		}
		rows = append(rows, row)
	}
	return rows
}

func moveError(err error) error {
	switch {
	case errors.Is(err, ErrPageExists):
		return apiErrorf("articleexists", "A page of that name already exists, or the name you have chosen is not valid. Please choose another name.")
	case errors.Is(err, ErrNoPage):
		return apiErrorf("missingtitle", "The page you specified doesn't exist.")
	}
	return err
}
