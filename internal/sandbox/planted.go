package sandbox

import (
	"regexp"
	"slices"
	"strings"
)

// planted is code that does nothing: a script that runs what it finds in a page, a comment or settings runs it.
const planted = `'lamp planted'`

// namesData finds pages with settings that a script reads.
var namesData = regexp.MustCompile(`['"\x60=]((?:User|User[ _]talk|Project|Wikipedia|MediaWiki|Template|Module|Help):[^'"\x60&\n$]{1,80}\.json)['"\x60&]`)

// namesCode finds pages of code for everybody that a script names: it may well change only what is there.
var namesCode = regexp.MustCompile(`['"\x60=](MediaWiki:[^'"\x60&\n$]{1,80}\.(?:js|css))['"\x60&]`)

// pagesNamed are the pages that a script names where a pattern finds them, by their titles.
func pagesNamed(pattern *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range pattern.FindAllStringSubmatch(text, maxNamed) {
		if title := titleIn(m[1]); title != "" && !slices.Contains(out, title) {
			out = append(out, title)
		}
	}
	return out
}

var (
	listed = regexp.MustCompile(`\.([A-Za-z_$][\w$]*)\s*(?:\|\|\s*\[\]\s*|\?\?\s*\[\]\s*)?\)?\s*\??\.(?:forEach|map|filter|some|every|reduce|length|join|slice|includes|indexOf)\b`)
	looped = regexp.MustCompile(`\bof\s+[\w$.]*?\.([A-Za-z_$][\w$]*)\s*\)`)
	called = regexp.MustCompile(`^\s*(?:\(|=[^=])`)
)

// settingsFor are settings in JSON with everything in them that the script may ask them for: lists where it goes through one, and text that
// can be run elsewhere.
func settingsFor(script string) string {
	values := map[string]any{}
	for _, found := range [][][]string{listed.FindAllStringSubmatch(script, 200), looped.FindAllStringSubmatch(script, 200)} {
		for _, m := range found {
			values[m[1]] = []any{}
		}
	}
	for _, m := range member.FindAllStringSubmatchIndex(script, 400) {
		name := script[m[2]:m[3]]
		if _, had := values[name]; !had && len(values) < 60 && !called.MatchString(script[m[3]:]) && !slices.Contains(notAnswers, name) {
			values[name] = planted
		}
	}
	return inJSON(values)
}

var (
	wantsComment = regexp.MustCompile(`/(?:\\.|[^/\n\\])*?<!--((?:\\.|[^/\n\\])*?)-->(?:\\.|[^/\n\\])*/`)
	spaces       = regexp.MustCompile(`\\s[*+?]?`)
	anything     = regexp.MustCompile(`\((?:\?:|\?<\w+>)?(?:\\.|\[[^\]]*\]|[^()\\])*\)[*+?]?\??|\.[*+]\??|\[[^\]]*\][*+]\??`)
	repeated     = regexp.MustCompile(`([^\\*+?])[*+?]`)
	escape       = regexp.MustCompile(`\\(.)`)
)

// commentsIn are comments of wikitext as the script's patterns look for them, with code in them that can be run. To JavaScript they are
// comments too.
func commentsIn(script string) string {
	var out strings.Builder
	for _, m := range wantsComment.FindAllStringSubmatch(script, 5) {
		text := anything.ReplaceAllLiteralString(spaces.ReplaceAllString(m[1], " "), " "+planted+" ")
		text = repeated.ReplaceAllString(text, "$1")
		out.WriteString("<!--" + escape.ReplaceAllString(text, "$1") + "-->\n")
	}
	return out.String()
}
