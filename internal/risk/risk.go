// Package risk says how dangerous it is to run a script, from 0 to 100, and why.
//
// A score is likelihood × blast radius. The likelihood that running the script does harm comes from evidence: what it can
// do and what sets that off, findings, code it loads that others can change, who keeps it. The radius comes from how many
// run it, with which rights, on how many wikis; it is never below a floor, because who switches it on next is not known.
//
// Each piece of evidence has a weight between 0 and 1 in one table (weights.go), with the reason for it. Weights are
// joined as independent chances are: 1 − ∏(1 − weight). So a score only grows when evidence is added, a worse thing never
// hides behind many small ones, and no number of small ones reaches the end of the scale at once.
//
// The reasons add up. Sorted by weight, each takes its weight's share of what the ones before it left; the points of all
// reasons are the score, exactly. What would lower the score is the same sum again with one piece of evidence changed.
//
// What is not known is no evidence of harmlessness: it has weights of its own, and is listed as [Assessment.Unknown].
//
// Everything here is a function of its arguments: no clock, no network, no files. Findings and capabilities come from
// packages rule and trace in one form, so that reading and running count alike.
package risk

import (
	"math"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

// Schema names the form of assessments as JSON.
const Schema = "sallyport.risk/1"

// Version counts the tables of weights. A score is comparable with another of the same version only.
const Version = 1

// Subject is what is judged. Whatever is missing counts as not known.
type Subject struct {
	Read  *finding.Script // what reading says; nil: nobody has read it
	Run   *finding.Script // what running showed, as trace.Report.Script gives it; nil: it was not run
	Facts Facts
}

// Facts are what is known besides the text. They are comparable, so that they can be part of a cache's key.
type Facts struct {
	Origin   Origin
	Audience Audience
}

// Assessment is a score with its reasons.
type Assessment struct {
	Score      int      `json:"score"` // 0 to 100: 100 × likelihood × radius, rounded
	Level      Level    `json:"level"`
	Likelihood float64  `json:"likelihood"` // 0 to 1
	Radius     float64  `json:"radius"`     // 0 to 1
	Reasons    []Reason `json:"reasons"`    // most points first; the points add up to the score
	Lower      []Relief `json:"lower"`      // what would lower it, most first
	Unknown    []string `json:"unknown"`    // what is not known: reading, running, author, page, keepers, audience
}

// Kind says what sort of thing a reason speaks of.
type Kind string

// Kinds of reasons.
const (
	ByFinding    Kind = "finding"    // Name is the rule
	ByCapability Kind = "capability" // Name is the capability
	ByImport     Kind = "import"     // Name is "import"
	ByOrigin     Kind = "origin"     // Name is one of the Origin… names in names.go
	ByAudience   Kind = "audience"   // Name is one of the Reach… names in names.go
)

// Reason is one line of the sum.
type Reason struct {
	Kind       Kind                   `json:"kind"`
	Name       string                 `json:"name"`
	Says       string                 `json:"says"` // in English; what is quoted in it comes from scripts: whoever shows it escapes it
	Points     int                    `json:"points"`
	Count      int                    `json:"count,omitempty"` // places, imports, people, days or wikis, as Says has it
	Line       int                    `json:"line,omitempty"`  // of the worst place, when there is one
	Capability *capability.Capability `json:"capability,omitempty"`
}

// Relief is something that would lower the score, and the score it would then be. Everything else stays as it is.
type Relief struct {
	Kind   Kind   `json:"kind"`
	Name   string `json:"name"`
	Target string `json:"target,omitempty"` // what to pin
	Do     string `json:"do"`               // in English
	Score  int    `json:"score"`
}

// Score judges a subject. It never fails: what is missing is unknown.
func Score(s Subject) Assessment {
	code, reach := join(s.evidence()), join(s.Facts.Audience.reach())
	a := Assessment{Likelihood: together(code), Radius: radius(together(reach)), Unknown: s.unknown()}
	a.Score = points(a.Likelihood, together(reach))
	a.Level = LevelOf(a.Score)
	parts := share(code, 100*a.Likelihood*leastRadius, nil)
	parts = share(reach, 100*a.Likelihood*(a.Radius-leastRadius), parts)
	a.Reasons = deal(a.Score, parts)
	a.Lower = lower(code, reach, a.Score)
	return a
}

// radius is what a script's reach makes of the likelihood, and points are the score.
func radius(reach float64) float64 { return leastRadius + (1-leastRadius)*reach }

func points(likelihood, reach float64) int { return int(math.Round(100 * likelihood * radius(reach))) }

// unknown lists what is missing, in the order in which it would help most.
func (s *Subject) unknown() []string {
	out := []string{}
	for _, one := range []struct {
		name  string
		known bool
	}{
		{"reading", s.Read != nil}, {"running", s.Run != nil}, {"author", s.Facts.Origin.Author.Known}, {"page", s.Facts.Origin.Page.Known},
		{"keepers", s.Facts.Origin.Keepers.Known}, {"audience", s.Facts.Audience.Known},
	} {
		if !one.known {
			out = append(out, one.name)
		}
	}
	return out
}
