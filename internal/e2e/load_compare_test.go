package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"sallyport/internal/browsertest"
)

// describe puts a question and says what came back, in terms that are the same on both sides.
func (s *side) describe(page *browsertest.Page, q question) any {
	s.Helper()
	r, body := s.put(q)
	if r.StatusCode == http.StatusNotModified {
		return map[string]any{"status": r.StatusCode, "header": s.headers(r, q), "body": body}
	}
	kind := "scripts"
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/css") {
		kind = "styles"
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		body = ""
	}
	one := s.evaluate(page, kind, body, false)
	if other := s.evaluate(page, kind, body, true); strings.Contains(s.address, "sallyport") && len(differences("", one, other)) > 0 {
		s.Errorf("%s: with mw.loader.impl it does something else: %v", q.name, differences("", one, other))
	}
	return map[string]any{"status": r.StatusCode, "header": s.headers(r, q), "body": one}
}

// evaluate runs a body in the browser. Names of modules become those of twins, and messages about a page its name.
func (s *side) evaluate(page *browsertest.Page, kind, body string, impl bool) any {
	s.Helper()
	code, err := os.ReadFile("testdata/load.js")
	if err != nil {
		s.Fatal(err)
	}
	in, _ := json.Marshal([]map[string]any{{"type": kind, "body": body, "impl": impl}})
	text, _ := json.Marshal(browsertest.Eval[[]any](page, "(\n"+string(code)+"\n)( "+string(in)+" )")[0])
	said := string(text)
	for name, module := range s.module {
		said = regexp.MustCompile(regexp.QuoteMeta(s.prefix+module)+`\b`).ReplaceAllString(said, name)
	}
	said = strings.ReplaceAll(said, s.prefix, "")
	var out map[string]any
	if err := json.Unmarshal([]byte(said), &out); err != nil {
		s.Fatal(err)
	}
	if log, ok := out["log"].([]any); ok {
		for i, line := range log {
			log[i] = strings.TrimPrefix(regexp.MustCompile(`[\w-]+\.(?:js|json|css)`).FindString(fmt.Sprint(line)), "Gadget-")
		}
	}
	return out
}

// surroundings are headers of the two servers, not of what they serve.
var surroundings = []string{"Date", "Connection", "Host", "X-Powered-By", "Content-Length", "Keep-Alive"}

func (s *side) headers(r *http.Response, q question) map[string]any {
	out := map[string]any{}
	for name, values := range r.Header {
		if !slices.Contains(surroundings, name) {
			out[name] = strings.Join(values, " + ")
		}
	}
	if out["Etag"] == `W/"`+s.version(q)+`"` {
		out["Etag"] = "weak, of the combined version"
	}
	date, err1 := http.ParseTime(r.Header.Get("Date"))
	expires, err2 := http.ParseTime(r.Header.Get("Expires"))
	if err1 == nil && err2 == nil {
		out["Expires"] = "in " + expires.Sub(date).Round(10*time.Second).String()
	}
	if out["Sourcemap"] != nil {
		out["Sourcemap"] = "there"
	}
	return out
}

// differences lists where two values differ, as "path: one → other".
func differences(at string, a, b any) []string {
	x, xok := a.(map[string]any)
	y, yok := b.(map[string]any)
	if !xok || !yok {
		one, _ := json.Marshal(a)
		other, _ := json.Marshal(b)
		if string(one) == string(other) {
			return nil
		}
		return []string{fmt.Sprintf("%s: %s → %s", strings.TrimPrefix(at, " "), one, other)}
	}
	keys := maps.Clone(x)
	maps.Copy(keys, y)
	var all []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		all = append(all, differences(at+" "+key, x[key], y[key])...)
	}
	return all
}
