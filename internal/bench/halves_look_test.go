package bench

import (
	"context"
	"slices"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
	"sallyport/internal/sandbox"
	"sallyport/internal/trace"
)

// looked is what the two halves say of one snippet.
type looked struct {
	snippet
	Read half `json:"read"`
	Run  half `json:"run"`

	Verdict  trace.Verdict `json:"verdict"`
	Coverage float64       `json:"coverage"`
	Runs     int           `json:"runs"`
	Tier     sandbox.Tier  `json:"tier"`
}

// half is what one of them says.
type half struct {
	Rules  []string          `json:"rules"`            // that speak at the weight that counts, worst first
	Forced []string          `json:"forced,omitempty"` // of them, those that saw it only behind a turned condition
	Can    []capability.Name `json:"can"`
}

// read is what the text says. A finding counts when it is high or critical, as in the tests of package rule.
func read(s snippet) half {
	var h half
	script := rule.Analyse("snippet.js", []byte(s.text))
	for _, f := range script.Findings {
		if f.Severity >= finding.High {
			h.Rules = oneMore(h.Rules, f.Rule)
		}
	}
	for _, c := range script.Capabilities {
		h.Can = oneMore(h.Can, c.Name)
	}
	return h
}

// ran is what was seen of it running. A finding counts when it is what makes a script suspicious or hostile: medium.
func ran(r *trace.Report) half {
	var h half
	strongest := map[string]bool{}
	for _, f := range r.Findings {
		if f.Severity >= finding.Medium {
			h.Rules = oneMore(h.Rules, f.Rule)
			strongest[f.Rule] = strongest[f.Rule] || f.Stage != trace.Forced
		}
	}
	for _, name := range h.Rules {
		if !strongest[name] {
			h.Forced = append(h.Forced, name)
		}
	}
	for _, c := range r.Capabilities {
		h.Can = oneMore(h.Can, c.Name)
	}
	return h
}

func oneMore[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// look reads a snippet and runs it. One that is not harmless is run until it is [awake].
func look(ctx context.Context, s snippet, tier sandbox.Tier, proof *browser.Proof) (looked, error) {
	out := looked{snippet: s, Read: read(s), Tier: tier}
	box, err := sandbox.New(sandbox.Options{
		Tier: tier, Windows: 1, Browser: browser.Options{Proof: proof}, Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
		Until: func(r *trace.Report) bool { return !s.harmless() && awake(s, ran(r)) },
	})
	if err != nil {
		return out, err
	}
	r, err := box.Run(ctx, sandbox.Script{Path: "snippet.js", Title: s.title(), Text: s.text})
	if err != nil {
		return out, err
	}
	out.Run, out.Verdict, out.Coverage, out.Runs = ran(r.Report), r.Report.Verdict, r.Report.Coverage, r.Runs
	return out, nil
}

// enough says whether a further look could add nothing: what has to stay silent is looked at once, quickly, and what is not has to be
// found by a thorough look.
func (l *looked) enough() bool {
	return l.Runs > 0 && (l.Tier == sandbox.Standard || l.harmless() || awake(l.snippet, l.Run))
}

// awake says whether what is expected of a hostile snippet was seen without turning a condition; of a sleeping one, anything.
func awake(s snippet, h half) bool {
	if len(s.Expect) == 0 {
		return len(h.Rules) > len(h.Forced)
	}
	return !slices.ContainsFunc(s.Expect, func(want string) bool {
		seen, forced := h.sees(want)
		return !seen || forced
	})
}

// toldAs are the rules with which the sandbox tells a deed for which the reading has another word, or several. "" is any rule: what a
// script waits for, and what an unreadable text hides, is seen when it happens.
var toldAs = map[string][]string{
	"leak":        {"leak", "keys"},
	"mass-action": {"mass-action", "unasked"},
	"random-page": {"mass-action", "unasked", "site-code", "other-code"},
	"dormant":     {""},
	"obfuscation": {""},
}

// sees says whether the running showed what is expected, and whether it did so only behind a turned condition.
func (h half) sees(want string) (seen, forced bool) {
	words := toldAs[want]
	if words == nil {
		words = []string{want}
	}
	forced = true
	for _, name := range h.Rules {
		if words[0] == "" || slices.Contains(words, name) {
			seen = true
			forced = forced && slices.Contains(h.Forced, name)
		}
	}
	return seen, seen && forced
}
