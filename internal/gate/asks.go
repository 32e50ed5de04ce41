package gate

import "strings"

// Asks says what a condition asks about.
type Asks string

// What conditions ask about.
const (
	Users      Asks = "user"         // user names and ids
	Groups     Asks = "group"        // groups, local and global
	Rights     Asks = "right"        //
	EditCounts Asks = "edit-count"   //
	Pages      Asks = "page"         // titles, with and without namespace; paths
	Namespaces Asks = "namespace"    // numbers and canonical names
	Actions    Asks = "action"       //
	Specials   Asks = "special-page" // canonical names
	Skins      Asks = "skin"         //
	Hosts      Asks = "host"         // server names, origins
	Databases  Asks = "database"     // wgDBname, wgWikiID, wgSiteName
	Languages  Asks = "language"     // of the wiki, the user or the browser
	Dates      Asks = "date"         // Key says which part of the date; "span" is milliseconds between two, "delay" of a timer
	Zones      Asks = "time-zone"    // names; offsets in minutes
	Elements   Asks = "element"      // selectors: #id, .class, and others
	Storage    Asks = "storage"      // Key is the key; Value what it is compared with
	Visits     Asks = "visits"       // a number kept in storage, under Key
	Cookies    Asks = "cookie"       //
	Preference Asks = "option"       // user options
	Referrers  Asks = "referrer"     //
	Parameters Asks = "parameter"    // of the query string; Key is the name
	Agents     Asks = "agent"        // user agent, webdriver, plugins, window size: Key says which
	Config     Asks = "config"       // any other mw.config value, under Key
	Chance     Asks = "chance"       // Math.random
	Person     Asks = "confirmation" // the person is asked
	Other      Asks = ""             // something else
)

// rank orders what a condition with several parts asks about: what hides most comes first.
var rank = []Asks{
	Other, Config, Elements, Preference, Storage, Cookies, Skins, Actions, Specials, Namespaces, Pages, Parameters, Languages, Databases, Hosts,
	Referrers, Agents, Zones, EditCounts, Groups, Rights, Users, Visits, Dates, Chance, Person,
}

// subject is what a value of the script is about.
type subject struct {
	Asks
	key string
}

// subjectOf knows a value by the name that flow gives it: see [flow.Call].
func subjectOf(name string) subject {
	if key, ok := strings.CutPrefix(name, "mw.config."); ok {
		key, _, _ = strings.Cut(key, ".")
		switch key {
		case "get", "set", "exists", "values":
			return subject{}
		}
		return configSubject(key)
	}
	if a, ok := named[name]; ok {
		return a
	}
	for _, p := range prefixed {
		if strings.HasPrefix(name, p.prefix) {
			return subject{p.asks, strings.TrimSuffix(name[len(p.prefix):], "()")}
		}
	}
	return subject{}
}

// configSubject knows the keys of mw.config (OutputPage::getJSVars, SkinModule, and what extensions add).
func configSubject(key string) subject {
	if a, ok := configured[key]; ok {
		return subject{a, key}
	}
	return subject{Config, key}
}

var configured = map[string]Asks{
	"wgUserName": Users, "wgUserId": Users, "wgRelevantUserName": Users, "wgGlobalUserName": Users,
	"wgUserGroups": Groups, "wgGlobalGroups": Groups, "wgUserRights": Rights,
	"wgUserEditCount": EditCounts, "wgUserRegistration": Dates,
	"wgPageName": Pages, "wgTitle": Pages, "wgRelevantPageName": Pages, "wgArticleId": Pages, "wgRelevantArticleId": Pages, "wgRedirectedFrom": Pages,
	"wgMainPageTitle": Pages, "wgCategories": Config,
	"wgNamespaceNumber": Namespaces, "wgCanonicalNamespace": Namespaces,
	"wgAction": Actions, "wgCanonicalSpecialPageName": Specials,
	"skin":         Skins,
	"wgServer":     Hosts,
	"wgServerName": Hosts, "wgDBname": Databases, "wgWikiID": Databases, "wgSiteName": Databases,
	"wgUserLanguage": Languages, "wgContentLanguage": Languages, "wgPageContentLanguage": Languages, "wgPageViewLanguage": Languages,
	"wgUserVariant": Languages,
}

var named = map[string]subject{
	"mw.user.getName": {Asks: Users}, "mw.user.getName()": {Asks: Users}, "mw.user.getId": {Asks: Users}, "mw.user.id": {Asks: Users},
	"mw.user.getId()": {Asks: Users}, "mw.user.id()": {Asks: Users},
	"mw.user.isAnon": {Asks: Users, key: "anonymous"}, "mw.user.isAnon()": {Asks: Users, key: "anonymous"},
	"mw.user.isTemp": {Asks: Users, key: "temporary"}, "mw.user.isTemp()": {Asks: Users, key: "temporary"},
	"mw.user.isNamed": {Asks: Users, key: "named"}, "mw.user.isNamed()": {Asks: Users, key: "named"},
	"mw.user.getGroups": {Asks: Groups}, "mw.user.getGroups()": {Asks: Groups}, "mw.user.getRights": {Asks: Rights}, "mw.user.getRights()": {Asks: Rights},
	"mw.user.getRegistration": {Dates, "time"}, "mw.user.getRegistration()": {Dates, "time"},
	"location.host": {Asks: Hosts}, "location.hostname": {Asks: Hosts}, "location.origin": {Asks: Hosts},
	"location.pathname": {Asks: Pages}, "location.href": {Pages, "address"}, "location": {Pages, "address"}, "document.title": {Asks: Pages}, "document.URL": {Pages, "address"},
	"location.search": {Asks: Parameters}, "location.hash": {Parameters, "#"},
	"document.referrer": {Asks: Referrers}, "document.cookie": {Asks: Cookies}, "document.domain": {Asks: Hosts},
	"Date": {Dates, "time"}, "Date()": {Dates, "text"}, "Date.now": {Dates, "time"}, "Date.now()": {Dates, "time"},
	"Math.random": {Asks: Chance}, "Math.random()": {Asks: Chance},
	"confirm()": {Asks: Person}, "prompt()": {Asks: Person}, "OO.ui.confirm()": {Asks: Person}, "OO.ui.prompt()": {Asks: Person},
	"navigator.language": {Asks: Languages}, "navigator.languages": {Asks: Languages},
	"innerWidth": {Agents, "width"}, "innerHeight": {Agents, "height"}, "outerWidth": {Agents, "width"}, "outerHeight": {Agents, "height"},
	"devicePixelRatio": {Agents, "devicePixelRatio"}, "document.hidden": {Agents, "hidden"}, "document.visibilityState": {Agents, "visibilityState"},
	"skin": {Skins, "skin"},
}

var prefixed = []struct {
	prefix string
	asks   Asks
}{
	{"localStorage.", Storage}, {"sessionStorage.", Storage}, {"navigator.", Agents}, {"screen.", Agents},
}

// dateParts are the methods of a date, and what they give.
var dateParts = map[string]string{
	"getTime": "time", "valueOf": "time", "now": "time", "getFullYear": "year", "getUTCFullYear": "year", "getYear": "year-1900", "getMonth": "month",
	"getUTCMonth": "month", "getDate": "day", "getUTCDate": "day", "getDay": "weekday", "getUTCDay": "weekday", "getHours": "hour",
	"getUTCHours": "hour", "getMinutes": "minute", "getUTCMinutes": "minute", "getSeconds": "second", "getUTCSeconds": "second", "getTimezoneOffset": "offset",
	"toISOString": "text", "toDateString": "text", "toLocaleDateString": "text", "toString": "text", "toUTCString": "text", "toJSON": "text", "toLocaleString": "text",
}
