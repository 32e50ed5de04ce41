package fakewiki

import "net/url"

// specialLogin is Special:UserLogin: a form, a session, and back to where one came from.
func (w *Wiki) specialLogin(v *visit) *reply {
	problem := ""
	if v.posted() {
		a := w.accountNamed(v.text("wpName"))
		switch {
		case !w.checks(v.request, "login", v.text("wpLoginToken")):
			problem = "There seems to be a problem with your login session; please resubmit the form."
		case a == nil || !a.checks(v.text("wpPassword")):
			problem = wrongPassword
		default:
			w.login(v.request, a)
			return redirectTo(w.returnAddress(v))
		}
	} else if v.account != nil && !v.has("force") {
		return redirectTo(w.returnAddress(v))
	}
	content := ""
	if problem != "" {
		content = `<div class="mw-message-box mw-message-box-error errorbox">` + escape(problem) + "</div>"
	}
	content += `<div id="userloginForm"><form class="mw-htmlform" name="userlogin" method="post" action="` + escape(w.scriptQuery("title", "Special:UserLogin", "returnto", v.text("returnto"), "returntoquery", v.text("returntoquery"))) + `">` +
		`<div class="mw-htmlform-field-HTMLTextField"><label for="wpName1">Username</label> <input id="wpName1" name="wpName" class="loginText" size="20" autocomplete="username" required value="` + escape(v.text("wpName")) + `"></div>` +
		`<div class="mw-htmlform-field-HTMLTextField"><label for="wpPassword1">Password</label> <input id="wpPassword1" name="wpPassword" class="loginPassword" type="password" size="20" autocomplete="current-password"></div>` +
		hiddenFields("wpLoginToken", w.token(v.request, "login"), "title", "Special:UserLogin", "authAction", "login", "wpFromhttp", "1") +
		`<button id="wpLoginAttempt" name="wploginattempt" type="submit" value="Log in">Log in</button></form></div>`
	return w.html(v, body{heading: "Log in", noStore: true, content: content, safe: true})
}

// returnAddress is where returnto and returntoquery lead: always a page of this wiki.
func (w *Wiki) returnAddress(v *visit) string {
	t, err := w.site.ParseText(v.text("returnto"))
	if err != nil {
		t = w.title(w.site.MainPage)
	}
	address := w.site.URL(t)
	if values, err := url.ParseQuery(v.text("returntoquery")); err == nil && len(values) > 0 {
		address += "?" + values.Encode()
	}
	return address
}

// specialLogout asks before it logs out by GET, as MediaWiki has done since 1.34.
func (w *Wiki) specialLogout(v *visit) *reply {
	if v.account == nil {
		return w.html(v, body{heading: "Log out", content: "<p>You are not logged in.</p>", safe: true})
	}
	if v.posted() && w.checks(v.request, "", v.text("wpEditToken")) {
		w.logout(v.request)
		return w.html(v, body{heading: "Log out", content: "<p>You are now logged out.</p>" + "<p id=\"mw-returnto\">Return to " + link(w.returnAddress(v), "the page before") + ".</p>", safe: true})
	}
	return w.html(v, body{heading: "Log out", safe: true, content: `<form method="post" action="` + escape(w.scriptQuery("title", "Special:UserLogout", "returnto", v.text("returnto"))) + `"><p>Do you want to log out?</p>` +
		hiddenFields("wpEditToken", w.token(v.request, "")) + `<button type="submit" value="Submit">Log out</button></form>`})
}
