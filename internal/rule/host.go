package rule

import (
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/hosting"
)

// projects are the sites of the Wikimedia movement: they share accounts, so one asking another is no third party.
var projects = []string{
	"wikipedia.org", "wikimedia.org", "wiktionary.org", "wikibooks.org", "wikiquote.org", "wikisource.org", "wikinews.org",
	"wikiversity.org", "wikivoyage.org", "wikidata.org", "mediawiki.org", "wikifunctions.org", "wikimediafoundation.org",
}

// own says whether a host belongs to the wiki, as far as one can tell.
func (p *Pass) own(host string) bool {
	return hosting.Under(host, projects) || hosting.Under(host, p.text.o.Flow.Hosts) || strings.HasPrefix(host, "<"+string(flow.Server)+">") ||
		strings.HasPrefix(host, "<"+string(flow.ScriptURL)+">")
}

// foreign are the hosts of other people that a URL may lead to.
func (p *Pass) foreign(a flow.Abstract) []string {
	var out []string
	for _, h := range a.Hosts() {
		if !p.own(h) && !strings.HasPrefix(h, "<") {
			out = append(out, h)
		}
	}
	return out
}
