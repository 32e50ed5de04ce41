package delivery

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// answered reads which names an answer speaks of: those handed over, and those given a state.
func answered(t *testing.T, body string) map[string]string {
	t.Helper()
	names := map[string]string{}
	for _, m := range regexp.MustCompile(`\["(ext\.usergadget\.p\d+)@`).FindAllStringSubmatch(body, -1) {
		names[m[1]] = "handed over"
	}
	if _, rest, found := strings.Cut(body, "mw.loader.state("); found {
		object, _, _ := strings.Cut(rest, ");\n")
		states := map[string]string{}
		if err := json.Unmarshal([]byte(object), &states); err != nil {
			t.Errorf("the states are no JSON (%v): %.300s", err, object)
		}
		for name, state := range states {
			names[name] = state
		}
	}
	return names
}

var comments = regexp.MustCompile(`(?s)/\*.*?\*/`)

func TestHostileNamesAreAnsweredToo(t *testing.T) {
	w := doit(t, "go();")
	for what, name := range map[string]string{
		"300 bytes":             strings.Repeat("x", 300),
		"a long id":             "ext.usergadget.p" + strings.Repeat("9", 300),
		"NUL":                   "a\x00b",
		"a number with a tail":  w.module("doit") + "\x00",
		"a number with a space": w.module("doit") + " ",
		"a leading zero":        "ext.usergadget.p0" + fmt.Sprint(w.id("doit")),
		"a sign":                "ext.usergadget.p+" + fmt.Sprint(w.id("doit")),
		"other digits":          "ext.usergadget.p\u0661",
		"a version":             w.module("doit") + "@x",
		"the end of a comment":  "x*/alert(1)/*",
		"the end of a script":   "x</script><script>alert(1)</script>",
		"quotes":                `x"});alert(1);//`,
		"line separators":       "x\u2028alert(1)\u2029",
		"a prototype":           "__proto__",
		"an exclamation mark":   "x!y",
		"a title":               "User:Mara/doit.gadget",
		"turned text":           "x\u202egnp.js",
		"no text at all":        "\xff\xfe\x80",
		"half a character":      "x\xe2\x80",
	} {
		for _, params := range []string{"", "&only=scripts", "&only=styles", "&raw=1", "&debug=1"} {
			got := w.get("/load.php?modules=" + url.QueryEscape(name+"|"+w.module("doit")) + params)
			body := got.Body.String()
			if got.Code != http.StatusOK || strings.ContainsAny(body, "\u2028\u2029\x00") || !utf8.ValidString(body) || strings.Contains(body, "</script") {
				t.Errorf("%s%s: %d %q", what, params, got.Code, body)
			}
			if rest := comments.ReplaceAllString(body, ""); params == "&only=styles" && strings.Contains(rest, "alert") {
				t.Errorf("%s%s: a comment ends early: %q", what, params, body)
			}
			if params != "" && params != "&only=scripts" && params != "&debug=1" {
				continue
			}
			names := answered(t, body)
			if want := carried(name); names[want] != "missing" || names[w.module("doit")] == "" {
				t.Errorf("%s%s: not everything is answered: %q", what, params, body)
			}
		}
	}
}

// carried is a text as JSON carries it there and back: what is no UTF-8 becomes U+FFFD.
func carried(text string) (back string) {
	b, _ := json.Marshal(text)
	_ = json.Unmarshal(b, &back)
	return back
}

func TestAsManyModulesAsAnAddressHoldsAreAnsweredOrRefused(t *testing.T) {
	w := doit(t, "go();")
	list := func(n int) string {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprint("p", 1000+i)
		}
		return "ext.usergadget." + strings.Join(names, ",")
	}
	for _, n := range []int{1, maxBuilt, maxBuilt + 1, maxModules} {
		got := w.get("/load.php?modules=" + list(n))
		names := answered(t, got.Body.String())
		if got.Code != http.StatusOK || len(names) != n {
			t.Errorf("%d modules: code %d, %d answered", n, got.Code, len(names))
		}
		if n > maxBuilt && (names["ext.usergadget.p1200"] != "error" || !strings.Contains(got.Body.String(), "too many modules were asked for at once")) {
			t.Errorf("module %d of %d is %q", maxBuilt+1, n, names["ext.usergadget.p1200"])
		}
	}
	for what, path := range map[string]string{
		"one name too many": "/load.php?modules=" + list(maxModules+1),
		"only commas":       "/load.php?modules=" + strings.Repeat(",", 4000),
		"only bars":         "/load.php?modules=" + strings.Repeat("|", 4000),
		"too long":          "/load.php?modules=x&y=" + strings.Repeat("z", maxQuery),
		"long register":     "/register?names=" + strings.Repeat("z", maxQuery),
	} {
		got := w.get(path)
		if got.Code != http.StatusRequestURITooLong || !strings.Contains(got.Body.String(), "ask for fewer") {
			t.Errorf("%s: %d %.200s", what, got.Code, got.Body)
		}
	}
}

func TestTheSameModuleTwiceIsAnsweredOnce(t *testing.T) {
	w := doit(t, "go();")
	body := w.get("/load.php?modules=" + w.module("doit") + "|" + w.module("doit")).Body.String()
	if n := strings.Count(body, "go()"); n != 1 {
		t.Errorf("the code comes %d times; mw.loader would refuse the second: %s", n, body)
	}
}

// FuzzLoad holds that nothing in an address makes load.php panic, that every module asked for gets its statement, and that
// nothing in it gets out of its string or comment.
func FuzzLoad(f *testing.F) {
	w := newWorld(f, [][2]string{
		{"User:Mara/doit.js", "go();"}, {"User:Mara/doit.gadget", plainGadget},
		{"User:Mara/look.css", "p { top: 0 }"}, {"User:Mara/look.gadget", `{"module":{"pages":["/look.css"]}}`},
		{"User:Mara/broken.gadget", "{"},
	})
	id := fmt.Sprint(w.id("doit"))
	for _, seed := range []string{
		"modules=ext.usergadget.p" + id + ",p5|jquery", "modules=ext.gadgets.userstartup&user=Mara", "modules=ext.gadgets.userstyles&only=styles&user=Mara&ns=0",
		"modules=a,b.c|,|.&only=scripts&raw=1", "modules=%00|%ff&debug=2", "modules=x%2A%2F&lang=he&version=", "modules=ext.usergadget.p" + id + "&sourcemap=1",
		"modules=" + strings.Repeat("a.b,", 600), "modules=%22%29%3B&only=styles&dir=rtl", "a;b&&=%zz",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sallyport/load.php", nil)
		r.URL.RawQuery = query
		answer := httptest.NewRecorder()
		w.d.ServeHTTP(answer, r)
		body, req := answer.Body.String(), parseRequest(r.URL.Query())
		switch {
		case answer.Code == http.StatusRequestURITooLong && (len(query) > maxQuery || tooMany(r.URL.Query().Get("modules"))):
			return
		case answer.Code == http.StatusNotFound && req.SourceMap:
			return
		case answer.Code != http.StatusOK:
			t.Fatalf("%q: %d %s", query, answer.Code, body)
		}
		if strings.Contains(body, "</") || strings.ContainsAny(body, "\u2028\u2029") || !utf8.ValidString(body) {
			t.Fatalf("%q: unsafe in a script: %q", query, body)
		}
		if req.SourceMap || req.Only == "styles" || req.Raw || req.alone(startupModule) {
			return
		}
		names := answered(t, body)
		for _, name := range req.Modules {
			if names[carried(name)] == "" {
				t.Fatalf("%q: %q is not answered: %q", query, name, body)
			}
		}
	})
}

// FuzzRequest holds that what is read from an address is of the few kinds the rest counts on.
func FuzzRequest(f *testing.F) {
	f.Add("lang=de&skin=vector&debug=1&only=styles&raw=1&dir=rtl&ns=-1&action=view&model=x")
	f.Add("lang=../x&skin=%00&debug=9&only=all&ns=1e3")
	f.Fuzz(func(t *testing.T, query string) {
		q, _ := url.ParseQuery(query) // as URL.Query does, which keeps what could be read
		r := parseRequest(q)
		plain := regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)
		if !plain.MatchString(r.Lang) || !plain.MatchString(r.Skin) || r.Debug < 0 || r.Debug > 2 ||
			!slices.Contains([]string{"", "scripts", "styles"}, r.Only) || len(r.Modules) > maxModules {
			t.Fatalf("%q became %+v", query, r)
		}
	})
}
