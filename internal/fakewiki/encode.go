package fakewiki

import (
	"bytes"
	"encoding/json"
	"html"
	"net/url"
	"strings"
)

// jsString is a value as a JavaScript literal that may stand inside a script element: "<", ">", "&", U+2028 and U+2029
// are escaped, slashes are not (ResourceLoader::encodeJsonForScript).
func jsString(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(b)
}

// plainJSON is a value as api.php writes it: nothing escaped beyond what JSON needs.
func plainJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// escape makes a text safe between tags and in quoted attributes.
func escape(s string) string { return html.EscapeString(s) }

// queryString joins names and values, in this order. Titles stay readable.
func queryString(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(pairs[i]) + "=" + readable.Replace(url.QueryEscape(pairs[i+1])))
	}
	return b.String()
}

// readable undoes what MediaWiki's wfUrlencode leaves as it is.
var readable = strings.NewReplacer("%3A", ":", "%2F", "/", "%2C", ",", "%28", "(", "%29", ")", "%40", "@", "%21", "!", "%2A", "*", "%3B", ";", "%24", "$")

// link is an anchor with escaped parts.
func link(href, label string) string {
	return `<a href="` + escape(href) + `">` + escape(label) + `</a>`
}
