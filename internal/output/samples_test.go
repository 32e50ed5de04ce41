package output_test

import (
	"strings"

	"sallyport/internal/capability"
	. "sallyport/internal/finding"
	"sallyport/internal/output"
)

const toolText = "\ufeffvar title = mw.config.get( 'wgTitle' );\n" +
	"function show( name ) {\n\t$( '#日本 é' ).html( '<b>' + name ); // 😀 eslint-disable-line\n}\n" +
	"show( title );\n"

func span(l1, c1, l2, c2 int) Span {
	return Span{Start: Position{Line: l1, Column: c1}, End: Position{Line: l2, Column: c2}}
}

// samples are scripts as an analysis and a scan might leave them.
func samples() []*Script {
	minified := strings.Repeat("a=b;", 300) + "eval(location.hash);" + strings.Repeat("c=d;", 300)
	return []*Script{
		{Path: "MediaWiki:Gadget-clean.css", SHA256: strings.Repeat("0", 64), Goal: "css"},
		{
			Path: "User:Mara/tool.js", SHA256: strings.Repeat("1", 64), Goal: "script", Text: toolText,
			Findings: []Finding{{
				Rule: "dom-html", Severity: High, Message: "The page's title becomes HTML.", Advice: "Use .text( name ).",
				Span: span(3, 14, 3, 35), Fingerprint: strings.Repeat("a", 32),
				Flow: []Step{{Span: span(1, 14, 1, 41), Message: "the title is read here"}, {Span: span(8, 1, 8, 5), Message: "a function gives it back", Path: "User:Ira/lib.js"}, {Span: span(3, 29, 3, 33), Message: "it becomes HTML here"}},
			}},
			Capabilities: []capability.Capability{
				{Name: capability.WritePage, Target: "User:*", Certainty: capability.Certain, Trigger: capability.OnLoad, Line: 2},
				{Name: capability.Import, Target: "User:Ira/lib.js", Certainty: capability.Certain, Line: 4},
				{Name: capability.Network, Target: "stats.example", How: "beacon", Certainty: capability.Likely, Line: 5},
				{Name: capability.Network, Target: "stats.example", How: "image", Certainty: capability.Possible},
				{Name: capability.Eval, Certainty: capability.Certain, Through: "User:Ira/lib.js"},
			},
			Others: []Other{{Path: "User:Ira/lib.js", SHA256: strings.Repeat("4", 64)}},
		},
		{
			Path: "https://wiki.example/w/index.php?title=User:Ira/x.js", SHA256: strings.Repeat("2", 64), Goal: "script", Text: minified,
			Findings: []Finding{
				{Rule: "eval", Severity: Critical, Message: "The address of the page is run as code.", Span: span(1, 1201, 1, 1220), Fingerprint: strings.Repeat("b", 32)},
				{Rule: "deprecated", Severity: Note, Message: "Old.", Span: span(1, 1, 1, 2), Document: "text unpacked at 1:1", Known: true, Fingerprint: strings.Repeat("c", 32)},
				{Rule: "sync-xhr", Severity: Low, Message: "Slow.", Span: span(1, 5, 1, 6), Suppressed: &Suppressed{Reason: "until the rewrite", Expires: "2027-01-31"}},
			},
			Capabilities: []capability.Capability{{Name: capability.Network, Target: "stats.example", How: "fetch", Certainty: capability.Certain}},
			Gone:         []Finding{{Rule: "document-write", Severity: Low, Message: "Written over.", Span: span(1, 9, 1, 10), Fingerprint: strings.Repeat("d", 32)}},
		},
		{
			Path: "big.js", SHA256: strings.Repeat("3", 64), Goal: "opaque",
			Findings:     []Finding{{Rule: "opaque", Severity: Medium, Message: "The script is 50 MB long: more than 8 MB are not read."}},
			Capabilities: []capability.Capability{{Name: capability.Opaque, Certainty: capability.Certain}},
		},
	}
}

// nasty is put wherever a stranger chooses the words.
const nasty = "\x1b]0;own\a\x1b[2J\u202e<script>alert(1)</script>\"'`--></style>{{.}}\r\n\u2028\x00\xff\ufeff%3c"

// hostile is a script that is nasty everywhere.
func hostile() *Script {
	return &Script{
		Path: nasty, SHA256: nasty, Goal: nasty, Text: nasty + nasty,
		Findings: []Finding{
			{Rule: nasty, Severity: High, Message: nasty, Advice: nasty, Span: span(1, 3, 1, 40), Flow: []Step{{Span: span(-1, -1, 9, 9), Message: nasty, Path: nasty}}, Fingerprint: nasty},
			{Rule: "r", Message: nasty, Document: nasty, Span: span(1<<40, 1<<40, 1, 1), Suppressed: &Suppressed{Reason: nasty, Expires: nasty}},
			{Rule: "r", Message: "", Span: span(2, 1<<40, 1, 1), Known: true},
		},
		Capabilities: []capability.Capability{
			{Name: capability.Network, Target: nasty, How: nasty, Certainty: nasty, Trigger: nasty, Line: -4, Through: nasty},
			{Name: nasty, Target: nasty},
		},
		Others: []Other{{Path: nasty, SHA256: nasty}},
		Gone:   []Finding{{Rule: nasty, Message: nasty}},
	}
}

func rules() []output.Rule {
	return []output.Rule{
		{Name: "eval", Title: "text is run as code", Doc: "A text can say anything by the time it runs.", Severity: High, CWE: []int{94}},
		{Name: "dom-html", Title: "a stranger's text becomes HTML", Severity: High, CWE: []int{79, 80}},
		{Name: "unused", Severity: Low},
	}
}
