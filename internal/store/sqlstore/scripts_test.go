package sqlstore

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/store"
)

func TestTheListOfScriptsIsReadInTheOrderOfAnIndex(t *testing.T) {
	s := full(t, "", 0)
	for sort, index := range map[string]string{
		"": "script_by_score", "people": "script_by_people", "hosts": "script_by_hosts", "changed": "script_by_saved", "title": "script_by_title",
	} {
		p, err := planScripts("w", store.ScriptQuery{Sort: sort})
		if err != nil {
			t.Fatal(err)
		}
		if got := explain(t, s.reader, "EXPLAIN QUERY PLAN", p); !strings.Contains(got, "INDEX "+index+" ") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("by %q:\n%s", sort, got)
		}
	}
	for what, p := range map[string]listing{
		"DueScripts": {rows: selectDueScripts, args: []any{"w", 1, 10}}, "ScriptsNamed": {rows: fmt.Sprintf(selectNamed, marks(2, 2)), args: []any{"w", "t", "u"}},
		"ScriptSpread": {rows: selectSpread, args: []any{"w"}}, "ScriptsAt": {rows: selectAt, args: []any{"w", 1, 2, 3}},
		"a result": {rows: wakeScripts, args: []any{"d", "w"}},
	} {
		if got := explain(t, s.reader, "EXPLAIN QUERY PLAN", p); strings.Contains(got, "SCAN") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s goes through the whole table, or sorts:\n%s", what, got)
		}
	}
}
