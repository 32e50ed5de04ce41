package risk

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

func TestPinningAnImportIsSaidWithTheScoreItGives(t *testing.T) {
	s := Subject{Read: &finding.Script{Capabilities: []capability.Capability{
		{Name: capability.Import, Target: "User:Mara/y.js", Certainty: capability.Certain, Trigger: capability.OnLoad},
		{Name: capability.Import, Target: "https://cdn.jsdelivr.net/npm/x", Certainty: capability.Certain, Trigger: capability.OnLoad},
	}}}
	a := Score(s)
	want := []string{"pin all imports", "pin the import of https://cdn.jsdelivr.net/npm/x", "pin the import of User:Mara/y.js"}
	var got []string
	for _, r := range a.Lower {
		got = append(got, r.Do)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("of %+v: %s", a, diff)
	}
}

func TestAHalfThatIsMissingIsSaidAndNotTakenToBeHarmless(t *testing.T) {
	nothing, calm := Score(Subject{}), Score(Subject{Read: &finding.Script{}})
	if nothing.Score <= calm.Score || calm.Score == 0 {
		t.Errorf("a script that nobody read scores %d, a calm one %d", nothing.Score, calm.Score)
	}
	want := []string{"reading", "running", "author", "page", "keepers", "audience"}
	if diff := cmp.Diff(want, nothing.Unknown); diff != "" {
		t.Error(diff)
	}
	known := Facts{Origin{Author{Known: true, Days: 4000}, Page{Known: true}, Keepers{Known: true, People: 9}}, Audience{Known: true, People: 9, Wikis: 1}}
	if a := Score(Subject{Read: &finding.Script{}, Run: &finding.Script{}, Facts: known}); len(a.Unknown) > 0 || a.Score >= calm.Score {
		t.Errorf("with everything known it is %+v", a)
	}
}

func TestWhatAnOperatorAcceptsDoesNotCount(t *testing.T) {
	f := finding.Finding{Rule: "leak", Severity: finding.Critical, Suppressed: &finding.Suppressed{Reason: "seen"}}
	if a := Score(Subject{Read: &finding.Script{Findings: []finding.Finding{f}}}); a.Level != Low {
		t.Errorf("%+v", a)
	}
}

func TestAnImportsOwnerIsReadFromItsTarget(t *testing.T) {
	for target, want := range map[string]Import{
		"MediaWiki:Gadget-x.js":                                      {Whose: OfSite, Title: "MediaWiki:Gadget-x.js"},
		"ext.gadget.HotCat":                                          {Whose: OfSite},
		"User:Mara/x.js":                                             {Whose: OfPerson, Title: "User:Mara/x.js"},
		"משתמש:Mara/x.js":                                            {Whose: OfPerson, Title: "משתמש:Mara/x.js"},
		"/w/index.php?title=User:Mara/x.js&action=raw":               {Whose: OfPerson, Title: "User:Mara/x.js"},
		"/w/index.php?title=User:Mara/x.js&oldid=7&action=raw":       {Whose: OfPerson, Title: "User:Mara/x.js", Pinned: true},
		"<server>/w/index.php?title=MediaWiki:x.js":                  {Whose: OfSite, Title: "MediaWiki:x.js"},
		"//meta.example/w/index.php?title=User:Mara/x.js&action=raw": {Whose: OfOtherWiki},
		"u:dev:MediaWiki:X.js":                                       {Whose: OfOtherWiki},
		"https://cdn.jsdelivr.net/npm/x":                             {Whose: OfAnybody},
		"https://cdn.jsdelivr.net/npm/x@1.2.3/x.js":                  {Whose: OfAnybody, Pinned: true},
		"HTTPS://cdnjs.cloudflare.com/ajax/libs/x/x.js":              {Whose: OfLibraries},
		"https://stats.example/x.js":                                 {Whose: OfHost},
		"http://stats.example/x.js":                                  {Whose: OfPlainHTTP},
		"<…>":                                                        {Whose: OfUnknown},
		"":                                                           {Whose: OfUnknown},
		"x.js":                                                       {Whose: OfPage, Title: "x.js"},
		"https://stats.example/?title=%zz":                           {Whose: OfHost},
		"/w/index.php?title=<…>":                                     {Whose: OfUnknown},
		"https://raw.githubusercontent.com/x/y/" + commit + "/z.js":      {Whose: OfAnybody, Pinned: true},
		"https://en.wikipedia.org/w/index.php?title=User:A/b.js&oldid=1": {Whose: OfOtherWiki, Pinned: true},
	} {
		want.Target = target
		got := Imports(&finding.Script{Capabilities: []capability.Capability{{Name: capability.Import, Target: target}, {Name: capability.Network, Target: "x"}}})
		if diff := cmp.Diff([]Import{want}, got); diff != "" {
			t.Errorf("%q: %s", target, diff)
		}
	}
}

const commit = "0123456789abcdef0123456789abcdef01234567"

func FuzzImport(f *testing.F) {
	f.Add("/w/index.php?title=User:Mara/x.js&oldid=7")
	f.Add("//%zz?title=<…>&;")
	f.Fuzz(func(t *testing.T, target string) {
		c := capability.Capability{Name: capability.Import, Target: target, Certainty: capability.Certain}
		a := Score(Subject{Read: &finding.Script{Capabilities: []capability.Capability{c}}})
		if a.Score < Score(Subject{Read: &finding.Script{}}).Score {
			t.Errorf("importing %q lowers the score to %d", target, a.Score)
		}
	})
}

func TestEverybodyWhoCanChangeWhatYouRunIsCountedOnce(t *testing.T) {
	scripts := map[string]Kept{
		"a": {Editors: []string{"Mara", "Admin"}, Loads: []string{"b", "c"}},
		"b": {Editors: []string{"Ira", "Admin"}, Loads: []string{"a"}},
		"c": {Editors: []string{"Noor"}},
		"d": {Loads: []string{"c", "elsewhere"}, Open: true},
	}
	find := func(title string) (Kept, bool) { k, ok := scripts[title]; return k, ok }
	for start, want := range map[string]Keepers{
		"a": {Known: true, People: 4}, "c": {Known: true, People: 1}, "d": {Open: true, People: 1}, "elsewhere": {},
	} {
		if got := KeepersOf(start, find); got != want {
			t.Errorf("%s is kept by %+v", start, got)
		}
	}
	asked := 0
	endless := KeepersOf("0", func(string) (Kept, bool) {
		asked++
		return Kept{Loads: []string{fmt.Sprint(asked)}}, true
	})
	if endless.Known || asked > mostScripts {
		t.Errorf("after %d questions it says %+v", asked, endless)
	}
}

func TestPowerIsTheGreatestOfTheRights(t *testing.T) {
	for want, rights := range map[Power][]string{
		NoPower: {"edit", "read"}, Patrols: {"edit", "rollback"}, Deletes: {"rollback", "delete"}, EditsCode: {"delete", "editinterface"}, GivesRights: {"editsitejs", "checkuser"},
	} {
		if got := PowerOf(rights); got != want {
			t.Errorf("%v give power %v", rights, got)
		}
	}
}

func TestAnAssessmentIsMadeOnceAndAnErrorIsNotRemembered(t *testing.T) {
	c, made := NewCache(10), 0
	get := func(k Key, err error) (Assessment, error) {
		return c.Get(k, func() (Subject, error) { made++; return Subject{Facts: k.Facts}, err })
	}
	broken := errors.New("broken")
	if _, err := get(Key{SHA256: "x"}, broken); !errors.Is(err, broken) {
		t.Errorf("it says %v", err)
	}
	first, err := get(Key{SHA256: "x"}, nil)
	again, _ := get(Key{SHA256: "x"}, broken)
	if err != nil || made != 2 || !cmp.Equal(first, again) {
		t.Errorf("made %d times: %+v, %+v, %v", made, first, again, err)
	}
	other, _ := get(Key{SHA256: "x", Facts: Facts{Origin: Origin{Author: Author{Known: true, Blocked: true}}}}, nil)
	if made != 3 || other.Score <= first.Score {
		t.Errorf("other facts make no other assessment: %d, %d", first.Score, other.Score)
	}
}
