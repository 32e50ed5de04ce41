package incident

import (
	"context"
	"testing"
	"time"

	"sallyport/internal/wiki"
)

func TestWhatIsServedToAccountsThatHoldPowerIsRemembered(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	site := &wiki.Site{ID: "w", Namespaces: map[int]wiki.Namespace{0: {}, 2: {ID: 2, Name: "User", Canonical: "User", Subpages: true}}}
	g := &Guard{Breaker: New(Settings{}, now), Site: site, Now: func() time.Time { return now }, Usage: NewUsage(10, now)}
	page := wiki.Title{NS: wiki.NSUser, Key: "Mara/a_b.js"}
	for _, u := range []wiki.User{{ID: 1, Name: "Ira", Rights: []string{"edit", "editsitejs"}}, {ID: 2, Name: "Ann", Rights: []string{"edit"}}, {Rights: []string{"block"}}} {
		g.Served(t.Context(), Session{1}, u, Part{Pages: []wiki.Title{page}}, Sketch{})
	}
	if got := g.Usage.Loads(1, now); len(got) != 1 || got[0] != "User:Mara/a_b.js" {
		t.Errorf("Ira was served %q", got)
	}
	if rows := g.Usage.Rows(); len(rows) != 1 {
		t.Errorf("remembered: %+v", rows)
	}
	text := func(context.Context) (string, error) { return "old();", nil }
	stays := Part{Module: "ext.usergadget.p1@set", Pages: []wiki.Title{page}, Sources: []Source{{Title: page, Key: "k", Rev: 7, Text: text}}}
	g.Served(t.Context(), Session{1}, wiki.User{ID: 3, Name: "Bo", Rights: []string{"block"}}, stays, Sketch{})
	if got := g.Usage.Loads(3, now); len(got) != 1 || got[0] != "User:Mara/a_b.js@7" {
		t.Errorf("Bo, who stays on an earlier text, was served %q", got)
	}
}
