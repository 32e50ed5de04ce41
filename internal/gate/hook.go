package gate

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/js"
)

// Turn says how a condition is forced.
type Turn struct {
	To    bool
	Value string // for a switch: the source of the case to take, one of [Gate.Cases]
	Once  bool   // the first time only: for loops, which would not end otherwise
}

// TurnOf is the turn that leads on at a gate.
func TurnOf(g Gate) Turn {
	t := Turn{To: g.Want, Once: g.Form == Loop}
	if len(g.Cases) > 0 {
		t.Value = g.Cases[0]
	}
	return t
}

// Hook is what rewritten text is passed through.
type Hook struct {
	Name  string
	Turns map[int]Turn
	// Report is an expression that gives a function, or "": it is called with the number of a gate the first time it is really turned,
	// and with the number of a function, below zero, before it is called.
	Report string
	// Calls is the type of an event of the window at which functions that were handed over are called, each once, as if somebody had
	// wanted it, with things that can be anything; "" for none.
	Calls string
}

// Script is JavaScript that defines a hook: it gives back what it is given, but for the conditions that are turned. It
// has to run before the rewritten text in every realm where that runs, workers included, and keeps no reference to what a
// script can replace.
func (h *Hook) Script() string {
	var b strings.Builder
	for _, n := range slices.Sorted(maps.Keys(h.Turns)) {
		t := h.Turns[n]
		value := "undefined"
		if isLiteral(t.Value) {
			value = t.Value
		}
		fmt.Fprintf(&b, "\tif(n===%d&&!(%t&&used[n])&&turned(n,v,%t,%s))return %s;\n", n, t.Once, t.To, value, turnedTo(t.To, value))
	}
	calls := ""
	if h.Calls != "" {
		b.WriteString("\tif(n<0)keep(n,v,members);\n")
		calls = strings.Replace(callScript, "/* EVENT */ ''", strconv.Quote(h.Calls), 1)
	}
	return fmt.Sprintf(`(function(){"use strict";
var used={__proto__:null},report=%s;
function turned(n,v,to,value){
	var same=value===undefined?!v===!to:v===value;
	if(same)return false;
	if(!used[n]){used[n]=true;if(report)report(n)}
	return true
}
%sObject.defineProperty(globalThis,%q,{value:function(n,v,members){
%s	return v
}})})();
`, cmp.Or(h.Report, "null"), calls, h.Name, b.String())
}

// callScript keeps functions and calls them.
//
//go:embed call.js
var callScript string

func turnedTo(to bool, value string) string {
	if value != "undefined" {
		return value
	}
	return fmt.Sprint(to)
}

// isLiteral lets through what is one string or number and nothing else: it goes into a script of ours.
func isLiteral(source string) bool {
	s := js.ParseExpression([]byte(source))
	return s.Root != 0 && (s.Kind(s.Root) == js.String || s.Kind(s.Root) == js.Number)
}
