package decoy

import (
	"strings"
	"testing"
)

func TestAListThatTheWikiDoesNotKnowIsEmpty(t *testing.T) {
	for _, c := range []struct{ list, meta, body, want string }{
		{"prop=pageprops", "", `{"query":{"pages":[{"title":"A"},{"title":"B","missing":true},{"title":"C","pageprops":{"x":"1"}}]}}`,
			`{"query":{"pages":[{"pageprops":{"wikibase_item":"Q2512"},"title":"A"},{"missing":true,"title":"B"},{"pageprops":{"x":"1"},"title":"C"}]}}`},
		{"prop=pageprops", "", `{"query":{"pages":{"7":{"title":"A"}}}}`, `{"query":{"pages":{"7":{"pageprops":{"wikibase_item":"Q2512"},"title":"A"}}}}`},
		{"abuselog", "", `{"batchcomplete":"","warnings":{}}`, `{"batchcomplete":"","query":{"abuselog":[]},"warnings":{}}`},
		{"recentchanges|tilelog", "globaluserinfo|siteinfo", `{"query":{"recentchanges":[1]}}`, `{"query":{"globaluserinfo":{},"recentchanges":[1],"tilelog":[]}}`},
		{"recentchanges", "", `{"query":{"recentchanges":[]}}`, `{"query":{"recentchanges":[]}}`},
		{"abuselog", "", `{"error":{"code":"x"}}`, `{"error":{"code":"x"}}`},
		{"abuselog", "", `go({})`, `go({})`},
		{"abuselog", "", `null`, `null`},
	} {
		asked := map[string]string{"list": c.list, "meta": c.meta}
		if prop, ok := strings.CutPrefix(c.list, "prop="); ok {
			asked = map[string]string{"prop": prop}
		}
		get := func(name string) string { return asked[name] }
		if got := string(withLists([]byte(c.body), get)); got != c.want {
			t.Errorf("%s with %s: %s, not %s", c.body, c.list, got, c.want)
		}
	}
}
