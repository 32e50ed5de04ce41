package collect

import (
	"encoding/json"
	"testing"

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
