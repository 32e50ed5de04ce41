package fakewiki

import "slices"

// tokenSalts are the kinds of token there are and what MediaWiki mixes in for each (ApiQueryTokens::getTokenTypeSalts).
var tokenSalts = map[string]string{"csrf": "", "login": "login", "createaccount": "createaccount", "watch": "watch", "patrol": "patrol",
	"rollback": "rollback", "userrights": "userrights"}

// tokens is meta=tokens.
func (q *query) tokens() error {
	kinds := q.list("type")
	if kinds == nil {
		kinds = []string{"csrf"}
	}
	if slices.Contains(kinds, "*") {
		kinds = nil
		for kind := range tokenSalts {
			kinds = append(kinds, kind)
		}
	}
	out := object{}
	for _, kind := range kinds {
		salt, ok := tokenSalts[kind]
		if !ok {
			q.warn("tokens", "Unrecognized value for parameter \"type\": "+kind)
			continue
		}
		if q.text("origin") == "*" || q.has("callback") {
			continue
		}
		out[kind+"token"] = q.w.token(q.request, salt)
	}
	q.out["tokens"] = out
	return nil
}

// apiCheckToken is action=checktoken.
func (w *Wiki) apiCheckToken(c *apiCall) error {
	salt, ok := tokenSalts[c.text("type")]
	if !ok {
		return apiErrorf("badvalue", "Unrecognized value for parameter \"type\": %s.", c.text("type"))
	}
	if !c.has("token") {
		return apiErrorf("missingparam", "The \"token\" parameter must be set.")
	}
	answer := object{"result": "invalid"}
	if w.checks(c.request, salt, c.text("token")) {
		answer["result"] = "valid"
		if made, ok := madeAt(c.text("token")); ok {
			answer["generated"] = stamp(made)
		}
	}
	c.result["checktoken"] = answer
	return nil
}

// authManagerInfo is meta=authmanagerinfo, as far as a login form needs it. Somebody logged in has logged in a moment
// ago, for all this wiki knows, so sensitive operations are always allowed to them.
func (q *query) authManagerInfo() error {
	o := object{"canauthenticatenow": true, "cancreateaccounts": false, "canlinkaccounts": false, "haspreservedstate": false,
		"hasprimarypreservedstate": false, "preservedusername": "", "requests": []object{}}
	if q.has("amisecuritysensitiveoperation") {
		o["securitysensitiveoperationstatus"] = "ok"
		if q.account == nil {
			o["securitysensitiveoperationstatus"] = "reauth"
		}
	}
	if q.text("amirequestsfor") == "login" {
		o["requests"] = []object{{
			"id": "MediaWiki\\Auth\\PasswordAuthenticationRequest", "metadata": object{}, "required": "primary-required",
			"provider": "Password-based authentication", "account": "",
			"fields": object{
				"username": object{"type": "string", "label": "Username", "help": "Username for authentication.", "optional": false, "sensitive": false},
				"password": object{"type": "password", "label": "Password", "help": "Password for authentication.", "optional": false, "sensitive": true},
			},
		}}
	}
	q.out["authmanagerinfo"] = o
	return nil
}
