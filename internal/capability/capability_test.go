package capability_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "sallyport/internal/capability"
)

func TestEveryNameHasASentenceOfItsOwn(t *testing.T) {
	listed, seen := Names(), map[string]Name{}
	for _, name := range declared(t) {
		if !slices.Contains(listed, name) {
			t.Errorf("%s has no sentence", name)
		}
		says := Capability{Name: name}.Sentence()
		if other, twice := seen[says]; twice || says == "" || strings.ContainsAny(says, "*%") {
			t.Errorf("%s says %q, as does %q", name, says, other)
		}
		seen[says] = name
	}
	if len(seen) != len(listed) {
		t.Errorf("%d names are declared, %d have a sentence", len(seen), len(listed))
	}
}

// declared reads the constants of type Name from the source.
func declared(t *testing.T) (names []Name) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "capability.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Name" {
				value, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				names = append(names, Name(value))
			}
		}
		return true
	})
	if len(names) < 20 {
		t.Fatalf("only %d names found", len(names))
	}
	return names
}

func TestSentencesSayTargetHowAndTrigger(t *testing.T) {
	for want, c := range map[string]Capability{
		"can edit pages as you, on load, without asking":            {Name: WritePage, Trigger: OnLoad},
		"can delete pages as you (<from a list>), on your click":    {Name: Delete, Target: "<from a list>", Trigger: OnClick},
		"can block people as you, on your confirmation":             {Name: Block, Trigger: OnConfirmation},
		"contacts stats.example (beacon), on a timer":               {Name: Network, Target: "stats.example", How: "beacon", Trigger: OnTimer},
		"runs more code from User:A*B/x.js":                         {Name: Import, Target: "User:A*B/x.js"},
		"can change your account (e-mail), on load, without asking": {Name: Account, Target: "e-mail", Trigger: OnLoad},
		"waits for 2027-01-01":                                      {Name: Dormant, Target: "2027-01-01"},
		"can do what this version has no word for: fly":             {Name: "fly"},
	} {
		if got := c.Sentence(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestASetHoldsEachThingOnceAsSurelyAsItWasSeen(t *testing.T) {
	got := NewSet([]Capability{
		{Name: Network, Target: "b.test", Certainty: Likely, Line: 3},
		{Name: Network, Target: "a.test", Certainty: Possible, Line: 1},
		{Name: Network, Target: "b.test", Certainty: Certain, Line: 9},
		{Name: Network, Target: "b.test", Certainty: Certain, Line: 7},
		{Name: WriteSiteCode, Certainty: Possible, Line: 20},
		{Name: "zebra"}, {Name: "apple"},
	})
	want := Set{
		{Name: WriteSiteCode, Certainty: Possible, Line: 20},
		{Name: Network, Target: "a.test", Certainty: Possible, Line: 1},
		{Name: Network, Target: "b.test", Certainty: Certain, Line: 7},
		{Name: "apple"}, {Name: "zebra"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestARevisionGainsAndLosesCapabilities(t *testing.T) {
	old := NewSet([]Capability{
		{Name: Delete, Trigger: OnClick, Certainty: Certain, Line: 4},
		{Name: Network, Target: "old.test"},
		{Name: Storage, Certainty: Certain, Line: 1},
	})
	revised := NewSet([]Capability{
		{Name: Delete, Trigger: OnLoad, Certainty: Certain, Line: 5},
		{Name: Storage, Certainty: Possible, Line: 9},
	})
	gained, lost := Diff(old, revised)
	if diff := cmp.Diff(Set{revised[0]}, gained); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Set{old[0], old[1]}, lost); diff != "" {
		t.Error(diff)
	}
	if gained, lost := Diff(old, old); len(gained)+len(lost) > 0 {
		t.Errorf("the same revision gains %v and loses %v", gained, lost)
	}
}
