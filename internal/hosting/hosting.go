// Package hosting knows whose text a host hands out: that of one keeper, or of anybody who signs up.
//
// The lists name what wiki scripts load from. Sites below a suffix that anybody may register are found in the private part
// of the Public Suffix List (https://publicsuffix.org/), as golang.org/x/net carries it.
package hosting

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// packages hand out whatever anybody uploads to a package registry or a code hosting site.
var packages = []string{
	"cdn.jsdelivr.net", "fastly.jsdelivr.net", "gcore.jsdelivr.net", "unpkg.com", "esm.sh", "cdn.skypack.dev", "jspm.dev", "ga.jspm.io", "esm.run",
	"raw.githubusercontent.com", "gist.githubusercontent.com", "rawgit.com", "cdn.rawgit.com", "rawcdn.githack.com", "raw.githack.com", "cdn.statically.io", "gitcdn.link",
	"pastebin.com", "bitbucket.org", "gitlab.com", "codeberg.org", "drive.google.com", "www.dropbox.com", "dl.dropboxusercontent.com",
}

// libraries hand out fixed versions of libraries that their keepers chose.
var libraries = []string{
	"cdnjs.cloudflare.com", "ajax.googleapis.com", "code.jquery.com", "ajax.aspnetcdn.com", "stackpath.bootstrapcdn.com", "maxcdn.bootstrapcdn.com",
	"cdn.staticfile.org", "cdn.bootcdn.net", "cdn.bootcss.com", "libs.baidu.com", "lib.baomitu.com",
}

// kept are names below suffixes of that list whose keeper is the suffix's own.
var kept = []string{"fonts.googleapis.com", "maps.googleapis.com", "translate.googleapis.com", "www.googleapis.com", "youtube.googleapis.com"}

// Under says whether a host is one of the names, or below one.
func Under(host string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		name = strings.TrimPrefix(name, ".")
		return host == name || strings.HasSuffix(host, "."+name)
	})
}

// Libraries says whether a host hands out libraries that its keepers chose.
func Libraries(host string) bool { return Under(host, libraries) }

// Open says who can put something on a host, when that is nearly anybody: "" otherwise.
func Open(host string) string { return HowOpen(host).String() }

// Kinds of openness.
const (
	Packages = "packages" // anybody can publish there
	Site     = "site"     // anybody can have a site under a domain
	Name     = "name"     // anybody can register a name under a domain
)

// Openness is who may put something on a host.
type Openness struct {
	Kind   string // empty: its owner alone
	Domain string // for a site or a name
}

// String says it in English; empty when there is nothing to say.
func (o Openness) String() string {
	switch o.Kind {
	case Packages:
		return "anybody can publish there"
	case Site:
		return "anybody can have a site under " + o.Domain
	case Name:
		return "anybody can register a name under " + o.Domain
	}
	return ""
}

// HowOpen is [Open] in parts.
func HowOpen(host string) Openness {
	if Under(host, packages) {
		return Openness{Kind: Packages}
	}
	if Under(host, libraries) || Under(host, kept) {
		return Openness{}
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && strings.Contains(suffix, ".") {
		return Openness{Site, suffix}
	}
	return Openness{}
}

// Below says what the names below a host have in common, when they belong to different people: "" when they have one owner.
func Below(host string) string { return HowBelow(host).String() }

// HowBelow is [Below] in parts.
func HowBelow(host string) Openness {
	suffix, icann := publicsuffix.PublicSuffix(host)
	switch {
	case host == "" || host != suffix:
		return Openness{}
	case icann:
		return Openness{Name, host}
	}
	return Openness{Site, host}
}
