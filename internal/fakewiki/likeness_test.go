package fakewiki_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki/mediawikitest"
)

// site is a wiki under comparison: the pretended one or the real one.
type site struct {
	name   string
	api    string
	index  string
	client *http.Client
}

func (s *site) ask(t *testing.T, post bool, values url.Values) map[string]any {
	t.Helper()
	var resp *http.Response
	var err error
	if post {
		resp, err = s.client.PostForm(s.api, values)
	} else {
		resp, err = s.client.Get(s.api + "?" + values.Encode())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("%s answers %v with %s", s.name, values, body)
	}
	if code, ok := out["error"].(map[string]any); ok && resp.Header.Get("MediaWiki-API-Error") != code["code"] {
		t.Errorf("%s: the header says %q", s.name, resp.Header.Get("MediaWiki-API-Error"))
	}
	return out
}

func (s *site) login(t *testing.T, name, password string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	out := s.ask(t, true, pairs("action=query&meta=tokens&type=login"))
	token := at(out, "query.tokens.logintoken")
	out = s.ask(t, true, pairs("action=clientlogin&loginreturnurl=http://x.example/&username="+name+"&password="+url.QueryEscape(password)+"&logintoken="+url.QueryEscape(token)))
	if at(out, "clientlogin.status") != "PASS" {
		t.Fatalf("%s: %v", s.name, out)
	}
}

func (s *site) token(t *testing.T) string {
	t.Helper()
	return at(s.ask(t, true, pairs("action=query&meta=tokens")), "query.tokens.csrftoken")
}

func pairs(query string) url.Values {
	v, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	v.Set("format", "json")
	if !v.Has("formatversion") {
		v.Set("formatversion", "2")
	}
	return v
}

func at(v any, path string) string {
	for _, name := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[name]
	}
	s, _ := v.(string)
	return s
}

// flatten writes a JSON value as "path = value" lines. Positions in lists are kept, numbers that are ids are not.
func flatten(prefix string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			into[prefix] = "{}"
		}
		for k, x := range v {
			flatten(prefix+"."+k, x, into)
		}
	case []any:
		if len(v) == 0 {
			into[prefix] = "[]"
		}
		for i, x := range v {
			flatten(fmt.Sprintf("%s.%d", prefix, i), x, into)
		}
	case float64:
		into[prefix] = "number"
	case nil:
		into[prefix] = "null"
	default:
		into[prefix] = fmt.Sprint(v)
	}
}

var volatile = regexp.MustCompile(`(?i)(timestamp|touched|token|continue|registration|docref|servedby|\.info|parsedcomment|\.comment|\.time|registrationdate|latestcontrib|\.text|xmlns)(\.|$)`)

func TestExplore(t *testing.T) {
	real := mediawikitest.Start(t, mediawikitest.Options{WikiID: "pretendwiki"})
	fake := fakewiki.New(fakewiki.Options{Name: "Pretend wiki"})
	server := httptest.NewServer(fake)
	defer server.Close()
	for _, u := range []struct{ name, groups string }{{"Mara", ""}, {"Sys", "sysop"}, {"Inta", "interface-admin"}} {
		var groups []string
		if u.groups != "" {
			groups = []string{u.groups}
		}
		fake.AddUser(u.name, "a long password 1", groups...)
		real.AddUser(u.name, "a long password 1", groups...)
	}
	edit := func(user, title, text string) {
		real.Edit(user, title, text)
		if _, err := fake.Save(title, text, user, "test"); err != nil {
			t.Fatal(err)
		}
	}
	edit("Mara", "User:Mara/common.js", "mw.log(1);")
	edit("Mara", "User:Mara/doit.gadget", "{}")
	edit("Mara", "Page", "one [[Category:Things]] [[Other]]")
	edit("Mara", "Page", "two [[Category:Things]] [[Other]]")
	edit("Mara", "R", "#REDIRECT [[Page]]")
	edit("Inta", "MediaWiki:Common.js", "window.x = 1;")
	f := &site{name: "fake", api: server.URL + "/w/api.php", index: server.URL + "/w/index.php", client: http.DefaultClient}
	r := &site{name: "real", api: real.URL + "/api.php", index: real.URL + "/index.php", client: http.DefaultClient}
	ask := func(post bool, query string) {
		v := pairs(query)
		a, b := map[string]string{}, map[string]string{}
		vf, vr := v, url.Values{}
		for k, x := range v {
			vr[k] = x
		}
		if v.Get("token") == "T" {
			vr.Set("token", r.token(t))
			vf.Set("token", f.token(t))
		}
		flatten("", f.ask(t, post, vf), a)
		flatten("", r.ask(t, post, vr), b)
		var lines []string
		for k, x := range a {
			y, ok := b[k]
			if !ok {
				lines = append(lines, "  only fake: "+k+" = "+x)
			} else if x != y && !volatile.MatchString(k) {
				lines = append(lines, "  differs: "+k+" = "+x+" / real "+y)
			}
		}
		for k, y := range b {
			if _, ok := a[k]; !ok {
				lines = append(lines, "  only real: "+k+" = "+y)
			}
		}
		slices.Sort(lines)
		if len(lines) > 25 {
			lines = append(lines[:25], fmt.Sprint("  ... ", len(lines)))
		}
		t.Logf("%s\n%s", query, strings.Join(lines, "\n"))
	}
	for _, who := range []string{"", "Mara"} {
		if who != "" {
			f.login(t, who, "a long password 1")
			r.login(t, who, "a long password 1")
		}
		t.Log("=== as", who)
		for _, q := range []string{
			"action=query&titles=Page|Nothing|a<b|Special:Version|user:mara/common.js&prop=info",
			"action=query&titles=Page&prop=info&inprop=url|displaytitle|protection&intestactions=edit|move|delete",
			"action=query&titles=Page|Nothing&prop=revisions&rvprop=ids|timestamp|flags|user|userid|comment|content|sha1|size|contentmodel|tags&rvslots=main",
			"action=query&titles=Page&prop=revisions&rvprop=ids|content|contentmodel|slotsha1",
			"action=query&titles=Page&prop=revisions&rvprop=ids|user&rvlimit=1",
			"action=query&titles=Page|R&prop=revisions&rvlimit=1",
			"action=query&titles=R|Page&redirects=1&prop=info|categories",
			"action=query&revids=99999&prop=info",
			"action=query&pageids=99999&prop=info|revisions",
			"action=query&meta=userinfo&uiprop=groups|rights|implicitgroups|editcount|hasmsg",
			"action=query&meta=siteinfo&siprop=general|namespacealiases|namespaces",
			"action=query&meta=tokens&type=csrf|login|watch|patrol|rollback|userrights|createaccount",
			"action=query&meta=authmanagerinfo&amirequestsfor=login&amisecuritysensitiveoperation=x",
			"action=query&meta=allmessages&ammessages=and|nosuchmessage",
			"action=query&list=allusers&auprop=groups|editcount|registration|rights",
			"action=query&list=users&ususers=mara|Nobody|a/b&usprop=groups|registration|editcount",
			"action=query&list=recentchanges&rcprop=title|ids|timestamp|user|userid|loginfo|comment|flags|sizes|tags&rclimit=3",
			"action=query&list=recentchanges&rctype=log&rcprop=title|ids|loginfo&rclimit=1",
			"action=query&list=allpages&apnamespace=2&aplimit=1",
			"action=query&list=categorymembers&cmtitle=Category:Things",
			"action=query&list=usercontribs&ucuser=Mara&uclimit=1",
			"action=query&list=logevents&lelimit=1&letype=newusers",
			"action=query&generator=allpages&gapnamespace=2&prop=info&gaplimit=1",
			"action=query&list=search&srsearch=Things",
			"action=parse&page=Page", "action=parse&text='''x'''&prop=text|displaytitle|categories", "action=parse&page=None",
			"action=checktoken&type=csrf&token=x", "action=edit&title=X&text=y", "action=nonsense", "action=query&assert=user", "action=query&list=nonsense",
			"action=query&titles=Page&prop=info|revisions&rvprop=content&rvslots=main&formatversion=1",
			"action=query&titles=Page&prop=revisions&rvprop=content&formatversion=1",
			"action=query&list=users&ususers=Mara|Nobody&formatversion=1", "action=query&meta=siteinfo&siprop=namespaces&formatversion=1", "action=query&meta=allmessages&ammessages=and|nosuch&formatversion=1",
			"action=parse&page=Page&formatversion=1",
		} {
			ask(false, q)
		}
		for _, q := range []string{"action=edit&title=X&text=y", "action=edit&title=X&text=y&token=bad", "action=edit&title=X" + who + "&text=y&token=T", "action=edit&title=X" + who + "&text=y&token=T", "action=edit&title=X&token=T",
			"action=edit&title=MediaWiki:Common.js&text=y&token=T", "action=edit&title=User:Sys/common.js&text=y&token=T", "action=edit&title=User:Sys/common.css&text=y&token=T", "action=edit&title=MediaWiki:X&text=y&token=T", "action=edit&title=Special:Version&text=y&token=T", "action=edit&title=<&text=y&token=T",
			"action=edit&pageid=9999&text=y&token=T", "action=edit&title=Page&createonly=1&text=y&token=T", "action=edit&title=Nope&nocreate=1&text=y&token=T", "action=edit&title=Page&section=9&text=y&token=T", "action=edit&title=Page&undo=9999&token=T",
			"action=edit&title=User:" + who + "/a.json&text={&token=T",
			"action=edit&title=Page&pageid=1&text=x&token=T", "action=move&from=X" + who + "&to=Y" + who + "&token=T", "action=move&from=None&to=Z&token=T", "action=move&from=Page&to=R&token=T", "action=move&from=Page&to=User:Mara/doit.gadget&token=T", "action=move&from=Page&to=<&token=T", "action=delete&title=Page&token=T", "action=delete&title=None&token=T", "action=options&change=userjs-a=1&token=T", "action=options&token=T", "action=options&change=nonsense=1&token=T", "action=login&lgname=Mara&lgpassword=x", "action=clientlogin&username=Mara", "action=clientlogin&username=Mara&password=x&loginreturnurl=http://x.example&logintoken=bad"} {
			ask(true, q)
		}
	}
}
