package decoy

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/phpform"
)

// reading is what a request to a wiki means.
type reading struct {
	api    bool // of api.php or rest.php
	writes bool
	action string   // the API's word
	titles []string // pages whose text or place would change, as they were sent
	ids    []string // page ids instead
	text   string   // what would be written
	model  string
	names  string // of options
	person string // whose rights, block, …: a user name
	tokens bool   // an edit token is asked for
	get    func(string) string
}

// read takes a request apart the way PHP and MediaWiki do. One that cannot be read for sure counts as a write.
func (d *Decoy) read(a *ask) *reading {
	if !d.changesWiki(a.URL.Path) {
		return &reading{action: "view", get: a.URL.Query().Get} // a collector of statistics, a file
	}
	form, err := phpform.Read(a.Method, a.URL.RawQuery, a.Header.Values("Content-Type"), a.body, phpform.Limits{})
	if err != nil {
		q := a.URL.Query()
		return &reading{api: strings.HasSuffix(a.URL.Path, "/api.php"), writes: a.Method != http.MethodGet, action: "unreadable", text: string(a.body), get: q.Get}
	}
	r := &reading{get: func(key string) string {
		if v, ok := form.Post.Get(key); ok {
			return v
		}
		return form.Get.Text(key)
	}}
	path := a.URL.Path
	switch {
	case strings.HasSuffix(path, "/api.php"):
		r.api = true
		r.readAPI(a.Method == http.MethodPost)
	case strings.Contains(path, "/rest.php/") || strings.HasPrefix(path, "/api/rest_v1/"):
		r.api = true
		r.readREST(a)
	case strings.HasSuffix(path, "/load.php"):
	default:
		r.readIndex(a)
	}
	return r
}

// apiReads are the modules that change nothing, POST or not: those of core, and the extensions' that scripts use.
var apiReads = words(`query parse paraminfo help opensearch compare expandtemplates checktoken feedcontributions feedrecentchanges feedwatchlist rsd
	sitematrix templatedata titleblacklist spamblacklist languagesearch ulslocalization wbgetentities wbsearchentities wbgetclaims wbparsevalue wbformatvalue
	wbformatentities wbavailablebadges visualeditor discussiontoolspageinfo discussiontoolspreview discussiontoolscompare discussiontoolsfindcomment jsonconfig jsondata
	webapp-manifest abusefiltercheckmatch abusefiltersyntax abusefilterevalexpression abusefilterchecksyntax cirrus-config-dump cirrus-mapping-dump cirrus-settings-dump
	mobileview pagetriagelist pagetriagestats pagetriagetemplate streamconfigs cxsuggestionlist echopushsubscriptions validatepassword lintmap transcodereset-status
	flow-read shortenurl sanitize-mapdata categorytree cxtoken wikilove-read readinglists-read languagelinks antispoof clearhasmsg`)

func words(s string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(s) {
		all[w] = true
	}
	return all
}

func (r *reading) readAPI(posted bool) {
	r.action = r.get("action")
	if r.action == "" {
		r.action = "help"
	}
	r.tokens = r.action == "query" && slices.Contains(strings.Split(r.get("meta"), "|"), "tokens") || r.action == "tokens"
	r.writes = posted && !apiReads[r.action]
	if r.action == "visualeditoredit" && r.get("paction") != "save" {
		r.writes = false
	}
	r.fields()
}

// fields reads what a module of the API changes.
func (r *reading) fields() {
	r.model = r.get("contentmodel")
	switch r.action {
	case "move":
		r.pages(r.get("to"), r.get("from"))
		r.id(r.get("fromid"))
	case "options", "globalpreferences", "globalpreferenceoverrides":
		r.names = optionNames(r.get("change"), r.get("optionname"), r.get("reset"))
		r.text = r.get("change") + r.get("optionvalue")
	case "block", "unblock", "userrights", "globaluserrights", "globalblock", "setglobalaccountstatus", "changeauthenticationdata", "resetpassword":
		r.person = firstOf(r.get("user"), r.get("target"), r.get("userid"), r.get("username"))
	case "emailuser":
		r.person, r.text = r.get("target"), r.get("subject")+"\n"+r.get("text")
	case "import":
		r.pages(firstOf(r.get("interwikipage"), r.get("rootpage")))
		r.text = r.get("xml")
		for _, m := range importedTitles.FindAllStringSubmatch(r.text, 50) {
			r.pages(m[1])
		}
	case "mergehistory":
		r.pages(r.get("to"), r.get("from"))
	case "upload", "filerevert":
		r.pages("File:" + r.get("filename"))
		r.text = r.get("text")
	case "changecontentmodel":
		r.model = r.get("model")
		r.pages(r.get("title"))
		r.id(r.get("pageid"))
	case "visualeditoredit", "discussiontoolsedit", "flow":
		r.pages(r.get("page"))
		r.text = firstOf(r.get("wikitext"), r.get("html"), r.get("content"))
	default:
		r.pages(firstOf(r.get("title"), r.get("target"), r.get("titles")))
		r.id(r.get("pageid"))
		r.text = r.get("text") + r.get("appendtext") + r.get("prependtext")
	}
}

var importedTitles = regexp.MustCompile(`<title>([^<]{1,255})</title>`)

func (r *reading) pages(titles ...string) {
	for _, t := range titles {
		if t != "" && len(r.titles) < 50 {
			r.titles = append(r.titles, t)
		}
	}
}

func (r *reading) id(id string) {
	if id != "" {
		r.ids = append(r.ids, id)
	}
}

// optionNames are the names in change=a=1|b=2, and others.
func optionNames(change string, more ...string) string {
	var out []string
	sep := "|"
	if rest, ok := strings.CutPrefix(change, "\x1f"); ok {
		change, sep = rest, "\x1f"
	}
	for _, pair := range strings.Split(change, sep) {
		if name, _, _ := strings.Cut(pair, "="); name != "" {
			out = append(out, name)
		}
	}
	for _, name := range more {
		if name != "" {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// changesWiki says whether something may be changed by asking for a path: by MediaWiki's own addresses. Beside those there are collectors
// of statistics, and files.
func (d *Decoy) changesWiki(path string) bool {
	article, _, _ := strings.Cut(d.site.ArticlePath, "$1")
	return isWiki(path) || strings.Contains(path, ".php") || path == "/" || article != "" && strings.HasPrefix(path, article)
}

// readREST reads PUT and POST of /v1/page, and takes other writes as they come.
func (r *reading) readREST(a *ask) {
	if a.Method == http.MethodGet || a.Method == http.MethodHead || strings.Contains(a.URL.Path, "/transform/") || strings.Contains(a.URL.Path, "/search/") {
		return
	}
	r.writes, r.action, r.text = true, "rest", string(a.body)
	var body struct {
		Title, Source string
		Model         string `json:"content_model"`
	}
	_, rest, page := strings.Cut(a.URL.Path, "/v1/page")
	if !page || json.Unmarshal(a.body, &body) != nil {
		return
	}
	r.action, r.text, r.model = "edit", body.Source, body.Model
	r.pages(firstOf(body.Title, strings.TrimPrefix(rest, "/")))
}

// readIndex reads index.php: by GET only rollback writes; of what is posted, previews and searches do not.
func (r *reading) readIndex(a *ask) {
	title := r.get("title")
	if _, rest, ok := strings.Cut(a.URL.Path, "/wiki/"); ok && strings.HasPrefix(a.URL.Path, "/wiki/") {
		title = rest
	} else if _, rest, ok := strings.Cut(a.URL.Path, "/index.php/"); ok {
		title = rest
	}
	r.action = firstOf(strings.ToLower(r.get("action")), "view")
	posted := a.Method == http.MethodPost
	if special, ok := specialName(title); ok {
		if posted {
			r.readSpecial(special)
		}
		return
	}
	r.pages(title)
	switch {
	case r.action == "rollback" && (posted || r.get("token") != ""):
		r.writes = true
	case !posted:
	case r.action == "edit" || r.action == "submit":
		r.writes = r.get("wpPreview") == "" && r.get("wpDiff") == ""
		r.action, r.text, r.model = "edit", r.get("wpTextbox1"), r.get("model")
	case r.action == "view" || r.action == "render" || r.action == "raw" || r.action == "history" || r.action == "info":
	case r.action == "mcrundo" || r.action == "mcrrestore":
		r.writes, r.action = true, "rollback"
	default:
		r.writes = true
	}
}

// specialName is the name of a special page, lower case, and what follows it.
func specialName(title string) (string, bool) {
	space, name, ok := strings.Cut(strings.ReplaceAll(title, "_", " "), ":")
	return strings.ToLower(strings.ReplaceAll(name, " ", "")), ok && strings.EqualFold(strings.TrimSpace(space), "special")
}

// readSpecial reads what is posted to a special page.
func (r *reading) readSpecial(name string) {
	name, sub, _ := strings.Cut(name, "/")
	r.writes = true
	r.model = r.get("model")
	switch name {
	case "movepage":
		r.action = "move"
		r.pages(firstOf(r.get("wpNewTitle"), r.get("wpNewTitleMain")), firstOf(r.get("wpOldTitle"), r.get("target"), sub))
	case "userrights":
		r.action, r.person = "userrights", firstOf(r.get("user"), r.get("wpUser"), sub)
	case "block", "blockip", "unblock":
		r.action, r.person = strings.TrimSuffix(name, "ip"), firstOf(r.get("wpTarget"), sub)
	case "undelete":
		r.action = name
		r.pages(firstOf(r.get("target"), sub))
	case "import":
		r.action = name
		r.pages(r.get("rootpage"), r.get("frompage"))
	case "mergehistory":
		r.action = name
		r.pages(r.get("dest"), r.get("target"))
	case "changecontentmodel":
		r.action = name
		r.pages(firstOf(r.get("wppagetitle"), r.get("pagetitle"), sub))
	case "preferences", "globalpreferences":
		r.action, r.names = "preferences", "preferences"
	case "changeemail":
		r.action = name
	case "changepassword", "changecredentials", "removecredentials", "passwordreset", "linkaccounts":
		r.action = "changeauthenticationdata"
	case "botpasswords":
		r.action = name
	case "oauth", "oauthconsumerregistration", "oauthmanagemygrants":
		r.action = "oauth"
	case "oath", "accountsecurity", "manage_two-factor_authentication":
		r.action = "oathauth"
	case "abusefilter":
		r.action = name
		r.pages("Special:AbuseFilter/" + firstOf(sub, r.get("filter")))
	case "nuke", "massmessage":
		r.action, r.text = name, r.get("message")
	case "globaluserrights", "globalgroupmembership":
		r.action, r.person = "globaluserrights", firstOf(r.get("user"), r.get("wpUser"), sub)
	case "upload":
		r.action = name
		r.pages("File:" + r.get("wpDestFile"))
	case "emailuser":
		r.action, r.person, r.text = name, firstOf(r.get("wpTarget"), sub), r.get("wpText")
	case "search", "recentchanges", "watchlist", "contributions", "log", "export", "expandtemplates", "comparepages":
		r.writes = false
	default:
		r.action = "special:" + name
	}
}

// rawTitle is the page whose bare text a request wants as code; "" for other requests.
func rawTitle(u *url.URL) string {
	q := u.Query()
	if q.Get("action") != "raw" && q.Get("ctype") == "" {
		return ""
	}
	if t := q.Get("title"); t != "" {
		return strings.ReplaceAll(t, "_", " ")
	}
	if rest, ok := strings.CutPrefix(u.Path, "/wiki/"); ok {
		return strings.ReplaceAll(rest, "_", " ")
	}
	return ""
}
