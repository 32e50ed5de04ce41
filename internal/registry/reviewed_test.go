package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/store"
)

// readers decides about texts in memory: of popular gadgets, what was approved is served.
type readers struct {
	popular map[int64]bool
	begun   map[int64]bool
	last    map[string]store.Page // by title: what was approved last
	fine    map[store.Digest]bool
	seen    map[store.Digest]bool
	down    bool
}

func (r *readers) of(id int64) *readersOf { return &readersOf{r, id} }

type readersOf struct {
	*readers
	id int64
}

func (r *readersOf) Serve(_ context.Context, pages []store.Page) ([]store.Page, error) {
	if r.down {
		return nil, errors.New("down")
	}
	served := make([]store.Page, len(pages))
	for i, p := range pages {
		served[i] = p
		if !r.popular[r.id] || p.Digest == "" {
			continue
		}
		r.seen[p.Digest] = true
		if !r.begun[r.id] {
			r.fine[p.Digest], r.last[p.Title] = true, p
		}
		if !r.fine[p.Digest] {
			served[i] = r.last[p.Title]
			served[i].Title = p.Title
		}
	}
	return served, nil
}

func (r *readersOf) Seen(context.Context) error {
	r.begun[r.id] = r.popular[r.id]
	return nil
}

// reviewedWorld has a gadget that is popular, and somebody who approves.
func reviewedWorld(t *testing.T) (*world, *readers, int64) {
	t.Helper()
	w := newWorld(t)
	r := &readers{map[int64]bool{}, map[int64]bool{}, map[string]store.Page{}, map[store.Digest]bool{}, map[store.Digest]bool{}, false}
	w.reg.reviewed = func(_ context.Context, id int64) (Texts, error) { return r.of(id), nil }
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	r.popular[id] = true
	w.switchOn(id)
	return w, r, id
}

func (w *world) approve(r *readers, title, text string) {
	w.Helper()
	pages, err := w.reg.store.Pages(w.Context(), w.reg.Site.ID, []string{title})
	w.must(err)
	p := pages[title]
	if p.Digest != store.DigestOf(text) {
		w.Fatalf("%s has another text", title)
	}
	r.fine[p.Digest], r.last[title] = true, p
	w.reg.ReviewsChanged()
}

func TestOfAPopularGadgetAnEditIsServedOnceItIsApproved(t *testing.T) {
	w, r, id := reviewedWorld(t)
	w.save("Mara", "User:Mara/doit.js", "/* new */")
	w.catchUp()
	w.runs(id, "/* doit */")
	if !r.seen[store.DigestOf("/* new */")] {
		t.Error("reviewers do not see what waits")
	}
	before := w.get(id)
	w.approve(r, "User:Mara/doit.js", "/* new */")
	w.runs(id, "/* new */")
	if w.get(id).Key == before.Key {
		t.Error("what was built of the earlier text would be served again")
	}
}

func TestADefinitionIsServedOnceItIsApprovedAndItsFilesWaitThemselves(t *testing.T) {
	w, r, id := reviewedWorld(t)
	more := `{"description":"Does more","module":{"pages":["/doit.js","/more.js"]}}`
	w.save("Mara", "User:Mara/more.js", "/* more */")
	w.save("Mara", "User:Mara/doit.gadget", more)
	w.catchUp()
	if g := w.get(id); g.Problem != "" || len(g.Files) != 1 || g.Def.Description != "" {
		t.Errorf("before it is approved: %+v", g)
	}
	if !r.seen[store.DigestOf("/* more */")] {
		t.Error("reviewers do not see the file that the definition brings along")
	}
	if ids, err := w.reg.store.GadgetsUsing(t.Context(), w.reg.Site.ID, "User:Mara/more.js"); err != nil || len(ids) > 0 {
		t.Errorf("a page counts as part of %v by a definition that is not served (%v)", ids, err)
	}
	w.approve(r, "User:Mara/doit.gadget", more)
	if g := w.get(id); g.Problem != unapproved("User:Mara/more.js") || w.state(id) != Broken {
		t.Errorf("with a file that nobody approved: %q, %s", g.Problem, w.state(id))
	}
	w.approve(r, "User:Mara/more.js", "/* more */")
	g := w.get(id)
	if g.Problem != "" || len(g.Files) != 2 || g.Row.Description != "Does more" {
		t.Errorf("approved: %+v", g)
	}
	if kept := w.rows(id); kept.Digest != store.DigestOf(more) || len(kept.Files) != 2 {
		t.Errorf("kept is %+v", kept)
	}
	delete(r.fine, store.DigestOf(more))
	r.last["User:Mara/doit.gadget"] = store.Page{}
	w.reg.ReviewsChanged()
	if g := w.get(id); g.Problem != unapproved("User:Mara/doit.gadget") {
		t.Errorf("nothing of the definition is approved: %+v", g)
	}
}

// rows is what the store has of a gadget.
func (w *world) rows(id int64) store.Gadget {
	w.Helper()
	rows, err := w.reg.store.Gadgets(w.Context(), w.reg.Site.ID, []int64{id})
	w.must(err)
	return rows[id]
}

func TestAPageBehindARedirectWaitsToo(t *testing.T) {
	w, r, id := reviewedWorld(t)
	w.save("Mara", "User:Mara/other.js", "/* other */")
	to := `/* #REDIRECT */mw.loader.load("//` + strings.TrimPrefix(w.server.URL, "http://") + `/w/index.php?title=User:Mara/other.js&action=raw&ctype=text/javascript");`
	w.save("Mara", "User:Mara/doit.js", to)
	w.catchUp()
	w.runs(id, "/* doit */")
	if _, leads := Redirect(w.reg.Site, "javascript", to); !leads {
		t.Fatal("this is no redirect")
	}
	w.approve(r, "User:Mara/doit.js", to)
	if g := w.get(id); g.Problem != unapproved("User:Mara/other.js") {
		t.Errorf("%q", g.Problem)
	}
}

func TestWhenItIsNotKnownWhatIsApprovedWhatWasServedGoesOn(t *testing.T) {
	w, r, id := reviewedWorld(t)
	other := w.gadget("Mara", "other", `"pages":["/other.js"]`)
	r.popular[other] = true
	w.runs(id, "/* doit */")
	w.save("Mara", "User:Mara/doit.js", "/* new */")
	w.catchUp()
	r.down = true
	w.reg.ReviewsChanged()
	w.runs(id, "/* doit */")
	w.reg.gadgets.InvalidateAll()
	if g := w.get(id); !strings.Contains(g.Problem, "which of its texts are approved") || len(g.Files) > 0 {
		t.Errorf("with nothing remembered: %q, %d files", g.Problem, len(g.Files))
	}
	r.down = false
	w.runs(id, "/* doit */")
	w.reg.reviewed = func(_ context.Context, one int64) (Texts, error) {
		if one == id {
			return nil, fmt.Errorf("down")
		}
		return r.of(one), nil
	}
	w.reg.gadgets.InvalidateAll()
	if w.get(id).Problem == "" {
		t.Error("it runs though nobody knows whether it is popular")
	}
	w.runs(other, "/* other */")
}

func TestWhoStaysOnEarlierTextsOfAPopularGadgetKeepsThem(t *testing.T) {
	w, r, id := reviewedWorld(t)
	w.must(w.reg.Stay(t.Context(), w.userID("Noor"), id))
	w.save("Mara", "User:Mara/doit.js", "/* new */")
	w.catchUp()
	if stay := w.on("Noor", id).Stay; stay == nil || w.inputs(stay.Newest)[0].Text != "/* doit */" {
		t.Errorf("a text that waits is told as the newest: %+v", stay)
	}
	w.approve(r, "User:Mara/doit.js", "/* new */")
	if stay := w.on("Noor", id).Stay; w.text("Noor", id) != "/* doit */" || w.inputs(stay.Newest)[0].Text != "/* new */" {
		t.Errorf("Noor runs %q", w.text("Noor", id))
	}
}
