package gateway

import (
	_ "embed"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/message"
	"sallyport/internal/wiki"
)

//go:embed entry.js
var entrySource string

// entryLine is entry.js on one line, so that what stands behind it keeps its own line numbers.
var entryLine = sync.OnceValue(func() string {
	var b strings.Builder
	for line := range strings.Lines(entrySource) {
		b.WriteString(strings.TrimSpace(line))
		b.WriteByte(' ')
	}
	return b.String()
})

// notice is what a reader is told of a script, and what its caller can catch. entry.js reads it.
type notice struct {
	What    string        `json:"code"` // "refused", "confirm", "warned", "tried", "too-long", "stopped" or "unavailable"
	Script  string        `json:"script"`
	Rule    string        `json:"rule,omitempty"`
	Because string        `json:"because,omitempty"` // of the operator's
	Text    string        `json:"text"`              // in the reader's language
	Link    string        `json:"link,omitempty"`
	Look    string        `json:"look,omitempty"` // the link's text
	Told    *message.Told `json:"told,omitempty"` // the words around it
	Key     string        `json:"key"`            // the same for the same script and reason
	Stops   bool          `json:"stops"`          // by the rules it does not run
	Throws  bool          `json:"throws"`
	Once    bool          `json:"once,omitempty"`  // it is said once in a browser
	Quiet   bool          `json:"quiet,omitempty"` // it is said in the console

	status int   // of the answer; 0 is 200
	more   []any // parameters of the text, after the script and Because
}

// notice is what is said of a verdict; nil when there is nothing to say.
func (e *Entry) notice(v *dossier.Verdict) *notice {
	n := &notice{
		Script: v.File.Script.Title, Rule: v.Rule, Because: v.Says, Stops: v.Stops(), Key: string(v.File.Digest) + " " + string(v.Action),
	}
	switch v.Action {
	case entry.Warn:
		n.What = "warned"
	case entry.Confirm:
		n.What = "confirm"
		n.Link = e.Base + "/agree?" + url.Values{"title": {n.Script}, "digest": {string(v.File.Digest)}}.Encode()
	case entry.Refuse:
		n.What = "refused"
		if v.File.Script.Kind == entry.UserScript || v.File.Script.Kind == entry.SiteCode {
			n.Link = e.Base + "/script/" + (&url.URL{Path: strings.ReplaceAll(n.Script, " ", "_")}).EscapedPath()
		}
	default:
		return nil
	}
	return n
}

// outage is said when nobody can be asked.
func outage() *notice {
	return &notice{What: "unavailable", Key: "unavailable", Stops: true, status: http.StatusServiceUnavailable}
}

// teller says what became of scripts, in the page.
type teller struct {
	site *wiki.Site
	log  *slog.Logger
}

func (e *Entry) teller() teller { return teller{e.Judge.Site, e.Log} }

// say answers with a notice alone, which throws.
func (t teller) say(w http.ResponseWriter, r *http.Request, n *notice) {
	n.Throws = true
	withheld(r.Context())
	alone(w, n.status, t.script(r, n))
}

// alone answers with a script of ours that nobody keeps. status 0 is 200.
func alone(w http.ResponseWriter, status int, body string) {
	h := w.Header()
	for _, name := range []string{"ETag", "Last-Modified", "Expires", "Content-Encoding", "Accept-Ranges"} {
		h.Del(name)
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if status != 0 {
		h.Set("Retry-After", "5")
		w.WriteHeader(status)
	}
	_, _ = io.WriteString(w, body) // the reader went away
}

// script is a notice as a script, in the language that the reader's browser prefers.
func (t teller) script(r *http.Request, n *notice) string {
	words, err := doorWords()
	if err != nil {
		t.log.Error("messages not read", "err", err)
		n.Text = "A script was not run."
	} else {
		lang := words.Base(words.Choose("", r.Header.Get("Accept-Language"), t.site.Lang))
		if n.Script == "" {
			n.Script = words.Text(lang, "entry-nameless")
		}
		n.Told = words.Told(lang)
		n.Text = words.Text(lang, "entry-"+n.What, append([]any{n.Script, n.Because}, n.more...)...)
		if n.Link != "" {
			n.Look = words.Text(lang, "entry-look-"+n.What)
		}
	}
	text, err := json.Marshal(n) // "<" and the line separators come escaped
	if err != nil {
		return "" // unreachable: strings and booleans
	}
	return strings.Replace(entryLine(), "NOTICE", string(text), 1)
}

// tried is what is said where rules are only tried out: it runs, and nothing asks for an answer.
func (n *notice) tried() *notice {
	if n.Stops {
		n.What, n.Link, n.Stops = "tried", "", false
	}
	return n
}
