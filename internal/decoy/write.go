package decoy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sallyport/internal/trace"
	"sallyport/internal/wiki"
)

// puts are the writes that put text into pages, or pages in another place.
var puts = words("edit move import undelete visualeditoredit discussiontoolsedit changecontentmodel rollback mergehistory upload filerevert flow")

// writes tells what a request would change, if anything, and says what it was.
func (d *Decoy) writes(a *ask) *reading {
	r := d.read(a)
	if !r.writes {
		return r
	}
	answer := "success"
	if d.v.Answer == Denied || d.v.Answer == Broken {
		answer = "denied"
	}
	titles := d.titles(a, r)
	d.follow(r, titles)
	data := trace.Data{Action: r.action, Name: r.names, Text: r.text, Answer: answer}
	if len(titles) > 0 {
		data.Title, data.Class = d.place(titles[0], r.model)
	} else if r.person != "" {
		data.Title = "User:" + strings.ReplaceAll(r.person, "_", " ")
	}
	self := d.v.Self
	marks := func() []string {
		if self == nil || r.text == "" {
			return nil
		}
		return self.Find(r.text)
	}()
	tell := func(kind trace.Kind, data trace.Data) {
		data.URL, data.Method, data.How, data.Seen = a.url, a.Method, a.how, "proxy"
		d.v.Record(trace.Event{Kind: kind, Data: data, Canary: d.v.Secrets.Find(r.text), Self: marks})
	}
	if r.action == "userrights" || r.action == "globaluserrights" {
		tell(trace.RightsWrite, data)
		return r
	}
	tell(trace.APIWrite, data)
	if puts[r.action] {
		for _, t := range titles {
			data.Title, data.Class = d.place(t, r.model)
			tell(trace.PageWrite, data)
		}
	}
	return r
}

// titles are the pages that a write is about; ids are looked up.
func (d *Decoy) titles(a *ask, r *reading) []string {
	out := r.titles
	for _, id := range r.ids {
		if t := d.titleOf(a, id); t != "" {
			out = append(out, t)
		} else {
			out = append(out, "page "+id)
		}
	}
	return out
}

// titleOf asks the source for the title of a page id.
func (d *Decoy) titleOf(a *ask, id string) string {
	if strings.Trim(id, "0123456789") != "" {
		return ""
	}
	if title := d.numbered(id); title != "" {
		return title
	}
	b := &buffer{header: http.Header{}}
	path := strings.TrimSuffix(a.URL.Path, "index.php")
	if !strings.HasSuffix(path, "api.php") {
		path += "api.php"
	}
	d.v.Source.Serve(b, background(d.server()+path+"?action=query&format=json&formatversion=2&pageids="+id), d.look(d.server()))
	var answer struct {
		Query struct{ Pages []struct{ Title string } }
	}
	if json.Unmarshal(b.body.Bytes(), &answer) != nil || len(answer.Query.Pages) == 0 {
		return ""
	}
	return answer.Query.Pages[0].Title
}

// place normalises a title and says what kind of page that is.
func (d *Decoy) place(title, model string) (plain, class string) {
	title = d.own(title)
	t, err := d.site.ParseText(title)
	if err != nil {
		return strings.ReplaceAll(title, "_", " "), "page"
	}
	plain = d.site.PrefixedText(t)
	if model == "" {
		model = firstOf(d.modelled(plain), wiki.DefaultModel(t))
	}
	code := wiki.Code(t, model)
	owner, owned := d.site.Owner(t)
	switch {
	case t.NS == wiki.NSMediaWiki && strings.HasPrefix(t.Key, "Gadget"):
		return plain, "gadget"
	case code.Site() && code.Runs():
		return plain, "site-js"
	case !code.User() || !code.Runs() || !owned:
		return plain, "page"
	case owner == d.v.Persona.Name, d.v.Persona.Name == "" && (owner == "Null" || owner == "Undefined"):
		return plain, "own-js" // a script that puts nobody's name together means its reader
	}
	return plain, "other-user-js"
}

// answerWrite answers a write, as a wiki does that carried it out, or refused to.
func (d *Decoy) answerWrite(w http.ResponseWriter, a *ask, r *reading) {
	if !r.api {
		d.answerForm(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	var body any
	switch d.v.Answer {
	case Denied:
		body = failure("permissiondenied", "You do not have permission to do this.")
	case Broken:
		body = failure("internal_api_error_DBQueryError", "A database query error has occurred.")
	default:
		body = d.success(r)
	}
	if d.v.Answer == Denied || d.v.Answer == Broken {
		w.Header().Set("MediaWiki-API-Error", "permissiondenied")
		if strings.Contains(a.URL.Path, "rest") {
			w.WriteHeader(http.StatusForbidden)
		}
	}
	text, _ := json.Marshal(body)
	_, _ = w.Write(text)
}

type object map[string]any

func failure(code, info string) object {
	return object{"error": object{"code": code, "info": info, "docref": "See /w/api.php for API usage."}}
}

// answerForm answers what a browser's form sent.
func (d *Decoy) answerForm(w http.ResponseWriter, r *reading) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	said := "Your change has been saved."
	if d.v.Answer == Denied || d.v.Answer == Broken {
		w.WriteHeader(http.StatusForbidden)
		said = "You do not have permission to do this."
	} else if r.action == "botpasswords" && d.v.Secrets != nil { // whoever makes one is shown it, once
		said = "The new password to log in with " + d.v.Persona.Name + "@lamp is " + d.v.Secrets.Password + ". Please record this for future reference."
	}
	fmt.Fprintf(w, "<!DOCTYPE html><title>%s</title><body class=\"mediawiki\"><div id=\"mw-content-text\"><p>%s</p></div></body>\n", d.site.Name, said)
}

// success is the answer of a module that did what it was told (ApiEditPage, ApiMove, …).
func (d *Decoy) success(r *reading) object {
	title := ""
	if len(r.titles) > 0 {
		title, _ = d.place(r.titles[0], r.model)
	}
	now := d.now().UTC().Format(time.RFC3339)
	switch r.action {
	case "edit":
		return object{"edit": object{"result": "Success", "pageid": 4711, "title": title, "contentmodel": firstOf(r.model, "wikitext"), "oldrevid": 90210, "newrevid": 90211, "newtimestamp": now}}
	case "visualeditoredit", "discussiontoolsedit":
		return object{r.action: object{"result": "success", "newrevid": 90211, "content": ""}}
	case "move":
		return object{"move": object{"from": r.get("from"), "to": r.get("to"), "reason": r.get("reason"), "redirectcreated": true}}
	case "delete", "undelete", "protect":
		return object{r.action: object{"title": title, "reason": r.get("reason"), "logid": 8123, "revisions": 1, "protections": []any{}}}
	case "rollback":
		return object{"rollback": object{"title": title, "pageid": 4711, "summary": r.get("summary"), "revid": 90211, "old_revid": 90210, "last_revid": 90200}}
	case "block", "unblock":
		return object{r.action: object{"user": r.person, "userID": 77, "id": 501, "expiry": firstOf(r.get("expiry"), "infinite"), "reason": r.get("reason")}}
	case "userrights":
		return object{"userrights": object{"user": r.person, "userid": 77, "added": strings.Split(r.get("add"), "|"), "removed": []string{}}}
	case "options", "globalpreferences":
		d.remember(r)
		return object{r.action: "success"}
	case "watch":
		return object{"watch": []object{{"title": title, "watched": true}}}
	case "clientlogin":
		return object{"clientlogin": object{"status": "PASS", "username": r.get("username")}}
	case "login":
		return object{"login": object{"result": "Success", "lguserid": 77, "lgusername": r.get("lgname")}}
	case "upload":
		return object{"upload": object{"result": "Success", "filename": r.get("filename")}}
	case "logout":
		return object{}
	case "rest":
		return object{"id": 4711, "title": title}
	}
	return object{r.action: object{"result": "Success", "title": title}}
}

func (d *Decoy) now() time.Time {
	if d.v.Now.IsZero() {
		return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	}
	return d.v.Now
}

// remember keeps what a script saves under options of its own: on the next page it is there.
func (d *Decoy) remember(r *reading) {
	keep := func(name, value string) {
		if strings.HasPrefix(name, "userjs-") && len(d.options) < 50 && len(value) < maxOption {
			if d.options == nil {
				d.options = map[string]any{}
			}
			d.options[name] = value
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	change, sep := r.get("change"), "|"
	if rest, ok := strings.CutPrefix(change, "\x1f"); ok {
		change, sep = rest, "\x1f"
	}
	for _, pair := range strings.Split(change, sep) {
		name, value, _ := strings.Cut(pair, "=")
		keep(name, value)
	}
	keep(r.get("optionname"), r.get("optionvalue"))
}

// maxOption bounds an option that is kept, in bytes (MediaWiki: $wgUserJsPrefLimit is higher).
const maxOption = 64 << 10
