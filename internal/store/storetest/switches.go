package storetest

import (
	"sync/atomic"
	"time"

	"sallyport/internal/store"
)

func (s subject) off(target string, second int) store.Switch {
	return store.Switch{Wiki: s.wiki, Kind: "host", Target: target, Title: "User:Mára/x.js", Reason: "sends passwords “away”", By: "Ira", At: after(second)}
}

func (s subject) switchOff(w store.Switch) store.Switch {
	s.t.Helper()
	id, first, err := s.AddSwitch(s.ctx, w, store.Entry{At: w.At, Kind: "switch off", Body: `{}`})
	s.ok(err)
	s.equal("first", first, true)
	w.ID = id
	return w
}

func (s subject) switchOn(w store.Switch, second int) (store.Switch, bool) {
	s.t.Helper()
	w.Ended, w.EndedBy, w.EndedWhy = after(second), "Noor", "looked"
	first, err := s.EndSwitch(s.ctx, w, store.Entry{At: w.Ended, Kind: "switch on", Body: `{}`})
	s.ok(err)
	return w, first
}

// switches is what is off on a wiki.
func switches() []behaviour {
	return []behaviour{
		{"what is switched off is listed until it is switched on, and remembered after", func(s subject) {
			a, b := s.switchOff(s.off("a.test", 1)), s.switchOff(s.off("b.test", 2))
			all := s.off("", 3)
			all.Kind = "all"
			all = s.switchOff(all)
			got, err := s.SwitchedOff(s.ctx, s.wiki)
			s.ok(err)
			s.equal("off", got, []store.Switch{a, b, all})
			b, first := s.switchOn(b, 9)
			s.equal("first", first, true)
			got, err = s.SwitchedOff(s.ctx, s.wiki)
			s.ok(err)
			s.equal("off then", got, []store.Switch{a, all})
			last, err := s.LastSwitches(s.ctx, s.wiki, 2)
			s.ok(err)
			s.equal("last", last, []store.Switch{all, b})
			one, err := s.Switch(s.ctx, s.wiki, b.ID)
			s.ok(err)
			s.equal("one", one, b)
			_, err = s.Switch(s.ctx, "another.example", b.ID)
			s.missing("of another wiki", err)
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("lines of the log", len(log), 4)
		}},
		{"what is off already stays as it is, and so does what is on already", func(s subject) {
			a := s.switchOff(s.off("a.test", 1))
			again := a
			again.Reason, again.By = "another", "Noor"
			id, first, err := s.AddSwitch(s.ctx, again, store.Entry{At: after(2), Kind: "switch off", Body: `{}`})
			s.ok(err)
			s.equal("first", first, false)
			s.equal("id", id, a.ID)
			got, err := s.SwitchedOff(s.ctx, s.wiki)
			s.ok(err)
			s.equal("off", got, []store.Switch{a})
			ended, _ := s.switchOn(a, 3)
			_, first = s.switchOn(a, 4)
			s.equal("second to switch on", first, false)
			one, err := s.Switch(s.ctx, s.wiki, a.ID)
			s.ok(err)
			s.equal("as the first left it", one, ended)
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("lines of the log", len(log), 2)
			s.equal("off again as another", s.switchOff(s.off("a.test", 5)).ID != a.ID, true)
		}},
		{"of many who switch the same off at once one does, and different things do not get in each other's way", func(s subject) {
			var won atomic.Int32
			s.together(6, func(i int) error {
				w := s.off("a.test", i)
				if i >= 4 {
					w.Target = string(rune('a'+i)) + ".test"
				}
				_, first, err := s.AddSwitch(s.ctx, w, store.Entry{At: w.At, Kind: "switch off", Body: `{}`})
				if first {
					won.Add(1)
				}
				return err
			})
			s.equal("switched off", won.Load(), int32(3))
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("lines of the log", len(log), 3)
		}},
		{"a switch without a reason, a kind or a time is refused", func(s subject) {
			for what, change := range map[string]func(*store.Switch){
				"reason": func(w *store.Switch) { w.Reason = "" }, "kind": func(w *store.Switch) { w.Kind = "" },
				"time": func(w *store.Switch) { w.At = time.Time{} }, "target": func(w *store.Switch) { w.Target = "x\x00" },
			} {
				w := s.off("a.test", 1)
				change(&w)
				_, _, err := s.AddSwitch(s.ctx, w)
				s.refused(what, err)
			}
		}},
	}
}
