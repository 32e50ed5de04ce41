package phpform

import (
	"math/rand/v2"
	"strings"
)

// generator makes requests out of the pieces in which parsers differ.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g generator) some(most int, make func() string) string {
	var b strings.Builder
	for range g.IntN(most + 1) {
		b.WriteString(make())
	}
	return b.String()
}

func (g generator) namePiece() string {
	return g.pick("title", "title", "action", "a", "b", "x", "[", "]", "[]", "[b]", "[0]", "[7]", "[-3]", "[007]", "[9223372036854775807]",
		".", "+", "%20", "%2E", "_", "%5B", "%5D", "%00", "%", "%4", "%zz", "%61", ";", "%3D", "%26", "%C3%A4", "\xc3\xa4", "%FF",
		"[ ]", "[+]", "[%09]", "[ b]", "[b c.d]", "[b[c]", "__Host-", "__Secure", "%5F_Host-", "%0A", "%0D%0A", "this", "GLOBALS", "'", "%22", "\\")
}

func (g generator) name() string {
	if g.IntN(2) == 0 {
		return g.pick("title", "action", "wpTextbox1", "a[]", "a[b]", "a[b][c]", "a.b", "a_b", "+title", "%20title", "title[]", "t%69tle", "")
	}
	return g.some(4, g.namePiece)
}

func (g generator) value() string {
	return g.some(3, func() string {
		return g.pick("Sandbox", "MediaWiki:Common.js", "MediaWiki%3ACommon.js", "=", "%3D", ";", "%26", "%00", "+", "%20", "%2B", "%", "%4", "%g1",
			"\xc3\xa4", "%c3%A4", "%ff", "[", "]", "?", "/", "%0D%0A", "'", "%22", "1", "")
	})
}

func (g generator) pairs() string {
	var pairs []string
	for range g.IntN(6) {
		switch pair := g.name(); g.IntN(8) {
		case 0:
			pairs = append(pairs, pair)
		default:
			pairs = append(pairs, pair+"="+g.value())
		}
	}
	return strings.Join(pairs, g.pick("&", "&", "&", "&", "&&", "&amp;", ";"))
}

func (g generator) query() string { return strings.ReplaceAll(g.pairs(), " ", "%20") }

func (g generator) urlencodedType() []string {
	return []string{g.pick("application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8",
		"Application/X-WWW-Form-URLencoded", "application/x-www-form-urlencoded;charset=utf-7", "application/x-www-form-urlencoded ;x=\"multipart/form-data\"",
		"application/x-www-form-urlencoded, text/plain", "application/x-www-form-urlencoded\t", "application/x-www-form-urlencodedx", "text/plain", "application/json")}
}

func (g generator) multipartName() string {
	return g.pick("title", "action", "wpTextbox1", "a[]", "a[b]", "a[b][]", "a.b", " title", "title ", "", "a[", "]", "t;itle", "t=itle", "t'itle", "t\\itle", "ti:tle",
		"t%69tle", "+title", "t\xc3\xa4", "MAX_FILE_SIZE", "[x]", "a[b c]", "a[ ]", "x]y", "__Host-a", " __Host-a", "a.[b]")
}

func (g generator) attribute() string {
	quote := g.pick(`"`, `"`, `"`, `"`, `"`, `'`, ``)
	return g.pick("name", "name", "name", "name", "name", "Name", "NAME", " name", "name ", "names", "name*") + "=" + quote + g.multipartName() + quote
}

func (g generator) head(newline string) string {
	d := g.pick("Content-Disposition", "Content-Disposition", "Content-Disposition", "Content-Disposition", "content-disposition", "Content-disposition ", " Content-Disposition") + ": " +
		g.pick("form-data", "form-data", "form-data", "form-data", "Form-Data", "attachment", "")
	d += g.pick("; ", "; ", "; ", "; ", "; ", ";", ";  ", " ; ", ", ") + g.attribute()
	if g.IntN(4) == 0 {
		d += "; " + g.pick(`filename="a.js"`, `filename=""`, `filename="C:\fakepath\a.js"`, `filename="a/b.js"`, `filename=a.js`, `filename*=UTF-8''a.js`, `filename="it's.js"`, g.attribute())
	}
	for range g.IntN(3) {
		d += newline + g.pick("Content-Type: text/plain", "Content-Type: text/plain; charset=utf-16", "Content-Transfer-Encoding: 8bit", "Content-Transfer-Encoding: base64",
			"Content-Length: 4", " folded", "\tname=folded", "X", `Content-Disposition: form-data; name="second"`)
	}
	return d
}

func (g generator) multipart() request {
	newline := g.pick("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n")
	boundary := g.pick("b", "----WebKitFormBoundaryAbC123", "x-y_z", "a b", "a'b", "--", "myboundary", "WebBoundary", strings.Repeat("z", 70), strings.Repeat("z", 71))
	kind := g.pick("multipart/form-data", "multipart/form-data", "multipart/form-data", "Multipart/Form-Data") + g.pick("; ", "; ", ";", "; ", " ; charset=utf-8; ", ", ") +
		g.pick("boundary=", "boundary=", "boundary=", "Boundary=", "xboundary=no; boundary=", "boundary =")
	switch g.IntN(8) {
	case 0:
		kind += `"` + boundary + `"`
	case 1:
		kind += boundary + g.pick("; charset=utf-8", ",", " ", "; boundary=other")
	default:
		kind += boundary
	}
	var b strings.Builder
	if g.IntN(16) == 0 {
		b.WriteString(g.pick("preamble", "", newline) + newline)
	}
	for range g.IntN(4) {
		b.WriteString("--" + boundary + g.seldom(newline, " "+newline, "x"+newline, ""))
		b.WriteString(g.head(newline) + newline + newline + g.content(boundary) + g.seldom(newline, "\n", ""))
	}
	b.WriteString("--" + boundary + "--" + g.seldom(newline, "", newline+"epilogue", newline+newline))
	return request{method: "POST", query: g.query(), types: []string{kind}, body: b.String()}
}

// seldom is the first of the list, mostly.
func (g generator) seldom(list ...string) string {
	if g.IntN(12) > 0 {
		return list[0]
	}
	return g.pick(list...)
}

func (g generator) content(boundary string) string {
	return g.some(3, func() string {
		return g.pick("Sandbox", "MediaWiki:Common.js", "\r\n", "\n", "\r", "\r\n--", "--", "\x00", "\xff", "&a=b", strings.Repeat("lorem ipsum\r\n", g.IntN(900)),
			g.seldom("", "--"+boundary, "\r\n--"+boundary[:len(boundary)-1], "\n--"+boundary+"x\r\n"))
	})
}

func (g generator) request() request {
	switch g.IntN(10) {
	case 0, 1, 2:
		return request{method: g.pick("GET", "GET", "POST"), query: g.query()}
	case 3, 4, 5:
		return request{method: g.pick("POST", "POST", "POST", "PUT"), query: g.query(), types: g.urlencodedType(), body: g.pairs()}
	default:
		return g.multipart()
	}
}
