package rule

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"sallyport/internal/flow"
)

// projects are the sites of the Wikimedia movement: they share accounts, so one asking another is no third party.
var projects = []string{
	"wikipedia.org", "wikimedia.org", "wiktionary.org", "wikibooks.org", "wikiquote.org", "wikisource.org", "wikinews.org",
	"wikiversity.org", "wikivoyage.org", "wikidata.org", "mediawiki.org", "wikifunctions.org", "wikimediafoundation.org",
}

// packageHosts hand out whatever anybody uploads to a package registry or a code hosting site.
var packageHosts = []string{
	"cdn.jsdelivr.net", "unpkg.com", "esm.sh", "cdn.skypack.dev", "jspm.dev", "ga.jspm.io", "esm.run", "raw.githubusercontent.com",
	"gist.githubusercontent.com", "rawgit.com", "cdn.rawgit.com", "rawcdn.githack.com", "raw.githack.com", "cdn.statically.io", "gitcdn.link",
	"pastebin.com", "bitbucket.org", "gitlab.com", "codeberg.org", "drive.google.com", "www.dropbox.com", "dl.dropboxusercontent.com",
}

// libraryHosts hand out fixed versions of libraries that their keepers chose.
var libraryHosts = []string{
	"cdnjs.cloudflare.com", "ajax.googleapis.com", "code.jquery.com", "ajax.aspnetcdn.com", "stackpath.bootstrapcdn.com", "maxcdn.bootstrapcdn.com",
	"cdn.staticfile.org", "cdn.bootcdn.net", "cdn.bootcss.com", "libs.baidu.com", "lib.baomitu.com",
}

// under says whether a host is a name or below it.
func under(host string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		name = strings.TrimPrefix(name, ".")
		return host == name || strings.HasSuffix(host, "."+name)
	})
}

// own says whether a host belongs to the wiki, as far as one can tell.
func (p *Pass) own(host string) bool {
	return under(host, projects) || under(host, p.text.o.Flow.Hosts) || strings.HasPrefix(host, "<"+string(flow.Server)+">") ||
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

// anyoneMayPublish says who can put something on a host, when that is nearly anybody: "" otherwise.
func anyoneMayPublish(host string) string {
	if under(host, packageHosts) {
		return "anybody can publish there"
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && strings.Contains(suffix, ".") {
		return "anybody can have a site under " + suffix
	}
	return ""
}

// pinned says whether a URL names one version, one commit or one revision.
func pinned(url string) bool { return pin.MatchString(strings.ToLower(url)) }

var pin = regexp.MustCompile(`[@/_.-]v?\d+\.\d+\.\d+|\b[0-9a-f]{40}\b|[?&]oldid=\d`)
