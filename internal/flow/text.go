package flow

import (
	"strings"

	"sallyport/internal/js"
)

// Hole says what stands at a place of a text that is not known.
type Hole string

// Holes.
const (
	SomeText  Hole = "…"          // nothing is known
	OwnName   Hole = "me"         // the person's user name
	ThisPage  Hole = "page"       // the page one is on, its title or name
	OtherUser Hole = "user"       // some other user's name: the owner of a page, a name from a list
	TokenText Hole = "token"      //
	Cookies   Hole = "cookie"     //
	Random    Hole = "random"     //
	Answer    Hole = "api"        // from an answer of the wiki
	Foreign   Hole = "foreign"    // from another host's answer
	Skin      Hole = "skin"       //
	Server    Hole = "server"     // scheme and host of this wiki, with or without
	ScriptURL Hole = "scriptpath" // wgScriptPath, wgScript, wgArticlePath, mw.util.wikiScript()
	Now       Hole = "now"        // date or time
	Input     Hole = "input"      // what the person types
	URLPart   Hole = "url"        // from the address
	FromFunc  Hole = "param"      // a parameter of a function that only others call
	NumberOf  Hole = "number"
)

// Piece is a stretch of a text: a literal when Hole is empty.
type Piece struct {
	Text string
	Hole Hole
	Node js.Node // where the hole's value comes from; 0 for literals
}

// Text is one alternative: pieces in order, no two literals in a row.
type Text []Piece

// Abstract is what is known about the text a node can hold: each alternative is possible.
type Abstract struct {
	Texts []Text
	// More says that there are alternatives that are not listed.
	More bool
}

// Const is the text when there is only one, and all of it is known.
func (a Abstract) Const() (string, bool) {
	if a.More || len(a.Texts) != 1 {
		return "", false
	}
	return a.Texts[0].Const()
}

// Consts are those alternatives that are known from end to end.
func (a Abstract) Consts() []string {
	var out []string
	for _, t := range a.Texts {
		if s, ok := t.Const(); ok {
			out = append(out, s)
		}
	}
	return out
}

// Pattern is the first alternative with <hole> for what is not known: "User:<me>/common.js".
func (a Abstract) Pattern() string {
	if len(a.Texts) == 0 {
		return Text{{Hole: SomeText}}.Pattern()
	}
	return a.Texts[0].Pattern()
}

// Patterns are all alternatives as [Text.Pattern] spells them.
func (a Abstract) Patterns() []string {
	var out []string
	for _, t := range a.Texts {
		out = append(out, t.Pattern())
	}
	return out
}

// Const is the text when all of it is known.
func (t Text) Const() (string, bool) {
	switch {
	case len(t) == 0:
		return "", true
	case len(t) == 1 && t[0].Hole == "":
		return t[0].Text, true
	}
	return "", false
}

// Pattern spells the text with <hole> for what is not known.
func (t Text) Pattern() string {
	var b strings.Builder
	for _, p := range t {
		if p.Hole == "" {
			b.WriteString(p.Text)
			continue
		}
		b.WriteByte('<')
		b.WriteString(string(p.Hole))
		b.WriteByte('>')
	}
	return b.String()
}

// Prefix is the literal text before the first hole.
func (t Text) Prefix() string {
	if len(t) > 0 && t[0].Hole == "" {
		return t[0].Text
	}
	return ""
}

// Suffix is the literal text behind the last hole.
func (t Text) Suffix() string {
	if len(t) > 0 && t[len(t)-1].Hole == "" {
		return t[len(t)-1].Text
	}
	return ""
}

// Contains says whether a literal stretch has the word.
func (t Text) Contains(word string) bool {
	for _, p := range t {
		if p.Hole == "" && strings.Contains(p.Text, word) {
			return true
		}
	}
	return false
}

// Hosts are the host names of the absolute and protocol-relative URLs that the alternatives begin with, lower case, each
// once, in order. What is relative, or begins with a hole, has none.
func (a Abstract) Hosts() []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range a.Texts {
		if h, ok := t.Host(); ok && !seen[h] {
			seen[h] = true
			out = append(out, h)
		}
	}
	return out
}

// Host is the host name of the URL that the text begins with: "upload.example". A hole inside the host is spelled <hole>.
func (t Text) Host() (string, bool) {
	s := strings.TrimLeft(t.Pattern(), " \t\r\n")
	_, rest, ok := strings.Cut(s, "//")
	if !ok {
		return "", false
	}
	if scheme := strings.ToLower(s[:len(s)-len(rest)-2]); scheme != "" && !isScheme(scheme) {
		return "", false
	}
	end := strings.IndexAny(rest, "/?#\\ \"'")
	if end < 0 {
		end = len(rest)
	}
	host := strings.ToLower(rest[:end])
	host = host[strings.LastIndexByte(host, '@')+1:]
	if at := strings.LastIndexByte(host, ':'); at >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:at]
	}
	return host, host != ""
}

// isScheme knows "https:" and its like.
func isScheme(s string) bool {
	switch s {
	case "http:", "https:", "ws:", "wss:", "ftp:":
		return true
	}
	return false
}
