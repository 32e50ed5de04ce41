package fakewiki_test

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki/mediawikitest"
)

// site is a wiki under comparison: the pretended one or the real one.
type site struct {
	name   string
	api    string
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
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("%s answers %v with %s", s.name, values, body)
	}
	// Of several errors MediaWiki names all in the header and the first in the body.
	if e, ok := out["error"].(map[string]any); ok && !strings.Contains(resp.Header.Get("MediaWiki-API-Error"), fmt.Sprint(e["code"])) {
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

// setOfNames are lists whose order says nothing.
var setOfNames = regexp.MustCompile(`\.rights$`)

// flatten writes a JSON value as "path = value" lines. Numbers are not kept: nearly all of them are ids and counts.
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
			name := strconv.Itoa(i)
			if text, ok := x.(string); ok && setOfNames.MatchString(prefix) {
				name = text
			}
			flatten(prefix+"."+name, x, into)
		}
	case float64:
		into[prefix] = "number"
	case nil:
		into[prefix] = "null"
	default:
		into[prefix] = fmt.Sprint(v)
	}
}

// volatile are fields whose values belong to one wiki or one moment.
var volatile = regexp.MustCompile(`(?i)\.(\w*timestamp|touched|\w*token|\w*continue|registration|docref|info|invalidreason|time|text|snippet|server|servername|\w*url|base|logo|favicon|generator|php\w+|db\w+|script|scriptpath|sitename)(\.\*)?$`)

// known are differences that are meant, or that do not matter here.
var known = []struct{ line, why string }{
	{`only real: \.warnings\.`, "the pretend wiki does not warn of deprecated ways of asking"},
	{`only real: \.edit\.watched`, "there are no watchlists"},
	{`\.query\.authmanagerinfo\.(cancreateaccounts|requests)`, "nobody can register, and nobody is remembered"},
	{`only real: \.query\.namespaces\.23\d\d`, "namespaces of the Gadgets extension on 1.39, given up since"},
	{`\.namespaceprotection`, "the right is known without it"},
	{`\.query\.namespaces\.[45]\.`, "the two wikis have different names"},
	{`only real: \.query\.general\.`, "language conversion, uploads, skins' settings and the like"},
	{`differs: \.query\.general\.invalidusernamechars`, "1.43 forbids the equals sign, 1.39 does not"},
	{`\.query\.namespacealiases\.2\.`, "the pretend wiki has one alias more"},
	{`only real: \.query\.userinfo\.rights\.(writeapi|purge)|only fake: \.query\.userinfo\.rights\.sendemail`, "rights that 1.43 no longer has, or that go with e-mail"},
	{`\.tags(\.| = \[\])`, "there are no change tags"},
	{`comment is .*, really .*test$`, "a page moved for the test is moved without a reason"},
	{`\.parse\.properties`, "PHP's empty array"},
}

func TestAPIAnswersAreThoseOfARealMediaWiki(t *testing.T) {
	fake, real := twins(t)
	compared, lines := 0, 0
	for _, who := range []string{"", "Mara", "Sys"} {
		if who != "" {
			fake.login(t, who, password)
			real.login(t, who, password)
		}
		for _, line := range strings.Split(strings.ReplaceAll(calls, "WHO", who), "\n") {
			method, query, ok := strings.Cut(line, " ")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			compared++
			for _, difference := range compare(t, fake, real, method == "POST", query) {
				lines++
				t.Errorf("as %q, %s\n%s", who, line, difference)
			}
		}
	}
	t.Logf("%d calls compared with a real MediaWiki, %d unexplained differences", compared, lines)
}

//go:embed testdata/calls.txt
var calls string

const password = "a long password 1"

// twins are the two wikis with the same people and pages.
func twins(t *testing.T) (f, r *site) {
	t.Helper()
	real := mediawikitest.Start(t, mediawikitest.Options{WikiID: "pretendwiki"})
	fake := fakewiki.New(fakewiki.Options{Name: "Pretend wiki"})
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	fake.AddUser(mediawikitest.Admin, password, "bureaucrat", "interface-admin", "sysop")
	fake.AddUser("Mara", password)
	real.AddUser("Mara", password)
	fake.AddUser("Sys", password, "sysop")
	real.AddUser("Sys", password, "sysop")
	edit := func(user, title, text string) {
		t.Helper()
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
	edit("Admin", "MediaWiki:Common.js", "window.x = 1;")
	edit("Mara", "User:Mara/moved.js", "1")
	edit("Mara", "Gone", "1")
	real.Move("Mara", "User:Mara/moved.js", "User:Mara/there.js")
	real.Delete("Admin", "Gone")
	for _, err := range []error{fake.Move("User:Mara/moved.js", "User:Mara/there.js", "Mara", true), fake.Delete("Gone", "Admin")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return &site{"fake", server.URL + "/w/api.php", http.DefaultClient}, &site{"real", real.URL + "/api.php", http.DefaultClient}
}

// compare asks both wikis the same and lists what differs and is not explained above.
func compare(t *testing.T, fake, real *site, post bool, query string) []string {
	t.Helper()
	ask := func(s *site) map[string]string {
		v := pairs(query)
		if v.Get("token") == "T" {
			v.Set("token", s.token(t))
		}
		out := map[string]string{}
		flatten("", s.ask(t, post, v), out)
		return out
	}
	a, b := ask(fake), ask(real)
	var lines []string
	for k, x := range a {
		if y, ok := b[k]; !ok {
			lines = append(lines, "only fake: "+k+" = "+x)
		} else if x != y && !volatile.MatchString(k) {
			lines = append(lines, "differs: "+k+" is "+x+", really "+y)
		}
	}
	for k, y := range b {
		if _, ok := a[k]; !ok {
			lines = append(lines, "only real: "+k+" = "+y)
		}
	}
	slices.Sort(lines)
	return slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(known, func(k struct{ line, why string }) bool { return regexp.MustCompile(k.line).MatchString(line) })
	})
}

func TestPagesAreServedAsByARealMediaWiki(t *testing.T) {
	fake, real := twins(t)
	headers := []string{"Content-Type", "Cache-Control", "Vary", "Location"}
	compared := 0
	for _, who := range []string{"", "Mara"} {
		if who != "" {
			fake.login(t, who, password)
			real.login(t, who, password)
		}
		fake.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		real.client.CheckRedirect = fake.client.CheckRedirect
		for _, query := range strings.Split(strings.TrimSpace(visits), "\n") {
			compared++
			ask := func(s *site) string {
				base := strings.TrimSuffix(s.api, "/api.php")
				resp, err := s.client.Get(base + "/index.php?" + query)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				if err := errors.Join(err, resp.Body.Close()); err != nil {
					t.Fatal(err)
				}
				out := fmt.Sprintln(resp.StatusCode)
				for _, h := range headers {
					if strings.HasPrefix(query, "title=Special:MyPage") && (h == "Cache-Control" || h == "Vary") {
						continue // MediaWiki forgets them where it shows another page in place
					}
					out += h + ": " + resp.Header.Get(h) + "\n"
				}
				if strings.Contains(query, "action=raw") && resp.StatusCode == http.StatusOK {
					out += string(body)
				} else {
					out += "startup: " + startupAddress.FindString(string(body)) + "\n"
				}
				out = strings.NewReplacer(base+"/", "/", strings.TrimSuffix(base, "/w")+"/", "/", "/w/", "/", "utf-8", "UTF-8").Replace(out)
				return out
			}
			if d := cmp.Diff(ask(real), ask(fake)); d != "" {
				t.Errorf("as %q, %s (real -, fake +)\n%s", who, query, d)
			}
		}
	}
	t.Logf("%d visits compared", compared)
}

var startupAddress = regexp.MustCompile(`load\.php\?[^"]*modules=startup[^"]*`)

const visits = `
title=Page
title=Nothing
title=Page&oldid=99999
title=Page&action=edit
title=Page&action=history
title=Page&action=nonsense
title=Page&safemode=1
title=User:Mara/common.js
title=Special:BlankPage
title=Special:Nothing
title=Special:Version
title=Special:Preferences
title=Special:UserLogin&force=x
title=R
title=R&redirect=no
title=MediaWiki:Common.js&action=edit
title=User:Admin/new.js&action=edit
title=Page&action=raw
title=Nothing&action=raw
title=Page&action=raw&ctype=text/javascript
title=Page&action=raw&ctype=text/css
title=Page&action=raw&ctype=text/html
title=User:Mara/common.js&action=raw&ctype=text/javascript
title=User:Mara/doit.gadget&action=raw&ctype=text/javascript
title=User:Mara/doit.gadget&action=raw&ctype=application/json
title=User:Mara/none.js&action=raw&ctype=text/javascript
title=User:Nobody/none.js&action=raw&ctype=text/javascript
title=MediaWiki:Common.js&action=raw&ctype=text/javascript
title=MediaWiki:None.js&action=raw&ctype=text/javascript
title=MediaWiki:None.css&action=raw&ctype=text/css
title=Page&action=raw&maxage=60&smaxage=70
title=Page&action=raw&section=0
title=Special:MyPage/common.js
title=Special:MyPage/common.js&action=raw&ctype=text/javascript&evil=1
title=Special:MyPage
title=a[b
title=User:Mara/there.js&oldid=2`
