package csp

// A form says what may stand in a directive.
type form int

const (
	unknown form = iota
	sources      // any source
	places       // hosts, schemes, 'self' and 'none': frame-ancestors (CSP3 §6.4.2)
	words        // tokens that are no sources
	bare         // nothing
)

func formOf(name string) form {
	switch name {
	case "frame-ancestors":
		return places
	case "base-uri", "form-action":
		return sources
	case "sandbox", "report-uri", "report-to", "trusted-types", "require-trusted-types-for":
		return words
	case "upgrade-insecure-requests", "block-all-mixed-content":
		return bare
	}
	if Fallbacks(name) != nil {
		return sources
	}
	return unknown
}

// gone are names that browsers once knew, with what became of them.
var gone = map[string]string{
	"navigate-to":     "it was taken out of the standard before any browser had it",
	"prefetch-src":    "browsers removed it; default-src decides about prefetching",
	"plugin-types":    "browsers removed it together with plugins; use object-src",
	"referrer":        "it became the header Referrer-Policy",
	"reflected-xss":   "it was taken out of the standard",
	"require-sri-for": "browsers removed it; the header Integrity-Policy took its place",
	"disown-opener":   "it became the header Cross-Origin-Opener-Policy",
}

// Fallbacks lists the directives that may decide about a name, the first one present does (CSP3 §6.8.3). It is nil for
// names that are no fetch directives.
func Fallbacks(name string) []string {
	switch name {
	case "script-src-elem", "script-src-attr":
		return []string{name, "script-src", "default-src"}
	case "style-src-elem", "style-src-attr":
		return []string{name, "style-src", "default-src"}
	case "worker-src":
		return []string{name, "child-src", "script-src", "default-src"}
	case "frame-src":
		return []string{name, "child-src", "default-src"}
	case "script-src", "style-src", "child-src", "connect-src", "font-src", "img-src", "manifest-src", "media-src", "object-src":
		return []string{name, "default-src"}
	case "default-src":
		return []string{name}
	}
	return nil
}

// IsDirective says whether browsers know a directive of this name, or once did.
func IsDirective(name string) bool { return formOf(name) != unknown || gone[name] != "" }
