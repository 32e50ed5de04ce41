package cli

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/config"
	"sallyport/internal/incident"
	"sallyport/internal/shelf"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// Common.js becomes a worm. Where texts are approved it is switched off, and the one before goes on; elsewhere nothing would.
func TestAHostileTextOfTheSitesOwnIsSwitchedOffWhereTheOneBeforeIsServed(t *testing.T) {
	const hostile = "hostilecommon();"
	for _, c := range []struct {
		serve []string
		site  string
		off   int
	}{{[]string{"site-code"}, incident.SiteFallBack, 1}, {nil, incident.SiteFallBack, 0}, {nil, incident.SiteAlways, 1}, {[]string{"site-code"}, incident.SiteOff, 0}} {
		s := newSwitched(t, "off", c.serve...)
		settings, err := config.Load(s.file)
		s.ok(err)
		db, err := sqlstore.Open(t.Context(), settings.Store)
		s.ok(err)
		t.Cleanup(func() { _ = db.Close() })
		gate, err := join(t.Context(), parts{
			wikiURL: s.server.URL, scriptPath: "/w", store: db, suffixes: []string{".gadget"}, log: slog.New(slog.DiscardHandler),
			approved: config.Approved{Serve: c.serve, Popular: 10},
			breaker:  &breakerParts{config.Breaker{Enabled: true, Popular: 10, Gains: []string{"write:other-code"}, SiteCode: c.site}},
		})
		s.ok(err)
		serves := func(word string) bool {
			return strings.Contains(s.get(gate, "/w/load.php?modules=site&skin=vector").Body.String(), word)
		}
		if !serves("common(") {
			t.Fatalf("%+v: the site's code is not served", c)
		}
		s.save("MediaWiki:Common.js", hostile, "Ira")
		serves("common(") // it is seen
		common := wiki.Title{NS: wiki.NSMediaWiki, Key: "Common.js"}
		s.ok(gate.shelf.Changed(t.Context(), shelf.Change{
			Title: common, Now: store.DigestOf(hostile), Base: store.DigestOf(siteScript), Saved: time.Now(), People: -1,
			Gained: capability.Set{{Name: capability.WriteOtherCode, Certainty: capability.Likely, Trigger: capability.OnLoad}},
		}))
		off := gate.switches.Active()
		if len(off) != c.off || c.off > 0 && (off[0].Title != "MediaWiki:Common.js" || off[0].By != incident.Myself || off[0].Target != string(store.DigestOf(hostile))) {
			t.Fatalf("%+v: off is %+v", c, off)
		}
		if got, want := serves("hostilecommon("), c.serve == nil && c.off == 0; got != want {
			t.Errorf("%+v: the hostile text is served: %v", c, got)
		}
		if got, want := serves("common(") && !serves("hostilecommon("), c.serve != nil; got != want {
			t.Errorf("%+v: the text before is served: %v", c, got)
		}
	}
}
