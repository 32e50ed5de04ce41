package story

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
	"sallyport/internal/trace"
)

// ExplainSchema names the form of an [Explanation] as JSON.
const ExplainSchema = "sallyport.explain/1"

// Explanation is what reading and running say together about some scripts.
type Explanation struct {
	Isolation string // see [trace.Document]
	Scripts   []Explained
}

// Explained is one script, read and run.
type Explained struct {
	Path         string          `json:"path"`
	Verdict      trace.Verdict   `json:"verdict"`
	Risk         risk.Assessment `json:"risk"`
	Capabilities []Known         `json:"capabilities"`
	Read         *finding.Script `json:"read"`
	Run          *trace.Report   `json:"run"`
}

// Known is a capability and how it came to be known.
type Known struct {
	capability.Capability
	Sentence string               `json:"sentence"`
	Seen     string               `json:"seen"`            // [trace.SeenStatically], [trace.SeenRunning] or [trace.SeenBoth]
	Read     capability.Certainty `json:"read,omitempty"`  // how sure the text makes it
	Stage    trace.Stage          `json:"stage,omitempty"` // the strongest in which it was seen
}

// Explain puts the two halves together.
func Explain(read *finding.Script, run *trace.Report) Explained {
	e := Explained{Path: run.Path, Verdict: run.Verdict, Capabilities: []Known{}, Read: read, Run: run}
	e.Risk = risk.Score(risk.Subject{Read: read, Run: run.Script("")})
	var ran []capability.Capability
	for _, c := range run.Capabilities {
		ran = append(ran, c.Capability)
	}
	for _, c := range trace.Join(read.Capabilities, ran) {
		e.Capabilities = append(e.Capabilities, known(c, read.Capabilities, run.Capabilities))
	}
	return e
}

// known looks a joined capability up in both halves.
func known(c capability.Capability, read []capability.Capability, ran []trace.Capability) Known {
	k := Known{Capability: c, Sentence: c.Sentence(), Seen: trace.SeenStatically}
	sure := []capability.Certainty{capability.Possible, capability.Likely, capability.Certain}
	for _, r := range read {
		if same(c, r) && slices.Index(sure, r.Certainty) >= slices.Index(sure, k.Read) {
			k.Read = r.Certainty
		}
	}
	for _, r := range ran {
		if same(c, r.Capability) && slices.Index(stages, r.Stage) > slices.Index(stages, k.Stage) {
			k.Stage = r.Stage
		}
	}
	switch {
	case k.Read != "" && k.Stage != "":
		k.Seen = trace.SeenBoth
	case k.Stage != "":
		k.Seen = trace.SeenRunning
	}
	return k
}

// stages, weakest first.
var stages = []trace.Stage{trace.Forced, trace.Clock, trace.Explored, trace.Natural}

// same says whether two are one thing, set off by the same; what is not known of one may be anything.
func same(a, b capability.Capability) bool {
	asked := func(t capability.Trigger) bool { return t == capability.OnClick || t == capability.OnConfirmation }
	return a.Name == b.Name && (a.Target == b.Target || a.Target == "" || b.Target == "") &&
		(a.Trigger == b.Trigger || a.Trigger == "" || b.Trigger == "" || asked(a.Trigger) && asked(b.Trigger))
}

// textSays and runningSays are the two cells of a capability.
func textSays(k Known) string {
	switch {
	case k.Read == "":
		return "–"
	case k.Line > 0:
		return fmt.Sprintf("%s, line %d", k.Read, k.Line)
	}
	return string(k.Read)
}

func runningSays(k Known) string {
	switch k.Stage {
	case "":
		return "–"
	case trace.Forced:
		return "only if turned"
	}
	return "seen"
}

// WriteJSON writes the form that [ExplainSchema] names.
func (e *Explanation) WriteJSON(w io.Writer) error {
	j := json.NewEncoder(w)
	j.SetEscapeHTML(false)
	return j.Encode(struct {
		Schema    string      `json:"schema"`
		Isolation string      `json:"isolation"`
		Scripts   []Explained `json:"scripts"`
	}{ExplainSchema, e.Isolation, append([]Explained{}, e.Scripts...)})
}

// document is the half that was seen running.
func (e *Explanation) document() *trace.Document {
	d := &trace.Document{Isolation: e.Isolation}
	for _, s := range e.Scripts {
		d.Runs = append(d.Runs, s.Run)
	}
	return d
}
