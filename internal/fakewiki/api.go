package fakewiki

import (
	"fmt"
	"net/http"
	"regexp"
)

// module is one action of api.php.
type module struct {
	run    func(*Wiki, *apiCall) error
	post   bool   // must be posted
	token  string // the kind of token it needs in "token"; "" for none
	writes bool
}

// tokenFree marks modules that need no token, in the table below.
const tokenFree = "-"

// actions is every action of api.php there is.
func actions() map[string]module {
	return map[string]module{
		"query":       {run: (*Wiki).apiQuery, token: tokenFree},
		"parse":       {run: (*Wiki).apiParse, token: tokenFree},
		"paraminfo":   {run: (*Wiki).apiParamInfo, token: tokenFree},
		"checktoken":  {run: (*Wiki).apiCheckToken, token: tokenFree},
		"login":       {run: (*Wiki).apiLogin, post: true, token: tokenFree},
		"clientlogin": {run: (*Wiki).apiClientLogin, post: true, token: tokenFree},
		"logout":      {run: (*Wiki).apiLogout, post: true},
		"edit":        {run: (*Wiki).apiEdit, post: true, writes: true},
		"move":        {run: (*Wiki).apiMove, post: true, writes: true},
		"delete":      {run: (*Wiki).apiDelete, post: true, writes: true},
		"options":     {run: (*Wiki).apiOptions, post: true, writes: true},
	}
}

// apiCall is one call of api.php: what was asked, and the answer as formatversion 2 would have it.
type apiCall struct {
	*request
	result   object
	warnings object
	status   int // set by modules that answer an error with a status
}

func (c *apiCall) warn(module, text string) {
	if c.warnings == nil {
		c.warnings = object{}
	}
	c.warnings[module] = object{"warnings": under{"warnings", text}}
}

// apiError is an error as api.php reports it.
type apiError struct {
	code, info string
	data       object
}

func (e *apiError) Error() string { return e.code + ": " + e.info }

func apiErrorf(code, format string, args ...any) error {
	return &apiError{code: code, info: fmt.Sprintf(format, args...)}
}

func (w *Wiki) api(q *request) *reply {
	c := &apiCall{request: q, result: object{}}
	err := w.runAction(c)
	if err != nil {
		c.result = object{"error": errorObject(err)}
		c.result["error"].(object)["docref"] = content("See " + w.site.ScriptURL("api.php") + " for API usage.")
	} else if c.warnings != nil {
		c.result["warnings"] = c.warnings
	}
	r := w.format(c)
	if err != nil {
		r.header.Set("MediaWiki-API-Error", errorObject(err)["code"].(string))
	}
	w.allowOrigin(q, r)
	return r
}

func errorObject(err error) object {
	switch e := err.(type) { //nolint:errorlint // these two are made here and never wrapped
	case *apiError:
		o := object{"code": e.code, "info": e.info}
		for k, v := range e.data {
			o[k] = v
		}
		return o
	case *denial:
		return object{"code": e.code, "info": e.info}
	}
	return object{"code": "internal_api_error", "info": err.Error()}
}

func (w *Wiki) runAction(c *apiCall) error {
	name := c.or("action", "help")
	m, ok := actions()[name]
	if !ok && name != "help" {
		return apiErrorf("badvalue", "Unrecognized value for parameter \"action\": %s.", name)
	}
	if name == "help" {
		c.result["help"] = object{"mime": "text/html", "help": "See the list of modules: action=paraminfo&modules=main."}
		return nil
	}
	if err := assert(c.request); err != nil {
		return err
	}
	if m.token != tokenFree && !c.has("token") {
		return apiErrorf("missingparam", "The \"token\" parameter must be set.")
	}
	if m.post && !c.posted() {
		return apiErrorf("mustbeposted", "The \"%s\" module requires a POST request.", name)
	}
	if err := w.checkToken(c, m.token); err != nil {
		return err
	}
	return m.run(w, c)
}

// checkToken wants a write's token in the body, never in the address (ApiBase::requirePostedParameters).
func (w *Wiki) checkToken(c *apiCall, kind string) error {
	switch {
	case kind == tokenFree:
		return nil
	case c.get.Has("token"):
		return apiErrorf("mustpostparams", "The following parameter was found in the query string, but must be in the POST body: token.")
	case !w.checks(c.request, kind, c.post.Get("token")):
		return apiErrorf("badtoken", "Invalid CSRF token.")
	}
	return nil
}

// assert answers assert=user, assert=anon, assert=bot and assertuser.
func assert(q *request) error {
	switch q.text("assert") {
	case "user":
		if q.account == nil {
			return apiErrorf("assertuserfailed", "You are no longer logged in, so the action could not be completed.")
		}
	case "anon":
		if q.account != nil {
			return apiErrorf("assertanonfailed", "You are logged in, so the action could not be completed.")
		}
	case "bot":
		if !q.user.Has("bot") {
			return apiErrorf("assertbotfailed", "You do not have the \"bot\" right, so the action could not be completed.")
		}
	}
	if name := q.text("assertuser"); name != "" && name != q.user.Name {
		return apiErrorf("assertnameduserfailed", "You are no longer logged in as \"%s\", so the action could not be completed.", name)
	}
	return nil
}

// callbackName is what api.php lets a JSONP callback be made of.
var callbackName = regexp.MustCompile(`^[\[\].'"_A-Za-z0-9]+$`)

func (w *Wiki) format(c *apiCall) *reply {
	version2 := c.text("formatversion") == "2" || c.text("formatversion") == "latest"
	body := plainJSON(shape(c.result, version2))
	r := newReply("application/json; charset=utf-8")
	r.header.Set("Cache-Control", "private, must-revalidate, max-age=0")
	if c.status != 0 {
		r.status = c.status
	}
	callback := c.text("callback")
	switch {
	case c.or("format", "jsonfm") == "jsonfm":
		r.header.Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(&r.body, "<!DOCTYPE html><title>API result</title><pre>%s</pre>\n", escape(string(body)))
	case c.text("format") == "none":
	case c.text("format") != "json":
		return w.format(&apiCall{request: &request{http: c.http, get: map[string][]string{"format": {"json"}}},
			result: object{"error": object{"code": "badvalue", "info": "Unrecognized value for parameter \"format\": " + c.text("format") + "."}}})
	case callback != "" && callbackName.MatchString(callback):
		r.header.Set("Content-Type", "text/javascript; charset=utf-8")
		fmt.Fprintf(&r.body, "/**/%s(%s)", callback, jsString(shape(c.result, version2)))
	default:
		r.body.Write(body)
	}
	return r
}

// allowOrigin answers "origin": any site may ask as nobody; its own origin as whoever is logged in.
func (w *Wiki) allowOrigin(q *request, r *reply) {
	origin := q.text("origin")
	if origin == "" {
		return
	}
	sent := q.http.Header.Get("Origin")
	switch {
	case origin == "*":
		r.header.Set("Access-Control-Allow-Origin", "*")
	case origin == sent && origin == w.site.Server:
		r.header.Set("Access-Control-Allow-Origin", origin)
		r.header.Set("Access-Control-Allow-Credentials", "true")
	case origin != sent:
		*r = *plainReply(http.StatusForbidden, "'origin' parameter does not match Origin header\n")
	}
}
