package dossier

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
	"sallyport/internal/store"
	"sallyport/internal/trace"
)

// Analyses is the part of a [store.Store] that knows what analyses said.
type Analyses interface {
	Results(ctx context.Context, wiki string, d store.Digest) ([]store.Result, error)
	FailuresOf(ctx context.Context, wiki string, d store.Digest) ([]store.Failure, error)
}

// The states of an analysis of a text.
const (
	Done  = "done"
	Waits = "waits" // or is under way, or nobody has asked for it
	Aside = "aside" // nobody tries again unless asked to
)

// Half is how things stand with one analysis of a text.
type Half struct {
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"` // why it was set aside
	Made    time.Time `json:"-"`                // of the result, or when it was set aside
	Version string    `json:"version,omitempty"`
	Tier    string    `json:"tier,omitempty"`
	Body    string    `json:"-"` // of the result, JSON
}

// Known is what analyses said of a text as a page's.
type Known struct {
	Read, Run Half
	Script    *finding.Script // nil unless Read is done
	Report    *trace.Report   // nil unless Run is done
	Isolation string          // level that kept the run in
}

// Read asks for the newest results of a text. title is the page's as people read it.
func Read(ctx context.Context, from Analyses, wiki, title string, d store.Digest) (*Known, error) {
	results, err := from.Results(ctx, wiki, d)
	if err != nil {
		return nil, err
	}
	failures, err := from.FailuresOf(ctx, wiki, d)
	if err != nil {
		return nil, err
	}
	k := &Known{Read: halfOf("scan", title, results, failures), Run: halfOf("detonate", title, results, failures)}
	if k.Read.Body != "" {
		k.Script = &finding.Script{}
		if err := json.Unmarshal([]byte(k.Read.Body), k.Script); err != nil {
			return nil, fmt.Errorf("read the scan of %s: %w", title, err)
		}
	}
	return k, k.readRun(title)
}

func (k *Known) readRun(title string) error {
	if k.Run.Body == "" {
		return nil
	}
	var document struct {
		Isolation string
		Runs      []*trace.Report
	}
	if err := json.Unmarshal([]byte(k.Run.Body), &document); err != nil {
		return fmt.Errorf("read the run of %s: %w", title, err)
	}
	if len(document.Runs) > 0 && document.Runs[0] != nil {
		k.Report, k.Isolation = document.Runs[0], document.Isolation
	}
	return nil
}

// halfOf finds the newest result of a kind, else why there is none. A result belongs to a page: what a script may do depends on
// whose it is.
func halfOf(kind, title string, results []store.Result, failures []store.Failure) Half {
	here := func(j store.Job) bool { return j.Kind == kind && (j.Path == title || j.Path == "") }
	if i := slices.IndexFunc(results, func(r store.Result) bool { return here(r.Job) }); i >= 0 {
		r := results[i]
		return Half{State: Done, Made: r.Made, Version: r.Version, Tier: r.Tier, Body: r.Body}
	}
	if i := slices.IndexFunc(failures, func(f store.Failure) bool { return here(f.Job) }); i >= 0 {
		f := failures[i]
		return Half{State: Aside, Made: f.Failed, Version: f.Version, Tier: f.Tier, Reason: f.Reason}
	}
	return Half{State: Waits}
}

// Capabilities are those of both halves, joined. What no analysis could read is opaque.
func (k *Known) Capabilities() capability.Set {
	var read, ran []capability.Capability
	if k.Script != nil {
		read = k.Script.Capabilities
	} else if k.Read.State == Aside {
		read = []capability.Capability{{Name: capability.Opaque, Certainty: capability.Likely}}
	}
	if k.Report != nil {
		for _, c := range k.Report.Capabilities {
			ran = append(ran, c.Capability)
		}
	}
	return trace.Join(read, ran)
}

// subject is what is judged.
func (k *Known) subject(facts risk.Facts) risk.Subject {
	s := risk.Subject{Read: k.Script, Facts: facts}
	if k.Report != nil {
		s.Run = k.Report.Script("")
	}
	return s
}

func (k *Known) key(title string, d store.Digest, facts risk.Facts) risk.Key {
	mark := func(h Half) string {
		if h.State != Done {
			return ""
		}
		return h.Version + h.Made.UTC().Format(time.RFC3339Nano)
	}
	return risk.Key{Path: title, SHA256: string(d), Read: mark(k.Read), Run: mark(k.Run), Facts: facts}
}
