package pattern_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
)

func TestRulesAboutBehaviourLookAtWhatAScriptCanDo(t *testing.T) {
	set := read(t, "x.yaml", `rules:
  - id: blocks-by-itself
    message: "$CAPABILITY of $TARGET $TRIGGER"
    severity: CRITICAL
    languages: [js]
    mode: behaviour
    paths: {exclude: [bots/]}
    behaviour:
      - {capability: [block, delete], trigger: [on load, on a timer], certain: true}
      - {capability: network, target: '\.test$', how: beacon}
`)
	can := []capability.Capability{
		{Name: capability.Block, Target: "Mara", Trigger: capability.OnLoad, Certainty: capability.Certain, Line: 3},
		{Name: capability.Block, Trigger: capability.OnClick, Certainty: capability.Certain, Line: 4},
		{Name: capability.Delete, Trigger: capability.OnTimer, Certainty: capability.Possible, Line: 5},
		{Name: capability.Network, Target: "stats.test", How: "beacon", Line: 6},
		{Name: capability.Network, Target: "stats.test", How: "fetch", Line: 7},
		{Name: capability.Network, Target: "stats.example", How: "beacon", Line: 8},
	}
	var got strings.Builder
	for _, s := range set.Behaviours("a.js", can) {
		fmt.Fprintf(&got, "%d %s: %s\n", s.Line, s.Rule.ID, s.Message)
	}
	want := "3 blocks-by-itself: block of Mara on load\n6 blocks-by-itself: network of stats.test \n"
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
	if found := set.Behaviours("bots/a.js", can); len(found) > 0 {
		t.Errorf("outside of its paths it finds %v", found)
	}
}
