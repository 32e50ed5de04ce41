package registry

import (
	"context"
	"errors"
	"testing"

	"sallyport/internal/store"
)

// testerKey marks the requests of who tries a text.
type testerKey struct{}

// trial serves one page in a text that waits.
type trial struct {
	Texts
	title string
	text  store.Digest
}

func (t trial) Serve(ctx context.Context, pages []store.Page) ([]store.Page, error) {
	served, err := t.Texts.Serve(ctx, pages)
	for i := range served {
		if served[i].Title == t.title {
			served[i].Digest = t.text
		}
	}
	return served, err
}

// tests lets whoever asks with the context that is returned try a text of a page.
func (w *world) tests(r *readers, title, text string) context.Context {
	w.reg.trying = func(ctx context.Context, id int64) (Texts, error) {
		if ctx.Value(testerKey{}) == nil {
			return nil, nil
		}
		return trial{r.of(id), title, store.DigestOf(text)}, nil
	}
	return context.WithValue(w.Context(), testerKey{}, true)
}

// closed is a gadget as somebody's pages get it.
func (w *world) closed(ctx context.Context, id int64) *Gadget {
	w.Helper()
	all, err := w.reg.Closure(ctx, []*Gadget{w.get(id)})
	w.must(err)
	return all[len(all)-1]
}

func (w *world) textOf(g *Gadget) string {
	w.Helper()
	files, err := w.reg.Inputs(w.Context(), g)
	w.must(err)
	return files[0].Text
}

func TestWhoTriesATextOfAGadgetGetsItAndNobodyElseDoes(t *testing.T) {
	w, r, id := reviewedWorld(t)
	const text = "/* new */"
	w.save("Mara", "User:Mara/doit.js", text)
	w.catchUp()
	w.runs(id, "/* doit */")
	tester := w.tests(r, "User:Mara/doit.js", text)
	mine, theirs := w.closed(tester, id), w.closed(t.Context(), id)
	if w.textOf(mine) != text || !mine.Tried || mine.Kept == "" || w.textOf(theirs) != "/* doit */" || theirs.Tried || theirs.Kept != "" {
		t.Fatalf("the tester has %q of %+v, everybody %q", w.textOf(mine), mine, w.textOf(theirs))
	}
	again, err := w.reg.Kept(tester, id, mine.Kept)
	if err != nil || w.textOf(again) != text {
		t.Errorf("its address answers the tester with %v", err)
	}
	if _, err := w.reg.Kept(t.Context(), id, mine.Kept); !errors.Is(err, ErrNotFound) {
		t.Errorf("its address answers others, with %v", err)
	}
	w.runs(id, "/* doit */")
	w.approve(r, "User:Mara/doit.js", text)
	if g := w.closed(tester, id); g.Tried || g.Kept != "" {
		t.Errorf("when everybody has it, it has an address of its own: %+v", g)
	}
	if _, err := w.reg.Kept(tester, id, mine.Kept); !errors.Is(err, ErrNotFound) {
		t.Errorf("afterwards its address answers: %v", err)
	}
}

func TestADefinitionIsTriedWithoutBeingKept(t *testing.T) {
	w, r, id := reviewedWorld(t)
	more := `{"description":"Does more","module":{"pages":["/doit.js","/more.js"]}}`
	w.save("Mara", "User:Mara/more.js", "/* more */")
	w.save("Mara", "User:Mara/doit.gadget", more)
	w.catchUp()
	r.fine[store.DigestOf("/* more */")] = true
	tester := w.tests(r, "User:Mara/doit.gadget", more)
	if g := w.closed(tester, id); len(g.Files) != 2 || g.Def.Description != "Does more" || g.Problem != "" {
		t.Errorf("the tester has %+v", g)
	}
	w.reg.ReviewsChanged()
	if g := w.get(id); len(g.Files) != 1 || g.Def.Description != "" {
		t.Errorf("everybody has %+v", g)
	}
	if rows, err := w.reg.store.Gadgets(t.Context(), w.reg.Site.ID, []int64{id}); err != nil || len(rows[id].Files) != 1 {
		t.Errorf("%+v is kept (%v)", rows[id], err)
	}
}

func TestWhatCannotBeTriedLeavesWhatEverybodyHas(t *testing.T) {
	w, r, id := reviewedWorld(t)
	tester := w.tests(r, "User:Mara/doit.js", "/* a text that is not kept */")
	w.reg.trying = func(context.Context, int64) (Texts, error) { return nil, errors.New("down") }
	if g := w.closed(tester, id); g.Tried || w.textOf(g) != "/* doit */" {
		t.Errorf("the tester has %+v", g)
	}
}
