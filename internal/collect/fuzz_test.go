package collect

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

// FuzzEach compares with encoding/json: of what that can read too, we find the same reports.
func FuzzEach(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/bodies.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(file.Data)
	}
	for _, s := range []string{`[]`, `{}`, `[{"body":{"effectiveDirective":"a\ud83d\ude00\n"}}]`, `{"effective-directive":"x","a":[[[{"b":"\\\""}]]]}`, `[1,{"body":2},"x"]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got []string
		n, ok := each(body, func(r *report) { got = append(got, string(r.directive)) })
		if n != len(got) || n > MaxReports {
			t.Fatalf("%d reports, %d told", n, len(got))
		}
		var v any
		if json.Unmarshal(body, &v) != nil {
			return
		}
		if !ok && n < MaxReports && depth(v) < maxDepth {
			t.Fatalf("%q is JSON and refused", body)
		}
	})
}

func depth(v any) int {
	deepest := 0
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
	case map[string]any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
	default:
		return 0
	}
	return deepest + 1
}

// FuzzCollector sends anything: the answer is 204, and what is kept says nothing that should not be.
func FuzzCollector(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/bodies.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(string(file.Data))
	}
	for _, s := range []string{
		`{"csp-report":{"document-uri":"https://wiki.example/","effective-directive":"img-src","blocked-uri":"https://a.test;script-src *\r\nX: y"}}`,
		`{"csp-report":{"document-uri":"https://wiki.example/","effective-directive":"img-src *; script-src","blocked-uri":"https://a.test,b"}}`,
		`[{"type":"csp-violation","body":{"documentURL":"https://wiki.example/","effectiveDirective":"img-src","blockedURL":"https://user:pass@a.test:99999/?q#f","sourceFile":"https://wiki.example/\u0000?x"}}]`,
		strings.Repeat("[", 1000), strings.Repeat(`{"body":`, 1000), `[` + strings.Repeat(`{"body":{"effectiveDirective":"img-src"}},`, 300),
	} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body string) {
		store := NewMemory()
		c := New(Options{Wiki: "w", Origins: []string{"https://wiki.example"}, Store: store, Key: []byte("secret"), Node: "n", Clock: func() time.Time { return now }})
		answer := httptest.NewRecorder()
		c.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/csp?v="+c.Sign("p1"), strings.NewReader(body)))
		if answer.Code != http.StatusNoContent || answer.Body.Len() > 0 {
			t.Fatalf("answered %d %q", answer.Code, answer.Body)
		}
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, _ := store.Rows(t.Context(), "w", 0)
		for _, r := range rows {
			if _, known := directives[r.Directive]; !known {
				t.Errorf("the directive %q is kept", r.Directive)
			}
			for _, kept := range []string{r.Blocked, r.Source} {
				if len(kept) > 600 || !utf8.ValidString(kept) || strings.ContainsAny(kept, "?#\r\n\x00") || strings.Contains(kept, "@") && !strings.HasPrefix(kept, "/") && !strings.HasPrefix(kept, "https://wiki.example/") {
					t.Errorf("%q is kept of %q", kept, body)
				}
			}
		}
	})
}
