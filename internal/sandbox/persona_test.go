package sandbox

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// forgetful is a wiki that takes everybody for a stranger.
type forgetful struct{ decoy.Source }

func (f forgetful) Serve(w http.ResponseWriter, r *http.Request, as decoy.Look) {
	as.Persona = ""
	f.Source.Serve(w, r, as)
}

func TestARunThatWasShownToSomebodyElseSaysNothing(t *testing.T) {
	proof := proofFor(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	people := decoy.People("Abcdef", now)
	wiki, err := decoy.Seeded(people, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{
		Tier: Quick, Browser: browser.Options{Proof: proof}, Snapshot: forgetful{decoy.NewPretend(wiki)}, People: people, Now: now,
		Until: func(r *trace.Report) bool { return r.Visits.Runs > 1 },
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(context.Background(), Script{Path: "x.js", Text: "mw.log( 1 );"})
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, e := range r.Log.Of(trace.Limit) {
		said += e.Data.Text + "; "
	}
	if r.Report.Verdict != trace.Unknown || !strings.Contains(said, "the page was shown to") {
		t.Errorf("%s: %s", r.Report.Verdict, said)
	}
}
