package e2e

import (
	"encoding/json"
	"time"

	"sallyport/internal/exposure"
	"sallyport/internal/store"
)

// mark is that somebody was served a text within a minute.
type mark struct {
	who    string // empty: not logged in
	minute time.Time
}

func markOf(who string, at time.Time) mark { return mark{who, at.UTC().Truncate(time.Minute)} }

// truth is who was really served a text, and in which minute. An answer over the turn of a minute may count for either; either says so.
func (r *rehearsal) truth(text string) (sure map[mark]bool, either [][2]mark) {
	sure = map[mark]bool{}
	for _, a := range r.got {
		switch from, to := markOf(a.who, a.from), markOf(a.who, a.to); {
		case a.text != text:
		case from == to:
			sure[from] = true
		default:
			either = append(either, [2]mark{from, to})
		}
	}
	return sure, either
}

// exposure asks the program.
func (r *rehearsal) exposure(script string, args ...string) (a exposure.Answer) {
	r.Helper()
	out := r.run(append([]string{"exposure", "--config", r.file, "--format", "json", script}, args...)...)
	if err := json.Unmarshal(out, &a); err != nil {
		r.Fatalf("%v: %s", err, out)
	}
	if a.Missed > 0 || a.Unknown != nil || a.Nameless {
		r.Errorf("%s", out)
	}
	return a
}

// told compares what the program says of a text, minute by minute, with the truth: no more and no less.
func (r *rehearsal) told(title, name string) {
	r.Helper()
	text := texts[name]
	script, kept := title+"@"+string(store.DigestOf(text)), map[mark]bool{}
	for at := r.got[0].from.Truncate(time.Minute); !at.After(time.Now()); at = at.Add(time.Minute) {
		minute := at.UTC().Format(time.RFC3339)
		a := r.exposure(script, "--from", minute, "--to", minute)
		for _, p := range a.People {
			kept[markOf(p.Name, at)] = true
		}
		if a.Nobody != nil {
			kept[markOf("", at)] = true
		}
	}
	sure, either := r.truth(text)
	may := map[mark]bool{}
	for _, e := range either {
		may[e[0]], may[e[1]] = true, true
		if !kept[e[0]] && !kept[e[1]] {
			r.Errorf("of the %s text, not remembered: %v", name, e)
		}
	}
	for m := range sure {
		if !kept[m] {
			r.Errorf("of the %s text, not remembered: %v", name, m)
		}
	}
	for m := range kept {
		if !sure[m] && !may[m] {
			r.Errorf("of the %s text, made up: %v", name, m)
		}
	}
	if len(kept) == 0 {
		r.Errorf("of the %s text nothing is remembered", name)
	}
	r.Logf("of the %s text %d persons' minutes are remembered, which is the truth (%d answers over the turn of a minute)", name, len(kept), len(either))
}
