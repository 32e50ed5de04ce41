package risk

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// drawn makes random subjects and makes them worse.
type drawn struct{ *rand.Rand }

func pick[T any](d drawn, from ...T) T { return from[d.IntN(len(from))] }

// Each list begins with what is least bad.
var (
	triggers    = []capability.Trigger{capability.OnConfirmation, capability.OnClick, "", capability.OnLoad}
	certainties = []capability.Certainty{capability.Possible, capability.Likely, capability.Certain}
)

func (d drawn) capability() capability.Capability {
	c := capability.Capability{Name: pick(d, append(capability.Names(), "unheard-of")...), Certainty: pick(d, certainties...), Trigger: pick(d, triggers...), Line: d.IntN(9)}
	if c.Name == capability.Import {
		c.Target = d.target()
	}
	return c
}

func (d drawn) target() string {
	return pick(d, "MediaWiki:X.js", fmt.Sprintf("User:Mara/%d.js", d.IntN(9)), "https://cdn.jsdelivr.net/npm/x", "https://cdnjs.cloudflare.com/x.js",
		"http://plain.test/x.js", "//other.test/index.php?title=User:Mara/x.js&action=raw", "https://stats.test/x.js", "<…>", "ext.gadget.x")
}

func (d drawn) finding() finding.Finding {
	return finding.Finding{Rule: pick(d, rule.All...).Name, Severity: pick(d, finding.Note, finding.Low, finding.Medium, finding.High, finding.Critical)}
}

func (d drawn) script() *finding.Script {
	s := &finding.Script{}
	for range d.IntN(8) {
		s.Capabilities = append(s.Capabilities, d.capability())
	}
	for range d.IntN(8) {
		s.Findings = append(s.Findings, d.finding())
	}
	return s
}

func (d drawn) yes() bool { return d.IntN(2) == 0 }

func (d drawn) subject() Subject {
	s := Subject{Read: d.script()}
	if d.yes() {
		s.Run = d.script()
	}
	s.Facts.Origin = Origin{
		Author{d.yes(), d.IntN(300), d.yes(), d.yes(), d.yes()}, Page{d.yes(), d.yes(), d.yes(), d.IntN(300)}, Keepers{d.yes(), d.yes(), d.IntN(3000)},
	}
	s.Facts.Audience = Audience{d.yes(), d.IntN(100_000), d.IntN(100), Power(d.IntN(5)), d.IntN(20)}
	return s
}

// worse makes one thing about a subject worse and says what. It answers "" when there was nothing to make worse.
func (d drawn) worse(s *Subject) string {
	half := s.Read
	if s.Run != nil && d.yes() {
		half = s.Run
	}
	a, o := &s.Facts.Audience, &s.Facts.Origin
	switch d.IntN(18) {
	case 0:
		c := d.capability()
		half.Capabilities = append(half.Capabilities, c)
		return fmt.Sprintf("also %+v", c)
	case 1:
		f := d.finding()
		half.Findings = append(half.Findings, f)
		return "also found " + f.Rule + " " + f.Severity.String()
	case 2:
		if len(half.Capabilities) > 0 {
			c := &half.Capabilities[d.IntN(len(half.Capabilities))]
			c.Trigger = triggers[min(slices.Index(triggers, c.Trigger)+1, len(triggers)-1)]
			return fmt.Sprintf("sooner: %+v", *c)
		}
	case 3:
		if len(half.Capabilities) > 0 {
			c := &half.Capabilities[d.IntN(len(half.Capabilities))]
			c.Certainty = certainties[min(slices.Index(certainties, c.Certainty)+1, len(certainties)-1)]
			return fmt.Sprintf("surer: %+v", *c)
		}
	case 4:
		if len(half.Findings) > 0 {
			f := &half.Findings[d.IntN(len(half.Findings))]
			f.Severity = min(f.Severity+1, finding.Critical)
			return "worse: " + f.Rule
		}
	case 5:
		target := pick(d, "User:Eve/x.js", "https://eve.test/x.js", "https://unpkg.com/eve")
		half.Capabilities = append(half.Capabilities, capability.Capability{Name: capability.Import, Target: target, Certainty: capability.Certain})
		return "also imports " + target
	case 6:
		return unpin(half)
	case 7:
		a.People++
		return "one more person"
	case 8:
		a.Powerful++
		return "one more with power"
	case 9:
		a.Power = min(a.Power+1, GivesRights)
		return "more power"
	case 10:
		a.Wikis++
		return "one more wiki"
	case 11:
		o.Keepers.People += 1 + d.IntN(100)
		return "more can change it"
	case 12:
		o.Keepers.Open = true
		return "everybody can change it"
	case 13:
		o.Author.Blocked = true
		return "blocked"
	case 14:
		o.Author.Days -= d.IntN(100)
		return "younger"
	case 15:
		o.Author.Temporary = true
		return "temporary"
	case 16:
		o.Page.Open = true
		return "open page"
	case 17:
		o.Page.NewHands, o.Page.HandsDays = true, o.Page.HandsDays-d.IntN(100)
		return "new hands"
	}
	return ""
}

// pins are two spellings of one import, the first of which is pinned.
var pins = [2]string{"https://cdn.jsdelivr.net/npm/pinned@1.2.3/x.js", "https://cdn.jsdelivr.net/npm/pinned/x.js"}

func unpin(s *finding.Script) string {
	for i := range s.Capabilities {
		if s.Capabilities[i].Target == pins[0] {
			s.Capabilities[i].Target = pins[1]
			return "unpinned"
		}
	}
	return ""
}

func TestNothingThatIsWorseLowersAScore(t *testing.T) {
	d := drawn{rand.New(rand.NewPCG(1, 2))}
	tried := map[string]int{}
	for range 1500 {
		s := d.subject()
		s.Read.Capabilities = append(s.Read.Capabilities, capability.Capability{Name: capability.Import, Target: pins[0], Certainty: capability.Certain})
		before := Score(s)
		for range 5 {
			what := d.worse(&s)
			after := Score(s)
			if after.Score < before.Score || after.Likelihood < before.Likelihood-1e-12 || after.Radius < before.Radius-1e-12 {
				t.Fatalf("%s lowers %d (%v × %v) to %d (%v × %v)", what, before.Score, before.Likelihood, before.Radius, after.Score, after.Likelihood, after.Radius)
			}
			if after.Score > before.Score {
				tried["raises"]++
			} else {
				tried["leaves"]++
			}
			before = after
		}
	}
	t.Logf("steps for the worse: %v", tried)
	if tried["raises"] < 500 {
		t.Error("hardly any step raised a score: this test does not test")
	}
}

func TestReasonsAddUpAndReliefsAreTrue(t *testing.T) {
	d := drawn{rand.New(rand.NewPCG(3, 4))}
	pinned := 0
	for range 1500 {
		s := d.subject()
		a := Score(s)
		sum := 0
		for i, r := range a.Reasons {
			sum += r.Points
			if r.Points < 1 || i > 0 && r.Points > a.Reasons[i-1].Points || r.Says == "" && r.Kind != ByFinding {
				t.Fatalf("reason %d: %+v of %+v", i, r, a.Reasons)
			}
		}
		if sum != a.Score || a.Score < 0 || a.Score > 100 || a.Level != LevelOf(a.Score) {
			t.Fatalf("the reasons add up to %d of %d (%s)", sum, a.Score, a.Level)
		}
		for _, r := range a.Lower {
			if r.Score >= a.Score {
				t.Fatalf("%q does not lower %d: %d", r.Do, a.Score, r.Score)
			}
			if r.Kind == ByImport && r.Target != "" && !hasFinding(s, "imports") {
				pinned++
				if got := Score(d.pin(s, r.Target)).Score; got != r.Score {
					t.Fatalf("%q gives %d, not %d", r.Do, got, r.Score)
				}
			}
		}
	}
	if pinned < 50 {
		t.Errorf("only %d imports were pinned: this test does not test", pinned)
	}
}

func hasFinding(s Subject, rule string) bool {
	return slices.ContainsFunc([]*finding.Script{s.Read, s.Run}, func(half *finding.Script) bool {
		return half != nil && slices.ContainsFunc(half.Findings, func(f finding.Finding) bool { return f.Rule == rule })
	})
}

// pin is the subject with one import pinned.
func (d drawn) pin(s Subject, target string) Subject {
	half := func(s *finding.Script) *finding.Script {
		if s == nil {
			return nil
		}
		out := &finding.Script{Findings: s.Findings, Capabilities: slices.Clone(s.Capabilities)}
		for i := range out.Capabilities {
			if out.Capabilities[i].Target == target {
				out.Capabilities[i].Target += "?oldid=1"
			}
		}
		return out
	}
	s.Read, s.Run = half(s.Read), half(s.Run)
	return s
}

func TestTheOrderOfEvidenceDoesNotMatterAndScoringTwiceGivesTheSame(t *testing.T) {
	d := drawn{rand.New(rand.NewPCG(5, 6))}
	for range 1000 {
		s := d.subject()
		a := Score(s)
		if diff := cmp.Diff(a, Score(s)); diff != "" {
			t.Fatal(diff)
		}
		d.Shuffle(len(s.Read.Capabilities), func(i, j int) {
			s.Read.Capabilities[i], s.Read.Capabilities[j] = s.Read.Capabilities[j], s.Read.Capabilities[i]
		})
		d.Shuffle(len(s.Read.Findings), func(i, j int) {
			s.Read.Findings[i], s.Read.Findings[j] = s.Read.Findings[j], s.Read.Findings[i]
		})
		if b := Score(s); a.Score != b.Score {
			t.Fatalf("in another order %d becomes %d", a.Score, b.Score)
		}
	}
}
