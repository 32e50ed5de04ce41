package sandbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/trace"
)

// finish asks for what is known in the end, and makes the log.
func (v *visit) finish(ctx context.Context, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if v.c.Err() == nil {
		_ = v.order(ctx, map[string]any{"do": "end"}, nil)
	}
	code := &analysed{texts: v.decoy.Scripts(), bodies: v.decoy.Bodies(), stored: v.stored()}
	if v.u != nil {
		code.script, code.sum = v.decoy.ScriptURL(), v.u.sum
		code.original = v.original
		if v.c.Err() == nil && v.out.ran == nil {
			v.cover(ctx)
		}
	}
	ended := v.c.Err()
	closed := v.c.Close()
	if err == nil {
		err = ended
	}
	if err == nil {
		err = closed
	}
	if err == nil {
		err = v.shownToPersona()
	}
	v.out.served = code.texts
	v.out.events = v.log(v.rec.events(code), err)
	v.out.err = err
}

// stored are the texts that were kept for the script before it ran: in the browser, and in preferences.
func (v *visit) stored() []string {
	var out []string
	for _, text := range v.o.storage {
		out = append(out, text)
	}
	for _, text := range v.o.cookies {
		out = append(out, text)
	}
	for _, value := range v.o.options {
		if text, ok := value.(string); ok {
			out = append(out, text)
		}
	}
	return slices.DeleteFunc(out, func(text string) bool { return len(text) <= 8 })
}

// shownToPersona checks that the page was made for whom the run is about: a persona that did not get its groups would see nothing,
// and say that there is nothing.
func (v *visit) shownToPersona() error {
	v.rec.mu.Lock()
	defer v.rec.mu.Unlock()
	p := v.o.persona
	if v.u == nil || !v.rec.started {
		return nil
	}
	if v.rec.shown != p.Name {
		return fmt.Errorf("the page was shown to %q, not to %s", v.rec.shown, p.Key)
	}
	for _, g := range p.Groups {
		if !slices.Contains(v.rec.groups, g) {
			return fmt.Errorf("%s is not in the group %s", p.Key, g)
		}
	}
	return nil
}

// log puts beginning and end around what happened.
func (v *visit) log(events []trace.Event, err error) []trace.Event {
	first := v.firstStage()
	begin := trace.Event{Kind: trace.Begin, Stage: first, Setup: v.o.setup(v.u, v.s.o.Tier)}
	begin.Setup.Isolation = v.level
	out := append([]trace.Event{begin}, events...)
	last := since(v.rec.began)
	stage := v.rec.stageAt(last)
	switch {
	case err == nil:
		data := trace.Data{}
		if v.u != nil {
			data.Count, data.Total, data.Ran = len(v.out.ran), len(v.u.functions), trace.Bits(v.out.ran)
		}
		out = append(out, trace.Event{Kind: trace.End, T: last, Stage: stage, Data: data})
	case !v.saidWhy(events):
		out = append(out, trace.Event{Kind: trace.Limit, T: last, Stage: stage, Data: trace.Data{Name: "ended", Text: err.Error()}})
	}
	for i := range out {
		out[i].Persona, out[i].Page = v.persona(), v.o.page.Name
	}
	return out
}

func (v *visit) saidWhy(events []trace.Event) bool {
	for _, e := range events {
		if e.Kind == trace.Limit && e.Data.Name != "loop" {
			return true
		}
	}
	return false
}

func (v *visit) persona() string { return v.o.persona.Key }
