package cli

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/risk"
	"sallyport/internal/wiki"
)

// keepers knows who keeps scripts and who runs them with power, as far as a wiki and the newest report about its people say.
type keepers struct {
	client *mediawiki.Client
	site   *wiki.Site
	people func() *accounts.Report
	log    *slog.Logger
}

// facts never fails: what nobody says is not known.
func (k keepers) facts(ctx context.Context, p wiki.Page, read *finding.Script) risk.Facts {
	f := risk.Facts{Origin: risk.Origin{Page: risk.Page{Known: true, Open: !wiki.Protected(p.Title, p.Model)}}}
	if p.Author != "" {
		switch a, err := k.client.Author(ctx, p.Author); {
		case err == nil:
			f.Origin.Author = authorFacts(a, time.Now())
		case k.log != nil:
			k.log.Warn("the wiki does not say who wrote a script", "err", err)
		}
	}
	if report := k.people(); report != nil {
		f.Origin.Keepers = keepersOf(k.site, report, p.Title, read)
		f.Audience = audienceOf(report, k.site.Prefixed(p.Title))
	}
	return f
}

func authorFacts(a mediawiki.Author, now time.Time) risk.Author {
	const years = 20 * 365 // an account of which the wiki does not know any more when it was made
	f := risk.Author{
		Known: true, Days: years, Temporary: a.ID == 0 || a.Temp, Blocked: a.Blocked, Trusted: risk.PowerOf(a.Rights) >= risk.EditsCode,
	}
	if !a.Since.IsZero() {
		f.Days = int(now.Sub(a.Since) / (24 * time.Hour))
	}
	return f
}

// keepersOf counts who can change a page or anything it loads unpinned. What the others load is in the reading of the first, which was read
// together with them.
func keepersOf(site *wiki.Site, report *accounts.Report, page wiki.Title, read *finding.Script) risk.Keepers {
	first := site.Prefixed(page)
	var loads []string
	for _, i := range risk.Imports(read) {
		switch {
		case i.Pinned:
		case i.Whose == risk.OfSite && i.Title == "": // a gadget
			loads = append(loads, "MediaWiki:Gadgets-definition")
		case i.Title != "":
			loads = append(loads, i.Title)
		default:
			loads = append(loads, i.Target) // nobody here knows who can change that
		}
	}
	k := risk.KeepersOf(first, func(title string) (risk.Kept, bool) {
		t, err := site.Parse(title)
		if err != nil || strings.ContainsAny(title, "<>") {
			return risk.Kept{}, false
		}
		var kept risk.Kept
		switch t.NS {
		case wiki.NSMediaWiki:
			kept.Editors = holders(report, "editsitejs")
		case wiki.NSUser:
			kept.Editors = append(holders(report, "edituserjs"), t.Root())
		default:
			return risk.Kept{}, false
		}
		if title == first {
			kept.Loads = loads
		}
		return kept, true
	})
	k.Known = k.Known && !report.More
	return k
}

// holders are the accounts that have a right.
func holders(report *accounts.Report, right string) (names []string) {
	for _, a := range report.Accounts {
		for _, r := range a.Rights {
			if r.Name == right {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

// audienceOf says who of those with power was served a script lately. How many others run it is not known.
func audienceOf(report *accounts.Report, title string) (a risk.Audience) {
	for _, who := range report.Accounts {
		if !slices.Contains(who.Scripts, title) {
			continue
		}
		var rights []string
		for _, r := range who.Rights {
			rights = append(rights, r.Name)
		}
		a.Powerful++
		a.Power = max(a.Power, risk.PowerOf(rights))
	}
	return a
}
