// Package js reads the texts that wiki pages hold as code: scripts, modules, function bodies, JSON, style sheets, Vue
// files, single expressions. It gives a tree whose names are resolved, with byte offsets, lines and UTF-16 columns, and it
// says plainly what it could not read. It never fails and never panics; limits end in a [Problem].
//
//	bytes ─ decode ─ classify ─┬─ our parser ───────────────┬─ resolve names ─ Script
//	        BOM, UTF-16,       │     └ refuses: fences?      │
//	        bad UTF-8          │                wikitext?    │
//	                           │                esbuild ─────┘ lowers, positions mapped back
//	                           ├─ JSON, CSS, Vue               └ refuses: opaque
//	                           └─ too large: opaque
//
// The parser is our own. The one that was planned, grafana/sobek's, recurses without a limit (a page of 4 MB of open
// parentheses ends the process, and no recover helps), reads 60 MB/s before its tree is turned into ours, and leaves out
// async iteration and the places of imports. This one reads, resolves and keeps comments at some 90 MB/s on one core
// (BenchmarkParse over the corpus), bounds its depth itself, and its trees agree with acorn's in every node, offset and
// value on 4,200 files (TestTreesAgreeWithAcornsNodeByNode). Early errors that change no meaning are let pass:
// Options.CrossCheck asks esbuild, which knows most of them.
//
// A node is a number into one slab of 28-byte records without pointers. Walking it costs no allocation, an analysis keeps
// its own facts in slices by node, and the garbage collector has nothing to follow. [Tree] has an accessor for each
// operand; each answers zero when the node is of another kind:
//
//	s := js.Parse(src, js.Options{Name: "User:Ada/common.js"})
//	s.Walk(s.Root, func(n js.Node) bool {
//		if s.Kind(n) == js.Call && s.Name(s.Callee(n)) == "eval" && s.Bindings[s.Binding(s.Callee(n))].Kind == js.Global {
//			line, column := s.Lines.Position(s.Start(n))
//			…
//		}
//		return true
//	})
//
// Whoever reads many scripts hands the memory of one on to the next with [Script.Release].
//
// Names of kinds are those of ESTree, shortened. Parentheses leave a flag, optional chains a flag on their links;
// functions of every sort are one kind with flags.
package js
