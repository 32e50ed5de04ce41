package writedoor

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/phpform"
)

// entry says which PHP file a path leads to. Paths are compared as they are: one that a web server would understand only
// after decoding or folding is elsewhere, and what writes there is strange.
func (s *Site) entry(path string, actionPaths map[string]string) (e entry, rest string) {
	switch path {
	case s.Script, s.Wiki.ScriptPath + "/", s.Wiki.ScriptPath, "/":
		return indexPHP, ""
	case s.file("api.php"):
		return apiPHP, ""
	case s.file("load.php"), s.file("opensearch_desc.php"), s.file("thumb.php"):
		return readOnlyPHP, ""
	}
	if rest, ok := strings.CutPrefix(path, s.file("rest.php")); ok && (rest == "" || rest[0] == '/') {
		return restPHP, rest
	}
	if strings.HasPrefix(path, s.file("img_auth.php")+"/") {
		return readOnlyPHP, ""
	}
	if found, err := s.routed(path, actionPaths); err != nil || len(found) > 0 {
		return indexPHP, ""
	}
	return elsewhere, ""
}

func (s *Site) file(name string) string { return s.Wiki.ScriptPath + "/" + name }

// route is a path pattern of MediaWiki's PathRouter.
type route struct {
	pattern, action string
	weight          int
}

// routes lists them as WebRequest::getPathInfo does, heaviest first.
func (s *Site) routes(actionPaths map[string]string) []route {
	list := []route{{pattern: s.Script + "/$1"}}
	if p := s.Wiki.ArticlePath; p != "" && !strings.Contains(p, "?") {
		list = append(list, route{pattern: p})
	}
	for _, action := range slices.Sorted(maps.Keys(actionPaths)) {
		list = append(list, route{pattern: actionPaths[action], action: action})
	}
	if s.VariantPath != "" && !strings.Contains(s.VariantPath, "?") {
		list = append(list, route{pattern: s.VariantPath})
	}
	for i := range list {
		list[i].weight = weigh(list[i].pattern)
	}
	slices.SortStableFunc(list, func(a, b route) int { return cmp.Compare(b.weight, a.weight) })
	return list
}

// weigh is PathRouter::makeWeight: fixed parts of a path count three, mixed ones two, bare parameters one.
func weigh(pattern string) int {
	weight := 0
	for part := range strings.SplitSeq(pattern, "/") {
		switch {
		case part == "$1" || part == "$2":
			weight++
		case strings.Contains(part, "$1") || strings.Contains(part, "$2"):
			weight += 2
		default:
			weight += 3
		}
	}
	return weight
}

// routed is what a path says by itself: title, and perhaps action. Paths that MediaWiki tidies up before it reads them
// are refused where they would lead somewhere.
func (s *Site) routed(path string, actionPaths map[string]string) (map[string]string, error) {
	if path == s.Script {
		return nil, nil
	}
	routes := s.routes(actionPaths)
	found := s.match(routes, path)
	if len(found) > 0 {
		if strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return nil, unclear("the path holds a control character")
		}
		return found, nil
	}
	if tidy := tidied(path); tidy != path && len(s.match(routes, tidy)) > 0 {
		return nil, unclear("the path has empty parts or dots that MediaWiki leaves out")
	}
	return nil, nil
}

var manySlashes = regexp.MustCompile(`/+`)

// tidied does roughly what PathRouter::parse does to a path it does not know.
func tidied(path string) string {
	var out []string
	for part := range strings.SplitSeq(manySlashes.ReplaceAllString(path, "/"), "/") {
		switch part {
		case ".":
		case "..":
			if len(out) > 1 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, part)
		}
	}
	return manySlashes.ReplaceAllString(strings.Join(out, "/"), "/")
}

func (s *Site) match(routes []route, path string) map[string]string {
	for _, r := range routes {
		found := r.match(path)
		if v, ok := found["variant"]; found == nil || ok && !slices.Contains(s.Variants, v) {
			continue
		}
		if r.action != "" {
			found["action"] = r.action
		}
		return found
	}
	return nil
}

// match fits a path into a pattern: $1 is the title, $2 the language variant, which takes as little as it can.
func (r route) match(path string) map[string]string {
	if strings.Contains(r.pattern, "$2") {
		return r.matchVariant(path)
	}
	before, after, _ := strings.Cut(r.pattern, "$1")
	if len(path) < len(before)+len(after) || !strings.HasPrefix(path, before) || !strings.HasSuffix(path, after) {
		return nil
	}
	return map[string]string{"title": phpform.RawURLDecode(path[len(before) : len(path)-len(after)])}
}

func (r route) matchVariant(path string) map[string]string {
	quoted := strings.Replace(regexp.QuoteMeta(r.pattern), `\$1`, "(?P<title>.*)", 1)
	re, err := regexp.Compile("^" + strings.Replace(quoted, `\$2`, "(?P<variant>.+?)", 1) + "$")
	if err != nil {
		return nil
	}
	m := re.FindStringSubmatch(path)
	if m == nil {
		return nil
	}
	found := map[string]string{}
	for i, name := range re.SubexpNames() {
		if name != "" {
			found[name] = phpform.RawURLDecode(m[i])
		}
	}
	return found
}
