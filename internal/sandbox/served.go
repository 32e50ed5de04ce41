package sandbox

import (
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
	if len(v.o.turns) == 0 {
		return out, nil
	}
	made, err := v.u.source.Rewrite(func(g gate.Gate) bool { _, ok := v.o.turns[g.N]; return ok })
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
