package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
)

var noToken = &Rule{
	Name:     "no-token",
	Severity: finding.Low,
	CWE:      []int{352},
	Doc: `a change without a token

If the wiki accepts a change without a token, any other site can make your browser do the same. Use
new mw.Api().postWithToken( 'csrf', … ).`,
	Run: func(p *Pass) {
		for _, r := range p.requests() {
			if !r.post || r.api || len(r.data) == 0 || p.elsewhere(r) || r.q["token"] != nil || p.open(r) || !p.toAPI(r) {
				continue
			}
			for _, action := range r.q.consts("action") {
				if !reading[action] {
					p.Report(r.node, finding.Low, "action=%s is sent without a token", action)
					break
				}
			}
		}
	},
}

// reading are actions of api.php that change nothing.
var reading = words("query parse opensearch compare expandtemplates purge paraminfo feedrecentchanges feedcontributions feedwatchlist help rsd " +
	"templatedata cirrus-config-dump visualeditor echopushsubscriptions languagesearch titleblacklist spamblacklist stashedit login clientlogin logout")

// open says whether there may be parameters that are not known.
func (p *Pass) open(r request) bool {
	for _, d := range r.data {
		if o := p.Graph.Obj(d); o.Open {
			return true
		}
	}
	return false
}

func (p *Pass) toAPI(r request) bool {
	for _, u := range r.urls {
		for _, t := range p.Graph.Str(u).Texts {
			if t.Contains("api.php") || len(t) > 0 && t[0].Hole == flow.ScriptURL || strings.Contains(p.Source(u), "wikiScript") {
				return true
			}
		}
	}
	return false
}
