package fakewiki

import "maps"

// userInfo is meta=userinfo (ApiQueryUserInfo).
func (q *query) userInfo() error {
	o := object{"id": q.user.ID, "name": q.user.Name}
	if q.account == nil {
		o["anon"] = true
	}
	asks := func(prop string) bool { return q.has("uiprop") && q.asks("uiprop", prop) }
	if asks("groups") {
		o["groups"] = q.user.Groups
	}
	if asks("implicitgroups") {
		o["implicitgroups"] = q.implicitGroups()
	}
	if asks("rights") {
		o["rights"] = q.user.Rights
	}
	if asks("options") {
		o["options"] = q.w.optionsOf(q.account)
	}
	if asks("editcount") {
		o["editcount"] = 0
		if q.account != nil {
			o["editcount"] = q.account.Edits
		}
	}
	if asks("email") && q.account != nil {
		o["email"] = q.account.Email
		if q.account.Email != "" {
			o["emailauthenticated"] = stamp(q.account.Registration)
		}
	}
	if asks("registrationdate") && q.account != nil {
		o["registrationdate"] = stamp(q.account.Registration)
	}
	if asks("latestcontrib") && q.account != nil {
		for _, c := range q.w.db.Changes {
			if c.User == q.account.Name && c.Type != "log" {
				o["latestcontrib"] = stamp(c.Time)
			}
		}
	}
	if asks("hasmsg") {
		o["messages"] = false
	}
	q.out["userinfo"] = o
	return nil
}

func (q *query) implicitGroups() []string {
	if q.account == nil {
		return []string{"*"}
	}
	return []string{"*", "user", "autoconfirmed"}
}

// defaultOptions are the preferences a fresh MediaWiki gives everybody, as far as scripts are known to ask for them.
func (w *Wiki) defaultOptions() map[string]any {
	o := map[string]any{"ccmeonemails": 0, "date": "default", "diffonly": 0, "disablemail": 0, "editfont": "monospace", "enotifusertalkpages": 1,
		"fancysig": 0, "forcesafemode": 0, "gender": "unknown", "hideminor": 0, "imagesize": 2, "language": w.site.Lang,
		"rcdays": 7, "rclimit": 50, "skin": skinName, "thumbsize": 5, "timecorrection": "System|0", "usenewrc": 1,
		"variant": w.site.Lang, "watchdefault": 1, "watchlistdays": 7, "wllimit": 250}
	for _, g := range w.siteGadgets() {
		o["gadget-"+g.ID] = bit(g.Definition.Settings.Default)
	}
	return o
}

// optionsOf are somebody's preferences over the defaults.
func (w *Wiki) optionsOf(a *account) map[string]any {
	options := w.defaultOptions()
	if a != nil {
		for k, v := range a.Options {
			options[k] = v
		}
	}
	return maps.Clone(options)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
