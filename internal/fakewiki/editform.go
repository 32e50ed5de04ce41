package fakewiki

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/wiki"
)

// unicodeCheck is what a browser must send back unharmed (EditPage::UNICODE_CHECK).
const unicodeCheck = "ℳ𝒲♥𝓊𝓃𝒾𝒸ℴ𝒹ℯ"

// edit shows the form, or saves what was posted: any POST without wpPreview and wpDiff is a save (EditPage).
func (w *Wiki) edit(v *visit) *reply {
	model := v.or("model", w.modelOf(v.title))
	if d := w.mayEdit(&v.user, v.title, model); d != nil {
		if v.posted() {
			return w.permissionError(v, d)
		}
		return w.viewSource(v, d)
	}
	if !v.posted() {
		text := v.text("preload-text")
		if v.rev != nil {
			text = w.sectionText(v)
		}
		return w.html(v, w.form(v, text, model, ""))
	}
	text := strings.ReplaceAll(v.text("wpTextbox1"), "\r\n", "\n")
	switch {
	case !v.has("wpUltimateParam"):
		return w.html(v, w.form(v, text, model, "Some parts of the edit form did not reach the server; double-check that your edits are intact and try again."))
	case v.text("wpUnicodeCheck") != unicodeCheck:
		return w.html(v, w.form(v, text, model, "Your browser is not Unicode compliant, so the edit was not saved."))
	case v.has("wpPreview") || v.has("wpDiff"):
		b := w.form(v, text, model, "")
		b.content = `<div id="wikiPreview">` + w.parserOutput(w.renderBody(v.title, text, model).HTML) + "</div>" + b.content
		return w.html(v, b)
	case !w.checks(v.request, "", v.text("wpEditToken")):
		return w.html(v, w.form(v, text, model, "Sorry! We could not process your edit due to a loss of session data. Please try saving again."))
	}
	return w.saveForm(v, text, model)
}

func (w *Wiki) saveForm(v *visit, text, model string) *reply {
	if err := conflict(w.db.byTitle[v.title], v.id("editRevId"), v.text("wpEdittime"), v.user.Name); err != nil {
		b := w.form(v, text, model, "Someone else has changed this page since you started editing it.")
		b.heading = "Edit conflict: " + w.prefixed(v.title)
		return w.html(v, b)
	}
	if err := checkText(model, text); err != nil {
		return w.html(v, w.form(v, text, model, err.Error()))
	}
	if section := v.text("wpSection"); section != "" {
		old := ""
		if v.page != nil {
			old = v.page.current().Text
		}
		whole, err := replaceSection(old, section, v.text("wpSectionTitle"), v.or("wpSectionTitle", v.text("wpSummary")), text)
		if err != nil {
			return w.html(v, w.form(v, text, model, err.Error()))
		}
		text = whole
	}
	w.store(v.title, edit{text: w.sign(v.request, text, model), author: v.user.Name, comment: w.summary(v.page, model, v.text("wpSummary"), text), model: model, minor: v.has("wpMinoredit") && v.account != nil})
	return redirectTo(w.site.URL(v.title))
}

// sign writes out the tildes of a signature, as MediaWiki does before it saves wikitext.
func (w *Wiki) sign(q *request, text, model string) string {
	if model != wiki.ModelWikitext || !strings.Contains(text, "~~~") {
		return text
	}
	when := w.now().UTC().Format("15:04, 2 January 2006 (UTC)")
	name := "[[Special:Contributions/" + q.user.Name + "|" + q.user.Name + "]]"
	if q.account != nil {
		name = "[[User:" + q.user.Name + "|" + q.user.Name + "]] ([[User talk:" + q.user.Name + "|talk]])"
	}
	return strings.NewReplacer("~~~~~", when, "~~~~", name+" "+when, "~~~", name).Replace(text)
}

func (w *Wiki) sectionText(v *visit) string {
	n, err := strconv.Atoi(v.text("section"))
	if err != nil {
		if v.text("section") == "new" {
			return ""
		}
		return v.rev.Text
	}
	start, end, _ := sectionBounds(v.rev.Text, n)
	return v.rev.Text[start:end]
}

// form is the edit form under MediaWiki's names.
func (w *Wiki) form(v *visit, text, model, problem string) body {
	base, since := int64(0), ""
	if v.page != nil {
		base, since = v.page.current().ID, v.page.current().Time.UTC().Format("20060102150405")
	}
	id := strconv.FormatInt(base, 10)
	hidden := hiddenFields("wpUnicodeCheck", unicodeCheck, "wpAntispam", "", "wpSection", v.text("section"), "wpStarttime", w.now().UTC().Format("20060102150405"),
		"wpEdittime", since, "editRevId", id, "wpScrolltop", "", "wpAutoSummary", "d41d8cd98f00b204e9800998ecf8427e", "oldid", "0", "parentRevId", id,
		"format", formatOf(model), "model", model, "wpEditToken", w.token(v.request, ""))
	verb := "Editing "
	if v.page == nil {
		verb = "Creating "
	}
	content := ""
	if problem != "" {
		content = `<div class="mw-message-box mw-message-box-error errorbox">` + escape(problem) + "</div>"
	}
	content += `<form class="mw-editform" id="editform" name="editform" method="post" action="` + escape(w.pageQuery(v.title, "action", "submit")) + `" enctype="multipart/form-data">` + hidden +
		`<textarea accesskey="," id="wpTextbox1" name="wpTextbox1" cols="80" rows="25" dir="auto" lang="` + w.site.Lang + `" class="mw-editfont-monospace">` + textarea(text) + "</textarea>" +
		`<div class="editOptions"><label for="wpSummary">Summary:</label> <input id="wpSummary" name="wpSummary" class="mw-summary" size="60" maxlength="500" value="` + escape(v.text("wpSummary")) + `">` +
		`<div class="editCheckboxes">` + w.minorBox(v) + `</div><div class="editButtons"><input id="wpSave" name="wpSave" type="submit" value="Save changes" accesskey="s"> <input id="wpPreview" name="wpPreview" type="submit" value="Show preview" accesskey="p"> <input id="wpDiff" name="wpDiff" type="submit" value="Show changes" accesskey="v"> ` +
		`<a id="mw-editform-cancel" href="` + escape(w.address(v.title)) + `">Cancel</a></div></div>` + hiddenFields("mode", "text", "wpUltimateParam", "1") + "</form>"
	return body{heading: verb + w.prefixed(v.title), noStore: true, content: content, modules: []string{"mediawiki.action.edit"}}
}

// textarea is a text between the tags: a line break that browsers drop, and one at the end of a text that is there.
func textarea(text string) string {
	if text == "" {
		return "\n"
	}
	return "\n" + escape(text) + "\n"
}

func (w *Wiki) minorBox(v *visit) string {
	if v.account == nil || v.page == nil {
		return ""
	}
	return `<label><input type="checkbox" id="wpMinoredit" name="wpMinoredit" value="1"> This is a minor edit</label>`
}

func hiddenFields(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteString(`<input type="hidden" name="` + escape(pairs[i]) + `" value="` + escape(pairs[i+1]) + `">`)
	}
	return b.String()
}

// viewSource is what somebody sees who may not edit.
func (w *Wiki) viewSource(v *visit, d *denial) *reply {
	text := ""
	if v.rev != nil {
		text = v.rev.Text
	}
	b := body{heading: "View source for " + w.prefixed(v.title), noStore: true}
	b.content = `<div class="permissions-errors"><p class="mw-permission-error" data-code="` + escape(d.code) + `">` + escape(d.info) + `</p></div><textarea readonly id="wpTextbox1" name="wpTextbox1" cols="80" rows="25" dir="auto">` + "\n" + escape(text) + "</textarea>"
	return w.html(v, b)
}

// deletePage is action=delete: a form, or the deed.
func (w *Wiki) deletePage(v *visit) *reply {
	if v.page == nil {
		return w.errorPage(v, http.StatusNotFound, "Cannot delete page", "The page could not be deleted. It may have already been deleted by someone else.")
	}
	if d := w.mayDelete(&v.user, v.title); d != nil {
		return w.permissionError(v, d)
	}
	if v.posted() && w.checks(v.request, "", v.text("wpEditToken")) {
		w.remove(v.page, v.user.Name, v.text("wpReason"))
		v.page, v.rev = nil, nil
		return w.html(v, body{heading: "Action complete", content: "<p>\"" + escape(w.prefixed(v.title)) + "\" has been deleted.</p>"})
	}
	return w.html(v, body{heading: "Delete \"" + w.prefixed(v.title) + "\"", content: `<form id="deleteconfirm" method="post" action="` + escape(w.pageQuery(v.title, "action", "delete")) + `">` +
		`<label for="wpReason">Reason:</label> <input id="wpReason" name="wpReason" size="60">` + hiddenFields("wpEditToken", w.token(v.request, "")) + `<input id="wpConfirmB" name="wpConfirmB" type="submit" value="Delete page"></form>`})
}

// loggedOut is when this browser last logged out, so that no page from before is taken for current.
func (w *Wiki) loggedOut(q *request) time.Time {
	c, err := q.http.Cookie(w.site.ID + "LoggedOut")
	if err != nil {
		return time.Time{}
	}
	return when(c.Value)
}
