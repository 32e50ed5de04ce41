package fakewiki

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
)

// maxOption is the longest value a preference may have (UserOptionsManager).
const maxOption = 65530

var optionKey = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

// apiOptions is action=options (ApiOptions).
func (w *Wiki) apiOptions(c *apiCall) error {
	if c.account == nil {
		return apiErrorf("notloggedin", "You must be logged in to modify your preferences.")
	}
	if c.has("reset") {
		clear(c.account.Options)
	}
	changes := c.list("change")
	if name := c.text("optionname"); name != "" {
		w.setOption(c, name, c.text("optionvalue"), c.has("optionvalue"))
	} else if len(changes) == 0 && !c.has("reset") {
		return apiErrorf("nochanges", "No changes were requested.")
	}
	for _, change := range changes {
		name, value, given := strings.Cut(change, "=")
		w.setOption(c, name, value, given)
	}
	c.account.Touched = w.now().UTC()
	c.result["options"] = "success"
	return nil
}

// setOption changes one preference; without a value it goes back to its default.
func (w *Wiki) setOption(c *apiCall, name, value string, given bool) {
	_, known := w.defaultOptions()[name]
	switch {
	case !known && !strings.HasPrefix(name, "userjs-"):
		c.warn("options", "Validation error for \""+name+"\": not a valid preference.")
	case !optionKey.MatchString(name):
		c.warn("options", "Validation error for \""+name+"\": key too long or contains invalid characters.")
	case len(value) > maxOption:
		c.warn("options", "Validation error for \""+name+"\": value too long.")
	case !given:
		delete(c.account.Options, name)
	default:
		c.account.Options[name] = value
	}
}

// SetOption sets one of somebody's preferences, for instance "gadget-hello" to "1".
func (w *Wiki) SetOption(user, name, value string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.accountNamed(user)
	if a == nil {
		return ErrNoUser
	}
	a.Options = maps.Clone(a.Options)
	a.Options[name] = value
	return nil
}

// checkText refuses what MediaWiki refuses to save: pages beyond two megabytes and JSON that is none.
func checkText(model, text string) error {
	if len(text) > 2<<20 {
		return apiErrorf("contenttoobig", "The content you supplied exceeds the article size limit of 2048 kibibytes.")
	}
	if model == "json" && strings.TrimSpace(text) != "" && !json.Valid([]byte(text)) {
		return apiErrorf("invalid-json-data", "The text is not valid JSON.")
	}
	return nil
}
