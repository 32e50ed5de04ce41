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

// farms are hosts of many wikis. Their wikis are no third party in the way of a server where whoever keeps it writes what it likes.
var farms = []string{
	"fandom.com", "wikia.com", "wikia.org", "wikia.nocookie.net", "gamepedia.com", "miraheze.org", "wikitide.org", "wiki.gg", "shoutwiki.com",
	"telepedia.net", "huijiwiki.com", "beta.wmcloud.org", "beta.wmflabs.org",
}

// own says whether a host belongs to the wiki, as far as one can tell.
func (p *Pass) own(host string) bool {
	return hosting.Under(host, projects) || hosting.Under(host, p.text.o.Flow.Hosts) || strings.HasPrefix(host, "<"+string(flow.Server)+">") ||
		strings.HasPrefix(host, "<"+string(flow.ScriptURL)+">")
}

// plainly is an address that stands in a text of the script as it is.
func plainly(address string) flow.Abstract {
	return flow.Abstract{Texts: []flow.Text{{{Text: address}}}}
}

// foreign are the hosts of other people that a URL may lead to.
func (p *Pass) foreign(a flow.Abstract) []string {
	var out []string
	for _, h := range a.Hosts() {
		switch {
		case p.own(h):
		case !strings.HasPrefix(h, "<"):
			out = append(out, h)
		case below(h) != "":
			out = append(out, below(h))
		}
	}
	return out
}

// below is the domain of a host whose first labels are put together: "*.collect.example"; "" when too little of it is known.
func below(host string) string {
	domain := host[strings.LastIndexByte(host, '>')+1:]
	if !strings.HasPrefix(domain, ".") || strings.Count(domain, ".") < 2 {
		return ""
	}
	return "*" + domain
}
