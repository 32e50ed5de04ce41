package narrow

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/npmtest"
)

var wikiPage = csp.ParseAddress("https://wiki.example/")

const askEvaluator = `
	const dir = process.argv[1];
	const {CspParser} = require(dir + "/dist/parser.js"), {CspEvaluator} = require(dir + "/dist/evaluator.js"), {Type} = require(dir + "/dist/finding.js");
	const {Version} = require(dir + "/dist/csp.js");
	let text = "";
	process.stdin.on("data", d => text += d).on("end", () => {
		console.log(JSON.stringify(JSON.parse(text).map(policy => new CspEvaluator(new CspParser(policy).csp, Version.CSP3).evaluate()
			.map(f => ({type: Type[f.type], severity: f.severity, directive: f.directive, value: f.value || "", says: f.description})))));
	});`

// evaluated is a finding of csp_evaluator.
type evaluated struct {
	Type, Directive, Value, Says string
	Severity                     int
}

// ours are the codes that say what a finding of csp_evaluator says.
func (e evaluated) ours() []string {
	const high = 10
	where := map[string][]string{
		"object-src": {"object", "object-list"}, "base-uri": {"base"},
		"script-src": {"no-script-src", "eval", "any-script", "data-script"}, "default-src": {"any-script", "data-script"},
		"script-src-elem": {"any-script", "data-script"},
	}
	switch e.Type {
	case "MISSING_DIRECTIVES", "PLAIN_URL_SCHEMES", "PLAIN_WILDCARD":
		return append(where[e.Directive], "http")
	case "SCRIPT_ALLOWLIST_BYPASS":
		switch {
		case e.Value == "'self'":
			return []string{"self", "strict-dynamic-alone", "any-script"}
		case e.Severity == high:
			return []string{"bypass", "any-script"}
		}
		return []string{"allowlist", "open-hosting"}
	}
	return map[string][]string{
		"MISSING_SEMICOLON": {"missing-semicolon"}, "UNKNOWN_DIRECTIVE": {"unknown-directive"}, "DEPRECATED_DIRECTIVE": {"unknown-directive"},
		"INVALID_KEYWORD":      {"missing-quotes", "unknown-keyword"},
		"SCRIPT_UNSAFE_INLINE": {"inline"}, "SCRIPT_UNSAFE_EVAL": {"eval"}, "SCRIPT_UNSAFE_HASHES": {"unsafe-hashes"},
		"OBJECT_ALLOWLIST_BYPASS": {"object", "object-list"}, "NONCE_LENGTH": {"short-nonce"}, "NONCE_CHARSET": {"nonce-letters", "short-nonce"},
		"IP_SOURCE": {"ip"}, "SRC_HTTP": {"http", "any-script"}, "STRICT_DYNAMIC": {"allowlist"}, "STRICT_DYNAMIC_NOT_STANDALONE": {"strict-dynamic-alone"},
		"UNSAFE_INLINE_FALLBACK": {"no-inline-fallback"}, "ALLOWLIST_FALLBACK": {"no-host-fallback"},
		"REQUIRE_TRUSTED_TYPES_FOR_SCRIPTS": {"no-trusted-types"}, "REPORTING_DESTINATION_MISSING": {"no-reports"},
	}[e.Type]
}

// words are what policies are made of here.
var words = strings.Fields(`'self' 'none' 'unsafe-inline' 'unsafe-eval' 'unsafe-hashes' 'strict-dynamic' 'nonce-abc' 'nonce-rAnd0mNumb3rOf22Letters' 'wasm-unsafe-eval'
	'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' * https: http: data: blob: wss: cdn.example *.cdn.example https://cdn.example/lib/ http://cdn.example
	unpkg.com cdn.jsdelivr.net ajax.googleapis.com *.google.com www.googletagmanager.com cdnjs.cloudflare.com/ajax/libs/angular.js/1.5.0/angular.min.js
	127.0.0.1 10.1.2.3 none self unsafe-inline script-src *.workers.dev tool.toolforge.org`)

var names = strings.Fields(`default-src script-src script-src script-src script-src-elem script-src-attr style-src img-src connect-src object-src base-uri
	form-action frame-ancestors report-uri worker-src foo-src reflected-xss prefetch-src require-trusted-types-for`)

func randomPolicy(r *rand.Rand) string {
	var list []string
	for range 1 + r.IntN(6) {
		d := names[r.IntN(len(names))]
		switch d {
		case "report-uri":
			d += " /r"
		case "require-trusted-types-for":
			d += " 'script'"
		default:
			for range r.IntN(5) {
				d += " " + words[r.IntN(len(words))]
			}
		}
		list = append(list, d)
	}
	return strings.Join(list, "; ")
}

func evaluate(t *testing.T, policies []string) [][]evaluated {
	t.Helper()
	dir := npmtest.Package(t, "csp_evaluator", "1.1.8")
	in, err := json.Marshal(policies)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "-e", askEvaluator, dir)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.CombinedOutput()
	var all [][]evaluated
	if err != nil || json.Unmarshal(out, &all) != nil || len(all) != len(policies) {
		t.Fatalf("%v: %.2000s", err, out)
	}
	return all
}

// What Google's csp_evaluator says about a policy is said here too, in other words.
func TestWhateverTheEvaluatorSeesIsSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var policies []string
	for range 1000 {
		policies = append(policies, randomPolicy(r))
	}
	total, missed := 0, 0
	for i, findings := range evaluate(t, policies) {
		set, problems := csp.ParseHeader(policies[i])
		got := Judge(set, problems, wikiPage).Weaknesses
		for _, f := range findings {
			total++
			if want := f.ours(); !slices.ContainsFunc(got, func(w Weakness) bool { return slices.Contains(want, w.Code) }) && !excused(f, set) {
				if missed++; missed <= 20 {
					t.Errorf("%s\n\t%+v", policies[i], f)
				}
			}
		}
	}
	t.Logf("%d findings of csp_evaluator about %d policies, %d not seen here", total, len(policies), missed)
}

// excused says that no browser would do what a finding warns of, as package csp has it, whose answers are Chromium's.
func excused(f evaluated, set csp.Set) bool {
	p := &csp.Policy{}
	if len(set) > 0 {
		p = set[0]
	}
	d := p.Find(f.Directive)
	source, _ := csp.ParseSource(f.Value)
	addresses := []string{"PLAIN_URL_SCHEMES", "PLAIN_WILDCARD", "SCRIPT_ALLOWLIST_BYPASS", "SRC_HTTP", "STRICT_DYNAMIC"}
	governs := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return p.Governing(name) == d })
	}
	switch {
	case f.Type == "IGNORED": // they say so themselves
		return true
	case f.Type == "MISSING_DIRECTIVES":
		return !set.Allows(csp.Request{Kind: csp.Object, URL: csp.ParseAddress("https://x.invalid/"), Page: wikiPage}).Allowed
	case d == nil, f.Value != "" && !d.Has(source): // browsers ignore the directive, or the source in it
		return true
	case f.Directive == "base-uri" && f.Value == "data:": // HTML, "set the frozen base URL", takes no such base
		return true
	case f.Type == "SCRIPT_UNSAFE_EVAL":
		return !governs("script-src")
	case f.Type == "SCRIPT_UNSAFE_INLINE":
		return !governs("script-src-elem", "script-src-attr")
	case f.Directive == "script-src-attr": // addresses mean nothing to handlers
		return slices.Contains(addresses, f.Type)
	case strings.HasPrefix(f.Directive, "script-src"), f.Directive == "default-src":
		return slices.Contains(addresses, f.Type) && !governs("script-src-elem") || f.Type == "OBJECT_ALLOWLIST_BYPASS" // of Flash
	}
	return false
}
