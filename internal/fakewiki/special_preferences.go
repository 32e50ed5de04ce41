package fakewiki

import (
	"maps"
	"strings"
)

// specialPreferences shows the tab that matters here, the site gadgets, under the element ids of MediaWiki's form.
func (w *Wiki) specialPreferences(v *visit) *reply {
	if v.account == nil {
		return w.loginFirst(v, "prefsnologintext2")
	}
	note := ""
	if v.posted() {
		if !w.checks(v.request, "", v.text("wpEditToken")) {
			return w.permissionError(v, deny("badtoken", "There seems to be a problem with your login session; the preferences were not saved."))
		}
		w.savePreferences(v)
		note = `<div class="mw-preferences-messagebox mw-notify-success successbox" id="mw-preferences-success">Your preferences have been saved.</div>`
	}
	content := note + `<div id="preferences"><form id="mw-prefs-form" class="mw-htmlform mw-htmlform-ooui" method="post" action="` + escape(w.address(v.title)) + `">` +
		`<fieldset id="mw-prefsection-personal" class="mw-prefs-tabs"><legend>User profile</legend><p>Username: ` + escape(v.user.Name) + `</p><label for="mw-input-wpemailaddress">Email</label> <input id="mw-input-wpemailaddress" name="wpEmail" type="email" value="` + escape(v.account.Email) + `" readonly></fieldset>` +
		`<fieldset id="mw-prefsection-gadgets" class="mw-prefs-tabs"><legend id="preftab-gadgets">Gadgets</legend><div id="mw-htmlform-gadgets" class="mw-gadgets">` + w.gadgetBoxes(v) + "</div></fieldset>" +
		hiddenFields("wpEditToken", w.token(v.request, "")) + `<button id="prefcontrol" type="submit" name="wpPrefSave" value="Save">Save</button></form></div>`
	return w.html(v, body{heading: "Preferences", content: content, safe: true})
}

func (w *Wiki) gadgetBoxes(v *visit) string {
	var b strings.Builder
	section := ""
	for _, g := range w.siteGadgets() {
		if g.Definition.Settings.Hidden {
			continue
		}
		if s := g.Definition.Settings.Section; s != section {
			section = s
			text, ok := w.message("Gadget-section-" + s)
			if !ok {
				text = s
			}
			b.WriteString("<h3>" + escape(text) + "</h3>")
		}
		checked := ""
		if w.enabled(v.account, &g) {
			checked = " checked"
		}
		id := escape("mw-input-wpgadget-" + g.ID)
		b.WriteString(`<div class="mw-htmlform-field-HTMLCheckField"><input type="checkbox" id="` + id + `" name="` + escape("wpgadget-"+g.ID) + `" value="1"` + checked + `> <label for="` + id + `">` + w.gadgetText(g.ID) + "</label></div>\n")
	}
	return b.String()
}

func (w *Wiki) savePreferences(v *visit) {
	options := maps.Clone(v.account.Options)
	for _, g := range w.siteGadgets() {
		if g.Definition.Settings.Hidden {
			continue
		}
		on := v.has("wpgadget-" + g.ID)
		if on == g.Definition.Settings.Default {
			delete(options, "gadget-"+g.ID)
		} else if on {
			options["gadget-"+g.ID] = "1"
		} else {
			options["gadget-"+g.ID] = "0"
		}
	}
	v.account.Options, v.account.Touched = options, w.now().UTC()
}
