package trace

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// hostOf is the host name of an address, lower case and without a port; "" for one that leads to no host. It forgives what
// browsers forgive: backslashes, and any number of slashes.
func hostOf(address string) string {
	m := absolute.FindStringSubmatch(strings.Map(dropBreaks, address))
	if m == nil {
		return ""
	}
	u, err := url.Parse("https://" + m[1])
	if err == nil {
		return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	}
	host := m[1][strings.LastIndexByte(m[1], '@')+1:] // no browser would go there, but somebody wanted to
	return strings.ToLower(host)
}

// absolute is an address with a host: with a scheme that has one, or without any.
var absolute = regexp.MustCompile(`(?i)^\s*(?:(?:https?|wss?|ftp):[/\\]*|[/\\]{2,})([^/\\?#]+)`)

// dropBreaks leaves out what browsers leave out of addresses.
func dropBreaks(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return -1
	}
	return r
}

// under says whether a host is one of some names. A name with a leading dot stands for all below it too.
func under(host string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		name = strings.ToLower(name)
		bare, wide := strings.CutPrefix(name, ".")
		return host == bare || wide && strings.HasSuffix(host, name)
	})
}

// foreign is the host that an event leads to when it is not the wiki's; "" otherwise. The decoy may carry any name, and in its
// run that name is the wiki's own.
func (p *Pass) foreign(e *Event) string {
	host := hostOf(e.Data.URL)
	if host == "" || under(host, p.o.Hosts) || strings.EqualFold(host, p.runs[e.Run].Setup.Host) {
		return ""
	}
	return host
}

// pageOf is the title of the wiki page whose text an address asks for; "" when it asks for none.
func pageOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	q := u.Query()
	if title := q.Get("title"); title != "" && (q.Get("action") == "raw" || q.Has("ctype")) {
		return strings.ReplaceAll(title, "_", " ")
	}
	return ""
}

// pinned says whether an address names one revision.
func pinned(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Query().Has("oldid")
}
