package e2e

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

// question is one request, put to both; {v} in it stands for the combined version that is right there.
type question struct {
	name    string
	modules string // names of twins, or of nothing, separated by spaces; they share a prefix
	query   string
	method  string
	header  []string
}

// questions are every twin as it is loaded, and everything an address can say about some of them.
func questions() []question {
	var all []question
	for _, g := range twins {
		all = append(all, question{name: "load " + g.name, modules: g.name})
	}
	add := func(name, modules, query string, header ...string) {
		all = append(all, question{name: name, modules: modules, query: query, header: header})
	}
	for _, g := range strings.Fields("plain two both styles pack packcss empty syntax returns modern arguments typed") {
		add("only=scripts "+g, g, "&only=scripts")
	}
	for _, g := range strings.Fields("plain both styles packcss urls flip badcss empty typed") {
		add("only=styles "+g, g, "&only=styles")
	}
	for _, g := range strings.Fields("plain both styles pack packcss syntax empty") {
		add("debug=1 "+g, g, "&debug=1")
		add("debug=2 "+g, g, "&debug=2")
	}
	for _, g := range strings.Fields("flip both") {
		add("lang=he "+g, g, "&lang=he")
		add("dir=rtl "+g, g, "&lang=en&dir=rtl")
		add("dir=ltr "+g, g, "&lang=he&dir=ltr")
		add("only=styles lang=he "+g, g, "&lang=he&only=styles")
	}
	add("debug only=scripts", "plain two", "&debug=1&only=scripts")
	add("debug only=styles", "both styles", "&debug=2&only=styles")
	add("several", "plain both pack styles", "")
	add("several, other order", "styles pack both plain", "&version={v}")
	add("twice", "plain plain", "")
	add("unknown", "nowhere", "")
	add("unknown among known", "plain nowhere two", "")
	add("unknown among known, right version", "plain nowhere", "&version={v}")
	add("unknown only=scripts", "plain nowhere", "&only=scripts")
	add("unknown only=styles", "both nowhere", "&only=styles")
	add("unknown raw", "plain nowhere", "&raw=1")
	add("unknown debug", "nowhere", "&debug=1")
	add("raw", "plain", "&raw=1")
	add("raw only=scripts", "plain two", "&only=scripts&raw=1")
	add("raw=false", "plain", "&only=scripts&raw=false")
	add("only=other", "both nowhere", "&only=templates")
	add("version right", "plain", "&version={v}")
	add("version wrong", "plain", "&version=zzzzz")
	add("version empty", "plain", "&version=")
	add("debug=1 version", "plain", "&version={v}&debug=1")
	add("version styles", "both", "&only=styles&version={v}")
	add("tag", "plain", "", "If-None-Match", `W/"{v}"`)
	add("tag in a list", "plain", "&version={v}", "If-None-Match", `W/"aaaaa", W/"{v}"`)
	add("tag strong", "plain", "", "If-None-Match", `"{v}"`)
	add("tag star", "plain", "", "If-None-Match", "*")
	add("tag wrong", "plain", "", "If-None-Match", `W/"aaaaa"`)
	add("debug=1 tag", "plain", "&debug=1", "If-None-Match", `W/"{v}"`)
	add("tag styles", "both", "&only=styles", "If-None-Match", `W/"{v}"`)
	add("skin", "plain", "&skin=monobook")
	add("lang odd", "plain", "&lang=../x&skin=nothing")
	add("sourcemap", "plain", "&sourcemap=1&version={v}")
	all = append(all, question{name: "head", modules: "plain", method: http.MethodHead},
		question{name: "post", modules: "plain", method: http.MethodPost}, question{name: "nothing"}, question{name: "nothing only=styles", query: "&only=styles"})
	return all
}

// side is one of the two that answer: the wiki with its own gadgets, or the gateway with Mara's.
type side struct {
	*site
	address string
	prefix  string
	module  map[string]string // twin → last part of its module's name
}

func (s *side) put(q question) (*http.Response, string) {
	s.Helper()
	fill := strings.NewReplacer("{v}", s.version(q))
	method := q.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(s.Context(), method, s.address+"?modules="+s.pack(q.modules)+fill.Replace(q.query), nil)
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(q.header); i += 2 {
		req.Header.Set(q.header[i], fill.Replace(q.header[i+1]))
	}
	return send(s.T, req)
}

func (s *side) pack(names string) string {
	var parts []string
	for _, name := range strings.Fields(names) {
		if id := s.module[name]; id != "" {
			name = id
		}
		parts = append(parts, name)
	}
	if len(parts) == 0 {
		return ""
	}
	return s.prefix + strings.Join(parts, ",")
}

// version is the combined version of a question's modules, by the rule of mw.loader: FNV-1 over the versions they come with.
func (s *side) version(q question) string {
	s.Helper()
	h, found := fnv.New32(), false
	extra := strings.Join(regexp.MustCompile(`&(?:lang|dir|debug)=[\w-]*`).FindAllString(q.query, -1), "")
	seen := map[string]bool{}
	for _, name := range strings.Fields(q.modules) {
		_, body := fetch(s.T, s.address+"?modules="+s.pack(name)+extra)
		m := regexp.MustCompile(`["'(]` + regexp.QuoteMeta(s.pack(name)) + `@([^"']*)["']`).FindStringSubmatch(body)
		if m != nil && !seen[name] {
			fmt.Fprint(h, m[1])
			found, seen[name] = true, true
		}
	}
	if !found {
		return ""
	}
	digits := strconv.FormatUint(uint64(h.Sum32()), 36)
	return (strings.Repeat("0", max(0, 5-len(digits))) + digits)[:5]
}

func TestLoadPHPAnswersAsTheWikisOwnDoes(t *testing.T) {
	wiki, gateway := differentialSites(t)
	page := browsertest.Start(t).NewPage(t)
	table := explained()
	for _, q := range questions() {
		want, got := wiki.describe(page, q), gateway.describe(page, q)
		for _, difference := range differences("", want, got) {
			if !table.explains(q.name, difference) {
				t.Errorf("%s\n\t%s", q.name, difference)
			}
		}
	}
	table.report(t)
}
