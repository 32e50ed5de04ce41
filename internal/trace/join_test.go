package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/capability"

	. "sallyport/internal/trace"
)

func TestReadingAndSeeingAreJoined(t *testing.T) {
	static := []capability.Capability{
		{Name: capability.WriteOwnCode, Target: "User:<me>/common.js", Certainty: capability.Likely, Trigger: capability.OnLoad, Line: 9},
		{Name: capability.Network, Target: "stats.test", How: "fetch", Certainty: capability.Certain, Line: 3},
		{Name: capability.Network, Target: "quiet.test", How: "fetch", Certainty: capability.Possible, Line: 4},
		{Name: capability.Import, Target: "<scriptpath>?title=User:Mara/lib.js&action=raw", Certainty: capability.Certain, Line: 5},
		{Name: capability.Delete, Certainty: capability.Possible, Trigger: capability.OnClick, Line: 6},
		{Name: capability.Eval, Trigger: capability.OnClick, Certainty: capability.Certain, Line: 7},
	}
	dynamic := []capability.Capability{
		{Name: capability.WriteOwnCode, Target: "User:Ed/common.js", Certainty: capability.Possible, Trigger: capability.OnLoad},
		{Name: capability.Network, Target: "stats.test", How: "fetch", Certainty: capability.Certain, Trigger: capability.OnLoad},
		{Name: capability.Network, Target: "stats.test", How: "beacon", Certainty: capability.Certain, Trigger: capability.OnLoad},
		{Name: capability.Import, Target: "User:Mara/lib.js", Certainty: capability.Certain, Trigger: capability.OnLoad},
		{Name: capability.Delete, Target: "Main Page", Certainty: capability.Possible, Trigger: capability.OnConfirmation},
		{Name: capability.Eval, Certainty: capability.Certain, Trigger: capability.OnLoad},
	}
	var got []string
	for _, c := range Join(static, dynamic) {
		got = append(got, fmt.Sprintf("%s; %s; %d", c.Sentence(), c.Certainty, c.Line))
	}
	want := []string{
		"can change your own scripts (User:Ed/common.js), on load, without asking; certain; 9",
		"can delete pages as you (Main Page), on your confirmation; likely; 6",
		"runs text as code, on load; certain; 0",
		"runs text as code, on your click; certain; 7",
		"runs more code from User:Mara/lib.js, on load; certain; 5",
		"contacts quiet.test (fetch); possible; 4",
		"contacts stats.test (beacon), on load; certain; 0",
		"contacts stats.test (fetch), on load; certain; 3",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	if len(Join(nil, nil)) != 0 || len(Join(static, nil)) != len(static) || len(Join(nil, dynamic)) != len(dynamic) {
		t.Error("one half alone is not itself")
	}
}

func TestTheInventorySaysWhichHalfKnows(t *testing.T) {
	report := judge(run(1, "editor",
		Event{Kind: Request, Script: &Place{URL: "https://wiki.test/x.js"}, Data: Data{URL: "https://stats.test/a", How: "beacon"}},
		Event{Kind: Request, Data: Data{URL: "https://hidden.test/a", How: "image"}},
		Event{Kind: ScriptLoad, Script: &Place{URL: "https://wiki.test/x.js"}, Data: Data{URL: "https://wiki.test/w/index.php?title=User:Noor/lib.js&action=raw"}}))
	rows := Inventory([]Sight{
		{Path: "b.js", Static: []capability.Capability{{Name: capability.Network, Target: "only-read.test", How: "script"}}},
		{Path: "a.js", Report: report, Static: []capability.Capability{
			{Name: capability.Network, Target: "stats.test", How: "fetch", Trigger: capability.OnClick}, {Name: capability.Import, Target: "User:<user>/lib.js"},
			{Name: capability.Storage}, {Name: capability.Navigate, Target: "out.test"},
		}},
	})
	var got []string
	for _, r := range rows {
		got = append(got, strings.Join([]string{r.Path, r.Kind, r.Target, r.How, r.Seen, r.When, r.By}, " | "))
	}
	want := []string{
		"a.js | host | hidden.test | image | seen running | on load | ",
		"a.js | host | out.test | navigate | seen statically |  | ",
		"a.js | host | stats.test | beacon, fetch | both | on load | ",
		"a.js | import | User:<user>/lib.js | script | both |  | https://wiki.test/x.js",
		"b.js | host | only-read.test | script | seen statically |  | ",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
