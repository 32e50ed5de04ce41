package snapshot

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// Registered are the names of the modules in a startup script.
func Registered(startup string) []string {
	const call = "mw.loader.register([" // the loader itself calls it with a name, too
	i := strings.Index(startup, call)
	if i < 0 {
		return nil
	}
	var rows [][]json.RawMessage
	if json.NewDecoder(strings.NewReader(startup[i+len(call)-1:])).Decode(&rows) != nil {
		return nil
	}
	var names []string
	for _, row := range rows {
		var name string
		if len(row) > 0 && json.Unmarshal(row[0], &name) == nil {
			names = append(names, name)
		}
	}
	return names
}

// statement begins one module in what load.php answers: mw.loader.implement("name@version", …) until 1.40, mw.loader.impl(function(){
// return["name@version", …]}) since.
var statement = regexp.MustCompile(`mw\.loader\.impl(?:ement\("|\(function\(\)\{return\[")([^"@]+)@`)

// split takes an answer of load.php apart into its modules. What stands behind the last of them, the states of those without
// a statement of their own, is told as their statements.
func split(body string) map[string]string {
	out := map[string]string{}
	all := statement.FindAllStringSubmatchIndex(body, -1)
	end := len(body)
	tail := strings.LastIndex(body, "mw.loader.state({")
	if tail >= 0 && (len(all) == 0 || tail > all[len(all)-1][0]) {
		var states map[string]string
		if json.NewDecoder(strings.NewReader(body[tail+len("mw.loader.state("):])).Decode(&states) == nil {
			for name, state := range states {
				row, _ := json.Marshal(map[string]string{name: state})
				out[name] = "mw.loader.state(" + string(row) + ");"
			}
			end = tail
		}
	}
	for i, m := range all {
		stop := end
		if i+1 < len(all) {
			stop = all[i+1][0]
		}
		out[body[m[2]:m[3]]] = body[m[0]:stop]
	}
	return out
}

// Load answers load.php. It says false for modules that were not recorded.
func (s *Snapshot) Load(query string) (text, kind string, ok bool) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return "", "", false
	}
	names := q.Get("modules")
	if names == "startup" {
		return s.Startup, "text/javascript; charset=utf-8", true
	}
	if q.Get("only") == "styles" {
		return s.Styles[names], "text/css; charset=utf-8", true
	}
	var b strings.Builder
	missing := map[string]string{}
	for _, name := range unpack(names) {
		if text, ok := s.Modules[name]; ok {
			b.WriteString(text + "\n")
			continue
		}
		missing[name] = "missing"
		if name == "user" || name == "site" || strings.HasPrefix(name, "ext.gadget.") {
			missing[name] = "ready"
		}
	}
	if len(missing) > 0 {
		row, _ := json.Marshal(missing)
		b.WriteString("mw.loader.state(" + string(row) + ");\n")
	}
	return b.String(), "text/javascript; charset=utf-8", true
}

// unpack reads the list of modules of an address: "a.b,c|d" is a.b, a.c and d.
func unpack(packed string) []string {
	var out []string
	for _, group := range strings.Split(packed, "|") {
		first := true
		prefix := ""
		for _, name := range strings.Split(group, ",") {
			if first {
				if i := strings.LastIndexByte(name, '.'); i >= 0 {
					prefix = name[:i+1]
				}
				out = append(out, name)
				first = false
				continue
			}
			out = append(out, prefix+name)
		}
	}
	return out
}
