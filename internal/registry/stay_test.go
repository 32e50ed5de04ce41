package registry

import (
	"context"
	"errors"
	"testing"

	"sallyport/internal/store"
	"sallyport/internal/switches"
)

// on is one gadget on somebody's list.
func (w *world) on(user string, id int64) Enabled {
	w.Helper()
	who, err := w.reg.User(w.Context(), user)
	w.must(err)
	list, err := w.reg.Enabled(w.Context(), who)
	w.must(err)
	for _, e := range list {
		if e.Choice.Gadget == id {
			return e
		}
	}
	w.Fatalf("%s does not have gadget %d on", user, id)
	return Enabled{}
}

// text is what the first file of somebody's gadget says.
func (w *world) text(user string, id int64) string {
	w.Helper()
	e := w.on(user, id)
	if e.Gadget == nil || e.State != On {
		return "state " + string(e.State)
	}
	return w.inputs(e.Gadget)[0].Text
}

func (w *world) userID(name string) int64 {
	w.Helper()
	who, err := w.reg.User(w.Context(), name)
	w.must(err)
	return who.UserID
}

func TestWhoStaysRunsTheTextsTheyAcceptedAndNobodyElseDoes(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	noor, ira := w.userID("Noor"), w.userID("Ira")
	w.must(w.reg.SwitchOn(t.Context(), noor, id))
	w.must(w.reg.SwitchOn(t.Context(), ira, id))
	w.save("Mara", "User:Mara/doit.js", "/* new */")
	w.catchUp()
	w.must(w.reg.Stay(t.Context(), noor, id))
	if a, b := w.text("Noor", id), w.text("Ira", id); a != "/* doit */" || b != "/* new */" {
		t.Errorf("Noor runs %q, Ira %q", a, b)
	}
	stay := w.on("Noor", id).Stay
	if stay == nil || stay.State != On || w.inputs(stay.Newest)[0].Text != "/* new */" {
		t.Errorf("what she misses: %+v", stay)
	}
	w.must(w.reg.Accept(t.Context(), noor, id, SetOf(w.get(id))))
	if got := w.text("Noor", id); got != "/* new */" || w.on("Noor", id).Stay != nil {
		t.Errorf("after taking the new one she runs %q", got)
	}
}

func TestAStayOutlivesThePageAndItsOwner(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	other := w.gadget("Mara", "more", `"pages":["/more.js"]`)
	noor := w.userID("Noor")
	for _, one := range []int64{id, other} {
		w.must(w.reg.SwitchOn(t.Context(), noor, one))
		w.must(w.reg.Stay(t.Context(), noor, one))
	}
	w.must(w.wiki.Move("User:Mara/doit.gadget", "User:Stranger/doit.gadget", "Mara", true))
	w.save("Stranger", "User:Stranger/doit.gadget", `{"module":{"pages":["/mine.js"]}}`)
	w.save("Stranger", "User:Stranger/mine.js", "/* mine */")
	w.must(w.wiki.Delete("User:Mara/more.gadget", "Ira"))
	w.must(w.wiki.Delete("User:Mara/more.js", "Ira"))
	w.catchUp()
	if got, state := w.text("Noor", id), w.on("Noor", id).Stay.State; got != "/* doit */" || state != Moved {
		t.Errorf("moved: she runs %q, the newest is %s", got, state)
	}
	if got, stay := w.text("Noor", other), w.on("Noor", other).Stay; got != "/* more */" || stay.State != Gone || stay.Newest != nil {
		t.Errorf("deleted: she runs %q, the newest is %+v", got, stay)
	}
	w.must(w.reg.Accept(t.Context(), noor, id, SetOf(w.get(id))))
	if got := w.text("Noor", id); got != "/* mine */" {
		t.Errorf("after taking the stranger's she runs %q", got)
	}
}

func TestNobodyAcceptsWhatTheyWereNotShown(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	noor := w.userID("Noor")
	w.must(w.reg.SwitchOn(t.Context(), noor, id))
	shown := SetOf(w.get(id))
	w.save("Mara", "User:Mara/doit.js", "/* newer */")
	w.catchUp()
	if err := w.reg.Accept(t.Context(), noor, id, shown); !errors.Is(err, ErrChanged) {
		t.Errorf("accepting what was there before: %v", err)
	}
	if err := w.reg.Accept(t.Context(), w.userID("Ira"), id, SetOf(w.get(id))); !errors.Is(err, ErrNotFound) {
		t.Errorf("accepting what is not on: %v", err)
	}
	w.must(w.reg.SwitchOff(t.Context(), noor, id))
	if err := w.reg.Stay(t.Context(), noor, id); !errors.Is(err, ErrNotFound) {
		t.Errorf("staying on what is off: %v", err)
	}
}

func TestASetNobodyStaysOnIsNotServed(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	noor := w.userID("Noor")
	w.must(w.reg.SwitchOn(t.Context(), noor, id))
	set := SetOf(w.get(id))
	for what, s := range map[string]store.Digest{"accepted only": set, "of something else": w.get(id).Row.Digest} {
		if _, err := w.reg.Kept(t.Context(), id, s); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.must(w.reg.Stay(t.Context(), noor, id))
	if g, err := w.reg.Kept(t.Context(), id, set); err != nil || g.Kept != set || SetOf(g) != set {
		t.Errorf("%+v, %v", g, err)
	}
	if _, err := w.reg.Kept(t.Context(), id+1, set); !errors.Is(err, ErrNotFound) {
		t.Errorf("as another gadget: %v", err)
	}
	w.must(w.reg.SwitchOff(t.Context(), noor, id))
	if _, err := w.reg.Kept(t.Context(), id, set); !errors.Is(err, ErrNotFound) {
		t.Errorf("after switching off: %v", err)
	}
}

func TestAStayCountsWhereAnotherGadgetNeedsIt(t *testing.T) {
	w := newWorld(t)
	kit := w.gadget("Mara", "kit", `"pages":["/kit.js"]`)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"],"dependencies":["User:Mara/kit.gadget"]`)
	noor := w.userID("Noor")
	w.must(w.reg.SwitchOn(t.Context(), noor, kit))
	w.must(w.reg.Stay(t.Context(), noor, kit))
	w.save("Mara", "User:Mara/kit.js", "/* new kit */")
	w.catchUp()
	all, err := w.reg.ClosureFor(t.Context(), []*Gadget{w.get(id)}, []*Gadget{w.on("Noor", kit).Gadget})
	w.must(err)
	if len(all) != 2 || w.inputs(all[0])[0].Text != "/* kit */" {
		t.Errorf("%d gadgets, the first with %+v", len(all), w.inputs(all[0]))
	}
}

func TestWhatTheOperatorsSwitchOffIsOffForThoseWhoStayOnItAlone(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	for _, name := range []string{"Noor", "Ira"} {
		w.must(w.reg.SwitchOn(t.Context(), w.userID(name), id))
	}
	w.must(w.reg.Stay(t.Context(), w.userID("Noor"), id))
	w.save("Mara", "User:Mara/doit.js", "/* mended */")
	w.catchUp()
	w.reg.stops = func(_ context.Context, g *Gadget) *switches.Switch {
		if g.Files[0].Page.Digest == store.DigestOf("/* doit */") {
			return &switches.Switch{Reason: "a hole"}
		}
		return nil
	}
	w.reg.Switched()
	if a, b := w.on("Noor", id).State, w.on("Ira", id).State; a != Stopped || b != On {
		t.Errorf("Noor's is %s, Ira's %s", a, b)
	}
	if g, err := w.reg.Kept(t.Context(), id, w.on("Noor", id).Gadget.Kept); err != nil || g.Problem == "" {
		t.Errorf("it is served: %+v, %v", g, err)
	}
}

// lossy is a store that has lost a text.
type lossy struct {
	store.Store
	lost store.Digest
}

func (l lossy) Text(ctx context.Context, d store.Digest) (string, error) {
	if d == l.lost {
		return "", store.ErrNotFound
	}
	return l.Store.Text(ctx, d)
}

func TestAnEarlierTextThatIsLostIsSaid(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js","/more.js"]`)
	w.save("Mara", "User:Mara/more.js", "/* more */")
	w.catchUp()
	w.must(w.reg.SwitchOn(t.Context(), w.userID("Noor"), id))
	definition := w.get(id).Row.Digest
	w.must(w.reg.Stay(t.Context(), w.userID("Noor"), id))
	w.save("Mara", "User:Mara/more.js", "/* newer */")
	w.catchUp()
	kept := w.reg.store
	w.reg.store = lossy{kept, store.DigestOf("/* more */")}
	files := w.on("Noor", id).Gadget.Files
	if files[0].Missing || !files[1].Missing || !files[1].Lost || w.text("Noor", id) != "/* doit */" {
		t.Errorf("%+v", files)
	}
	w.reg.store = lossy{kept, definition}
	w.reg.generation.Add(1)
	if e := w.on("Noor", id); e.State != Broken || e.Gadget.Problem == "" {
		t.Errorf("without the definition it is %s", e.State)
	}
	if err := w.reg.Stay(t.Context(), w.userID("Noor"), id); !errors.Is(err, ErrNothingKept) {
		t.Errorf("staying on it: %v", err)
	}
}
