package gateway

import (
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"sallyport/internal/mediawiki"
	"sallyport/internal/pending"
	"sallyport/internal/writedoor"
)

// NeedsApproval is the error code that api.php clients see when a change waits.
const NeedsApproval = "sallyport-approval-needed"

// waiting is what clients are told of a change that waits.
type waiting struct {
	ID      string `json:"pending"`
	Address string `json:"address"` // where a person opens it
	Resume  string `json:"resume"`  // where the person returns to, on the wiki's own origin
	Expires string `json:"expires"`
}

// waits answers a request that was parked. Somebody who pressed a button is taken to the approval; a script gets an error
// with the address, and nothing opens by itself.
func (d *Door) waits(w http.ResponseWriter, r *http.Request, c *pending.Change) {
	about := waiting{c.ID, d.Desk.Address(c.ID), d.Base + "/resume/" + c.ID, c.Expires.UTC().Format("2006-01-02T15:04:05Z")}
	const info = "This change is kept and waits for your approval. Open the address, look at it, and approve it there; then it is made."
	if machine(r) {
		d.problem(w, r, http.StatusForbidden, NeedsApproval, info+" "+about.Address, &about)
		return
	}
	if c.Parcel.Sent.ByPerson() {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, about.Address, http.StatusSeeOther)
		return
	}
	d.page(w, r, http.StatusAccepted, doorPage{Title: "waits", Code: NeedsApproval, Link: about.Address, Text: c.Typed})
}

// notParked says why a change cannot even wait.
func (d *Door) notParked(w http.ResponseWriter, r *http.Request, a pending.Arrival, err error) {
	var status int
	var code, info string
	var refused *mediawiki.Error
	switch {
	case errors.Is(err, mediawiki.ErrUnavailable):
		status, code, info = http.StatusServiceUnavailable, "sallyport-unavailable", "The wiki does not answer, so what this change leads to cannot be computed. Nothing was changed; keep a copy of your text and try again in a minute."
	case errors.Is(err, writedoor.ErrUncomputable), errors.As(err, &refused):
		status, code, info = http.StatusForbidden, "sallyport-uncomputable", "A change of code has to be approved, and nobody can approve what cannot be shown: "+err.Error()+". Nothing was changed. What helps: edit the whole page and save its whole text."
	case errors.Is(err, pending.ErrStale):
		status, code, info = http.StatusConflict, "editconflict", "The page has changed since you began. Nothing was changed; open the page again, and put your text in anew. ("+err.Error()+")"
	case errors.Is(err, pending.ErrTooMany):
		status, code, info = http.StatusTooManyRequests, "sallyport-too-many", "As many of your changes as may wait do so already. Approve or reject one of them first. Nothing was changed."
	case errors.Is(err, pending.ErrTooLarge):
		status, code, info = http.StatusRequestEntityTooLarge, "sallyport-too-large", err.Error()+". Nothing was changed."
	case errors.Is(err, pending.ErrHeld), errors.Is(err, pending.ErrApart), errors.Is(err, pending.ErrNobody), errors.Is(err, pending.ErrKey), errors.Is(err, pending.ErrBroker),
		errors.Is(err, pending.ErrSignature), errors.Is(err, pending.ErrLate):
		status, code, info = http.StatusForbidden, "sallyport-refused", "Refused: "+err.Error()+". Nothing was changed."
	default:
		d.Log.Error("change not parked", "user", a.Actor.Name, "action", a.Operation.Action, "err", err)
		status, code, info = http.StatusServiceUnavailable, "sallyport-unavailable", "This change needs an approval, and it could not be kept until then. Nothing was changed; keep a copy of your text and try again in a minute."
	}
	text := a.Operation.Params.Text("wpTextbox1")
	if machine(r) {
		d.problem(w, r, status, code, info, nil)
		return
	}
	d.page(w, r, status, doorPage{Title: "not-changed", Code: code, Info: info, Text: text})
}

// refuse answers a request that goes no further.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, status int, code, info string) {
	if machine(r) {
		d.problem(w, r, status, code, info, nil)
		return
	}
	d.page(w, r, status, doorPage{Title: "not-sent", Code: code, Info: info})
}

// machine says whether a request goes to an interface for programs.
func machine(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/api.php") || strings.Contains(r.URL.Path, "/rest.php")
}

// problem answers as api.php does (ApiMain: status 200 and a header), or as rest.php does.
func (d *Door) problem(w http.ResponseWriter, r *http.Request, status int, code, info string, about *waiting) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	var answer any
	if strings.Contains(r.URL.Path, "/rest.php") {
		answer = map[string]any{
			"errorKey": code, "messageTranslations": map[string]string{"en": info}, "httpCode": status, "httpReason": http.StatusText(status), "sallyport": about,
		}
	} else {
		h.Set("MediaWiki-API-Error", code)
		if status < http.StatusInternalServerError {
			status = http.StatusOK
		}
		answer = apiError(r, code, info, about)
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the client went away; there is nobody left to tell
}

// apiError is an error in the format that was asked for (errorformat). Only the query is looked at: clients that send it in
// the body understand the older form as well.
func apiError(r *http.Request, code, info string, about *waiting) any {
	switch r.URL.Query().Get("errorformat") {
	case "plaintext", "wikitext", "raw":
		return map[string]any{"errors": []any{map[string]any{"code": code, "text": info, "data": map[string]any{"sallyport": about}}}}
	case "html":
		return map[string]any{"errors": []any{map[string]any{"code": code, "html": template.HTMLEscapeString(info), "data": map[string]any{"sallyport": about}}}}
	default:
		one := map[string]any{"code": code, "info": info}
		all := map[string]any{"error": one, "errors": []any{map[string]any{"code": code, "text": info, "html": template.HTMLEscapeString(info), "data": map[string]any{"sallyport": about}}}}
		if about != nil {
			one["sallyport"] = about
		}
		return all
	}
}
