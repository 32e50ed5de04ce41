package trace

import (
	"regexp"
	"strings"
)

// loadsForeign finds where written text loads code of another host: with a call, or with a script element.
var loadsForeign = regexp.MustCompile("(?i)(?:(?:loader\\s*\\.\\s*load|importScript(?:URI)?s?|importStylesheetURI|getScript|import)\\s*\\(|<script[^>]{0,100}\\bsrc\\s*=)\\s*\\\\?[\"'\x60]?(?:https?:)?//([^/\\s\"'\x60\\\\>]+)([^\\s\"'\x60>]*)")

// plants is the host whose code a text would load where it runs; "" for none. A page of a wiki that is loaded as it is loaded
// everywhere is what installers write.
func (p *Pass) plants(e *Event, text string) string {
	for _, m := range loadsForeign.FindAllStringSubmatch(text, 20) {
		host := hostOf("//" + m[1])
		if host == "" || strings.Contains(m[2], "action=raw") || under(host, p.o.Hosts) || under(host, p.o.Allowed) || strings.EqualFold(host, p.runs[e.Run].Setup.Host) {
			continue
		}
		return host
	}
	return ""
}
