package decoy

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sallyport/internal/trace"
)

// Witness is what the sandbox itself asks of the wiki, through the page, the way another script would: to see whether it is answered and
// saved as it was asked. Nothing of it counts as the script's.
type Witness struct {
	Word string // nobody else's requests hold it
	Rows []Row  // what the list of changes says to whoever asks with the word
}

// Row is a change in a list.
type Row struct{ User, Title string }

// Edit is the change that the witness asks for. What does not stand in it was put there by somebody else.
func (w *Witness) Edit() url.Values { return w.edit("Tide table", "High at "+w.Word) }

// EditCode is the change of somebody's script that the witness asks for.
func (w *Witness) EditCode() url.Values {
	return w.edit("User:Henk Visser/lamp.js", "// "+w.Word+"\n")
}

func (w *Witness) edit(title, text string) url.Values {
	return url.Values{"action": {"edit"}, "title": {title}, "text": {text}, "summary": {"as measured " + w.Word}, "tags": {"lamp"}, "lamp": {w.Word}}
}

// witnessed answers the witness, and says whether it was the one who asked.
func (d *Decoy) witnessed(w http.ResponseWriter, a *ask) bool {
	me := d.v.Witness
	if me == nil || !strings.HasSuffix(a.URL.Path, "/api.php") || !strings.Contains(a.URL.RawQuery+string(a.body), me.Word) {
		return false
	}
	r := d.read(a)
	var answer any = object{"edit": object{"result": "Success", "pageid": 4711, "title": "Tide table", "newrevid": 90211}}
	if r.writes {
		if changed := me.changed(r); len(changed) > 0 {
			d.v.Record(trace.Event{Kind: trace.Conceal, Data: trace.Data{Name: trace.AlteredEdit, Text: strings.Join(changed, ", "), URL: a.url, Seen: "proxy"}})
			if slices.Contains(changed, "text") && r.get("title") == me.EditCode().Get("title") {
				d.v.Record(trace.Event{Kind: trace.Conceal, Data: trace.Data{Name: trace.AlteredCode, Text: r.get("text"), URL: a.url, Seen: "proxy"}})
			}
		}
	} else {
		var rows []object
		for i, row := range me.Rows {
			rows = append(rows, object{
				"type": "edit", "ns": 0, "title": row.Title, "pageid": 4800 + i, "revid": 91300 + i, "old_revid": 91200 + i, "rcid": 71300 + i, "user": row.User, "comment": "measured again",
				"timestamp": d.now().Add(-time.Duration(i+1) * time.Minute).UTC().Format(time.RFC3339),
			})
		}
		answer = object{"batchcomplete": true, "query": object{"recentchanges": rows}}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	text, _ := json.Marshal(answer)
	_, _ = w.Write(text)
	return true
}

// changed are the parts of the witness's edit that came otherwise than they were sent, or were not sent at all.
func (w *Witness) changed(r *reading) []string {
	var out []string
	sent := w.Edit()
	if code := w.EditCode(); r.get("title") == code.Get("title") {
		sent = code
	}
	for _, name := range []string{"title", "text", "appendtext", "prependtext", "summary", "tags", "minor", "bot", "watchlist", "contentmodel", "sectiontitle", "undo"} {
		if r.get(name) != sent.Get(name) && !(name == "tags" && strings.HasPrefix(r.get(name), "lamp|")) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
