// Package pattern reads checks that an operator writes, in the YAML that Semgrep documents, and finds what they describe in a
// parsed script.
//
// [Read] takes rule files apart and lists every mistake and everything it does not support, by name and place: a check that
// is read differently from what its author means is worse than none. What it gives out is a [Set] that knows, for each kind of
// node and each name, which patterns could match there, so that [Set.Match] goes over a script once, however many rules
// there are:
//
//	YAML ─ Read ─┬─ rules: formulas over patterns, conditions on metavariables, sources and sinks
//	             └─ patterns ─ rewritten to JavaScript ─ js.Parse ─ one table by kind and name
//	js.Script, flow.Graph ─ Set.Match ─ hits of patterns ─ formulas of the rules they wake ─ matches
//
// A pattern is JavaScript in which an ellipsis, a metavariable and so on stand as names that nobody uses; see rewrite.
// Names of operators are Semgrep's, and each has a file of its own. Texts, aliases of strings and the way of data come from
// package flow.
package pattern
