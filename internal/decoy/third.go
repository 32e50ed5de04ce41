package decoy

import (
	"encoding/json"
	"net/http"
	"path"
	"regexp"
	"strings"

	"sallyport/internal/trace"
)

// pixel is a transparent GIF of one pixel.
const pixel = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

// PlantedCode is a text that a script which runs text can run, and that does nothing: a string, to JavaScript and to JSON.
const PlantedCode = `"lamp from elsewhere"`

// third answers for a host that is no wiki: something of the kind asked for, with nothing in it.
func (d *Decoy) third(w http.ResponseWriter, a *ask) {
	if d.v.Answer == Broken && a.how != "script" {
		d.request(a, "refused")
		panic(http.ErrAbortHandler)
	}
	if a.how == "script" || a.how == "worker" || isCode(a) {
		d.foreignCode(w, a)
		return
	}
	d.request(a, "decoy")
	var kind, body string
	switch a.how {
	case "style":
		kind, body = "text/css; charset=utf-8", ""
	case "image":
		kind, body = "image/gif", pixel
	case "font", "media", "ping", "report":
		w.WriteHeader(http.StatusNoContent)
		return
	case "frame", "document", "form":
		kind, body = "text/html; charset=utf-8", "<!DOCTYPE html><title>"+a.URL.Hostname()+"</title>\n"
	default:
		kind, body = d.data(a)
	}
	w.Header().Set("Content-Type", kind)
	d.keep(a.url, body)
	_, _ = w.Write([]byte(body))
}

// data is what a request made by a script gets.
func (d *Decoy) data(a *ask) (kind, body string) {
	if strings.Contains(a.Header.Get("Accept"), "text/event-stream") {
		return "text/event-stream", ": nothing\n\n"
	}
	switch path.Ext(a.URL.Path) {
	case ".css":
		return "text/css; charset=utf-8", ""
	case ".html", ".htm":
		return "text/html; charset=utf-8", "<!DOCTYPE html><title>" + a.URL.Hostname() + "</title>\n"
	case ".txt":
		if d.v.Answer != Generous {
			return "text/plain; charset=utf-8", PlantedCode
		}
	}
	if d.v.Answer == Generous {
		text, _ := json.Marshal(d.v.Words)
		return "application/json; charset=utf-8", string(text)
	}
	if d.v.RunsText {
		return "application/json; charset=utf-8", PlantedCode
	}
	return "application/json; charset=utf-8", "{}"
}

// isCode says whether a script asks for another one by itself, as jQuery.getScript does for its own host.
func isCode(a *ask) bool {
	return a.how != "image" && a.how != "style" && a.how != "frame" && (path.Ext(a.URL.Path) == ".js" || path.Ext(a.URL.Path) == ".mjs")
}

// foreignCode serves a script of another host: from the library, or an inert placeholder.
func (d *Decoy) foreignCode(w http.ResponseWriter, a *ask) {
	text, ok := d.v.Library.URL(a.URL)
	answer := "script"
	if !ok {
		answer, text = "placeholder", ""
		if call := callback(a); call != "" {
			text = call + "({});"
			if d.v.Answer == Generous {
				words, _ := json.Marshal(d.v.Words)
				text = call + "(" + string(words) + ");"
			}
		}
	}
	d.code(w, a, text, answer)
}

// code serves a script that is looked at as part of the one under test.
func (d *Decoy) code(w http.ResponseWriter, a *ask, text, answer string) {
	d.request(a, answer)
	if a.how != "worker" {
		data := trace.Data{Answer: answer}
		if answer != "placeholder" {
			data.SHA256 = hash(text)
		}
		d.record(a, trace.ScriptLoad, data)
	}
	d.analysed(a.url, text)
	d.keep(a.url, text)
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write([]byte(text))
}

var callbackName = regexp.MustCompile(`^[A-Za-z_$][\w$.]{0,80}$`)

// callback is the function that JSONP wants called.
func callback(a *ask) string {
	for _, name := range []string{"callback", "jsonp", "cb"} {
		if call := a.URL.Query().Get(name); callbackName.MatchString(call) {
			return call
		}
	}
	return ""
}
