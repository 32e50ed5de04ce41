package decoy

import (
	"bytes"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// form is a special page that changes an account or somebody's rights, as scripts use it: they fetch it, take the token out of it, and
// send it. Names and ids are MediaWiki's and its extensions'.
type form struct {
	id, within string   // of the form, and of what stands around it
	fields     []string // name, or name=value; a value "?" is what follows the page's name after a slash, "on" makes a box to tick and "ticked" one that is
	button     string   // name of the button
	groups     []string // who may see it; nil for everybody who is logged in
	safe       bool     // the wiki keeps users' code off it
}

var (
	bureaucrats = []string{"bureaucrat", "steward"}
	sysops      = []string{"sysop", "bureaucrat", "interface-admin", "steward"}
)

// forms are the special pages, by their names in lower case.
var forms = map[string]form{
	"changeemail":               {fields: []string{"wpName=?me", "wpNewEmail", "wpnewemail", "newemail", "wpPassword", "returnto"}, button: "wpChangeEmail", safe: true},
	"changepassword":            {fields: []string{"username=?me", "wpPassword", "password", "wpNewPassword", "retype", "wpRetype"}, button: "wpChangePassword", safe: true},
	"changecredentials":         {fields: []string{"username=?me", "password", "retype", "wpPassword", "wpNewPassword", "wpRetype", "authAction=change"}, button: "wpSubmit", safe: true},
	"removecredentials":         {fields: []string{"authAction=remove"}, button: "wpSubmit", safe: true},
	"linkaccounts":              {fields: []string{"authAction=link"}, button: "wpSubmit", safe: true},
	"passwordreset":             {fields: []string{"wpUsername=?me", "wpEmail"}, button: "wpSubmit", safe: true},
	"botpasswords":              {fields: []string{"wpNewAppId=?", "wpappId=?", "wpgrants[]=grant-editinterface=on", "wpgrants[]=grant-editsiteconfig=on", "wprestrictions", "op=create"}, button: "wpcreate", safe: true},
	"oauth":                     {within: "mw-mwoauth-accept", id: "mw-mwoauth-authorize-form", fields: []string{"wpconsumerKey=lamp", "wprequestToken=lamp"}, button: "accept", safe: true},
	"oauthconsumerregistration": {id: "mw-mwoauth-register", fields: []string{"wpname", "wpversion", "wpdescription", "wpcallbackUrl", "wpemail", "wpgrants[]=editinterface=on", "wpaction=propose"}, button: "wpSubmit", safe: true},
	"oauthmanagemygrants":       {fields: []string{"wpacceptanceId=12", "wpgrants[]=editinterface=on"}, button: "wpupdate", safe: true},
	"oath":                      {fields: []string{"wptoken", "wpsecret", "op=disable"}, button: "wpSubmit", safe: true},
	"accountsecurity":           {fields: []string{"action=disable", "module=totp", "token"}, button: "wpSubmit", safe: true},
	"globalpreferences":         {id: "mw-prefs-form", fields: []string{"wpskin=vector", "wprealname", "wpnickname"}, button: "wpPrefSave", safe: true},
	"emailuser":                 {id: "mw-emailuserform", fields: []string{"wpTarget=?", "wpSubject", "wpText"}, button: "wpSend"},
	"userrights": {id: "mw-userrights-form2", fields: []string{
		"user=?", "conflictcheck-originalgroups", "wpGroup-sysop=1=on", "wpGroup-bureaucrat=1=on", "wpGroup-interface-admin=1=on", "wpGroup-bot=1=on", "wpExpiry-sysop", "wpExpiry-bureaucrat",
		"wpExpiry-interface-admin", "wpExpiry-bot", "user-reason",
	}, button: "saveusergroups", groups: bureaucrats},
	"block":              {id: "mw-block-form", fields: []string{"wpTarget=?", "wpExpiry=infinite", "wpReason-other", "wpCreateAccount=1=on", "wpAutoBlock=1=on"}, button: "wpSubmit", groups: sysops},
	"unblock":            {fields: []string{"wpTarget=?", "wpReason"}, button: "wpSubmit", groups: sysops},
	"undelete":           {id: "undelete", fields: []string{"target=?", "wpComment", "restore=1"}, button: "restore", groups: sysops},
	"import":             {id: "mw-import-upload-form", fields: []string{"source=upload", "usernamePrefix", "rootpage", "log-comment"}, button: "wpImport", groups: sysops},
	"mergehistory":       {fields: []string{"target=?", "dest", "wpComment"}, button: "merge", groups: sysops},
	"changecontentmodel": {fields: []string{"pagetitle=?", "model=javascript", "reason"}, button: "wpSubmit", groups: sysops},
	"nuke":               {fields: []string{"target=?", "wpReason", "pages[]=Harbour=on"}, button: "wpSubmit", groups: sysops},
	"upload":             {id: "mw-upload-form", fields: []string{"wpUploadFile", "wpDestFile=?", "wpUploadDescription", "wpLicense", "wpWatchthis=1=on", "wpIgnoreWarning=1=on"}, button: "wpUpload"},
	"abusefilter": {id: "mw-abusefilter-editing-form", fields: []string{
		"wpFilterDescription=Lamps", "wpFilterRules=added_lines irlike 'lamp'", "wpFilterNotes", "wpFilterEnabled=1=ticked", "wpFilterHidden=1=on", "wpFilterActionDisallow=1=ticked", "wpFilterActionWarn=1=on",
	}, button: "wpSave", groups: sysops},
	"massmessage": {id: "mw-massmessage-form", fields: []string{"spamlist", "subject", "message"}, button: "submit-button", groups: sysops},
}

// formOf is the special page with a form that an address shows to the persona of the run; what follows its name in the title is param.
func (d *Decoy) formOf(u *url.URL) (f form, param string, ok bool) {
	name, isSpecial := specialName(titleIn(u))
	if !isSpecial || d.v.Persona.Name == "" {
		return f, "", false
	}
	name, _, _ = strings.Cut(name, "/")
	_, param, _ = strings.Cut(titleIn(u), "/")
	if u.Query().Get("target") != "" {
		param = u.Query().Get("target")
	}
	f, ok = forms[name]
	ok = ok && (f.groups == nil || slices.ContainsFunc(slices.Concat(d.v.Persona.Groups, d.v.Persona.GlobalGroups), func(g string) bool { return slices.Contains(f.groups, g) }))
	return f, strings.ReplaceAll(param, "_", " "), ok
}

// RunsNoCode says whether a page is a special page that the wiki keeps users' code off (OutputPage::reduceAllowedModules).
func RunsNoCode(title string) bool {
	space, name, ok := strings.Cut(strings.ToLower(title), ":")
	if !ok || space != "special" {
		return false
	}
	name, _, _ = strings.Cut(name, "/")
	switch name {
	case "preferences", "userlogin", "createaccount":
		return true
	}
	return forms[name].safe
}

// offer puts the form of a special page into what the wiki says in its place, and says whether it did. On pages in safe mode no script
// runs; those that the wiki has, it has.
func (d *Decoy) offer(a *ask, page []byte) ([]byte, bool) {
	f, param, ok := d.formOf(a.URL)
	if !ok || a.Method != http.MethodGet || a.top && f.safe || bytes.Contains(page, []byte(`name="wpEditToken"`)) {
		return page, false
	}
	return within(page, f.html(d, a.URL, param))
}

func (f *form) html(d *Decoy, at *url.URL, param string) string {
	var b strings.Builder
	action := d.site.ScriptPath + "/index.php?title=" + url.QueryEscape(titleIn(at))
	if f.within != "" {
		b.WriteString(`<div id="` + f.within + `">`)
	}
	b.WriteString(`<form method="post" class="mw-htmlform mw-htmlform-ooui oo-ui-formLayout" action="` + html.EscapeString(action) + `"`)
	if f.id == "mw-upload-form" {
		b.WriteString(` enctype="multipart/form-data"`)
	}
	if f.id != "" {
		b.WriteString(` id="` + f.id + `"`)
	}
	b.WriteString(">")
	for _, field := range f.fields {
		name, value, _ := strings.Cut(field, "=")
		value, ticked := strings.CutSuffix(value, "=ticked")
		value, box := strings.CutSuffix(value, "=on")
		switch value {
		case "?":
			value = param
		case "?me":
			value = d.v.Persona.Name
		}
		b.WriteString(`<input name="` + name + `" id="` + inputID(name) + `" value="` + html.EscapeString(value) + `"`)
		switch {
		case ticked:
			b.WriteString(` type="checkbox" checked`)
		case box:
			b.WriteString(` type="checkbox"`)
		case name == "wpUploadFile":
			b.WriteString(` type="file"`)
		case strings.Contains(strings.ToLower(name), "password") || name == "retype" || name == "wpRetype":
			b.WriteString(` type="password"`)
		}
		b.WriteString(">")
	}
	token := strings.Repeat("0", 40)
	if d.v.Secrets != nil && strings.EqualFold(at.Host, d.v.Host) {
		token = d.v.Secrets.Token
	}
	b.WriteString(`<input type="hidden" name="wpEditToken" value="` + token + `+\"><input type="hidden" name="title" value="` + html.EscapeString(titleIn(at)) + `">`)
	b.WriteString(`<button type="submit" name="` + f.button + `" value="1">Save</button></form>`)
	if f.within != "" {
		b.WriteString("</div>")
	}
	return b.String()
}

// inputID is the id that a field has: HTMLForm's, or the name itself where that is what scripts look for.
func inputID(name string) string {
	switch {
	case strings.HasPrefix(name, "wpGroup-"), strings.HasPrefix(name, "wpUpload"), name == "wpDestFile", name == "wpLicense", name == "wpWatchthis", name == "wpIgnoreWarning":
		return name
	case name == "wpTarget":
		return "mw-bi-target"
	}
	return "mw-input-" + strings.TrimSuffix(name, "[]")
}

// titleIn is the title of the page that an address of index.php or of an article shows; "" for other addresses.
func titleIn(u *url.URL) string {
	for _, path := range []string{"/wiki/", "/w/index.php/", "/index.php/"} {
		if title, ok := strings.CutPrefix(u.Path, path); ok && title != "" {
			return title
		}
	}
	return u.Query().Get("title")
}

// elsewhere is where a special page leads that shows another page: one by chance. It is "" for others.
func (d *Decoy) elsewhere(a *ask) string {
	name, ok := specialName(titleIn(a.URL))
	name, _, _ = strings.Cut(name, "/")
	switch {
	case !ok || a.Method != http.MethodGet:
		return ""
	case name != "random" && name != "randompage" && name != "randomincategory" && name != "randomrootpage" && name != "randomredirect":
		return ""
	}
	d.refills(name)
	all := inhabitants[0]
	q := a.URL.Query()
	q.Set("title", strings.ReplaceAll(all[d.turn(name)%len(all)], " ", "_"))
	return d.site.ScriptPath + "/index.php?" + q.Encode()
}

// own puts the persona's name into the title of a page that leads to one's own: Special:MyPage/common.js.
func (d *Decoy) own(title string) string {
	space, rest, ok := strings.Cut(strings.ReplaceAll(title, "_", " "), ":")
	if !ok || !strings.EqualFold(strings.TrimSpace(space), "special") || d.v.Persona.Name == "" {
		return title
	}
	name, sub, below := strings.Cut(rest, "/")
	var out string
	switch strings.ToLower(strings.ReplaceAll(name, " ", "")) {
	case "mypage":
		out = "User:" + d.v.Persona.Name
	case "mytalk":
		out = "User talk:" + d.v.Persona.Name
	default:
		return title
	}
	if below {
		out += "/" + sub
	}
	return out
}
