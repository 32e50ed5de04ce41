package sandbox

import (
	"context"
	"fmt"

	"sallyport/internal/decoy"
	"sallyport/internal/gate"
	"sallyport/internal/trace"
)

// script is the text to be served: with conditions passed through the hook when some are to be turned.
func (v *visit) script(secrets *decoy.Secrets) (*decoy.Script, error) {
	out := &decoy.Script{Title: v.u.Title, Text: v.u.Text, After: "\n/* " + secrets.Script + " */"}
	if v.u.wrapped {
		out.Before, out.After = wrapBefore, wrapEnd(v.u.together.requires)+out.After
	}
	if len(v.o.turns)+len(v.o.calls) == 0 {
		return out, nil
	}
	made, err := v.u.source.Rewrite(func(g gate.Gate) bool { _, ok := v.o.turns[g.N]; return ok }, v.o.calls...)
	if err != nil {
		return nil, fmt.Errorf("turn conditions: %w", err)
	}
	v.made = made
	v.rec.turned = v.turnedEvent
	out.Text = made.Text
	return out, nil
}

// original maps a place in the served script to the one that was read.
func (v *visit) original(line, column int) (int, int) {
	if line == 1 && v.u.wrapped {
		column -= len(wrapBefore)
	}
	if v.made != nil {
		return v.made.Original(line, column)
	}
	return line, max(column, 1)
}

// turnedEvent tells of a condition that was turned, at its place in the text as it was read.
func (v *visit) turnedEvent(n int) trace.Event {
	if n < 0 {
		return v.calledEvent(-n)
	}
	if n < 1 || n > len(v.u.gates) {
		return trace.Event{Kind: trace.Gate, Data: trace.Data{Count: n}}
	}
	g := v.u.gates[n-1]
	t := v.o.turns[n]
	to := fmt.Sprint(t.To)
	if t.Value != "" {
		to = t.Value
	}
	return trace.Event{
		Kind: trace.Gate, Script: &trace.Place{URL: v.decoy.ScriptURL(), SHA256: v.u.sum, Line: g.Line, Column: g.Column},
		Data: trace.Data{Text: g.Text, Count: n, Name: to, Class: string(g.Asks), Seen: "hook"},
	}
}

// calledEvent tells of a function that was called though nothing that we did made it run.
func (v *visit) calledEvent(n int) trace.Event {
	e := trace.Event{Kind: trace.Gate, Data: trace.Data{Name: trace.Called, Seen: "hook"}}
	if n < len(v.u.functions) {
		f := v.u.functions[n]
		e.Data.Text = fmt.Sprintf("something that calls the function %s in line %d", f.Name, f.Line)
		if f.Name == "" {
			e.Data.Text = fmt.Sprintf("something that calls the function in line %d", f.Line)
		}
		e.Script = &trace.Place{URL: v.decoy.ScriptURL(), SHA256: v.u.sum, Line: f.Line, Column: f.Column}
	}
	return e
}

// callRest calls what never ran. Whatever it does then it does as if somebody had wanted it: only what is bad even so counts.
func (v *visit) callRest(ctx context.Context) error {
	if len(v.o.calls) == 0 {
		return nil
	}
	v.cover(ctx) // what we call did not run by itself
	v.rec.put(trace.Event{Kind: trace.Press, Data: trace.Data{Name: "functions that never ran", How: trace.HowCall}})
	if err := v.c.Inspect(ctx, "window.dispatchEvent(new Event("+inJSON(v.callEvent)+")), 0", nil); err != nil {
		return err
	}
	return v.pass(ctx, settle)
}
