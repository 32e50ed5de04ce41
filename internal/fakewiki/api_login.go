package fakewiki

import "strings"

// apiLogin is action=login. Real wikis want bot passwords here; this one also takes the account's own.
func (w *Wiki) apiLogin(c *apiCall) error {
	if !c.has("lgtoken") {
		c.result["login"] = object{"result": "NeedToken", "token": w.token(c.request, "login")}
		return nil
	}
	if !c.post.Has("lgtoken") || c.get.Has("lgpassword") {
		return apiErrorf("mustpostparams", "The following parameters were found in the query string, but must be in the POST body: lgpassword, lgtoken.")
	}
	if !w.checks(c.request, "login", c.text("lgtoken")) {
		c.result["login"] = object{"result": "WrongToken"}
		return nil
	}
	name, _, _ := strings.Cut(c.text("lgname"), "@")
	a := w.accountNamed(name)
	if a == nil || !a.checks(c.text("lgpassword")) {
		c.result["login"] = object{"result": "Failed", "reason": wrongPassword}
		return nil
	}
	w.login(c.request, a)
	c.result["login"] = object{"result": "Success", "lguserid": a.ID, "lgusername": a.Name}
	return nil
}

const wrongPassword = "Incorrect username or password entered. Please try again."

// apiClientLogin is action=clientlogin with a name and a password.
func (w *Wiki) apiClientLogin(c *apiCall) error {
	switch {
	case !c.has("logincontinue") && !c.has("loginreturnurl"):
		return apiErrorf("missingparam", "At least one of the parameters \"logincontinue\" and \"loginreturnurl\" is required.")
	case !c.post.Has("logintoken"):
		return apiErrorf("missingparam", "The \"logintoken\" parameter must be set.")
	case !w.checks(c.request, "login", c.text("logintoken")):
		return apiErrorf("badtoken", "Invalid CSRF token.")
	}
	a := w.accountNamed(c.text("username"))
	if a == nil || !a.checks(c.text("password")) {
		c.result["clientlogin"] = object{"status": "FAIL", "message": wrongPassword, "messagecode": "wrongpassword"}
		return nil
	}
	w.login(c.request, a)
	c.result["clientlogin"] = object{"status": "PASS", "username": a.Name}
	return nil
}

// apiLogout is action=logout.
func (w *Wiki) apiLogout(c *apiCall) error {
	w.logout(c.request)
	return nil
}
