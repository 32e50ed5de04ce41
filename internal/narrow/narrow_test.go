package narrow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/violation"
)

var monday = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)

// met is a row: these people met a block in a script's name on these days after Monday.
func met(directive, blocked, script string, day int, users ...uint64) violation.Row {
	at := monday.AddDate(0, 0, day)
	r := violation.Row{
		Key:   violation.Key{Wiki: "w", Directive: directive, Blocked: blocked, Source: script, Day: violation.DayOf(at), ReportOnly: true},
		Count: int64(len(users)), First: at, Last: at,
	}
	for _, u := range users {
		r.Users.Add(u * 0x9e3779b97f4a7c15)
	}
	return r
}

func header(t testing.TB, text string) csp.Set {
	t.Helper()
	set, problems := csp.ParseHeader(text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return set
}

func week() []violation.Row {
	return []violation.Row{
		met("script-src-elem", "https://cdn.example", "Gadget-a", 0, 1, 2, 3),
		met("script-src-elem", "https://cdn.example", "Gadget-a", 1, 1, 4),
		met("connect-src", "https://api.example", "Gadget-a", 0, 1, 2),
		met("connect-src", "https://api.example", "Gadget-b", 2, 5),
		met("img-src", "https://pixel.example", "User:X/y.js", 0, 9),
		met("script-src-elem", "inline", "", 0, 7),
	}
}

func TestADraftIsReplayedOnWhatWasReported(t *testing.T) {
	h := Remember(week())
	got := h.Simulate(header(t, "default-src 'self'; script-src https://cdn.example 'unsafe-inline'; connect-src 'self'; img-src *"), nil, wikiPage)
	if got.People != 7 || got.Broken != 3 || got.Scripts != 2 || !got.Exact || len(got.Lost) != 1 {
		t.Fatalf("%+v", got)
	}
	if l := got.Lost[0]; l.Blocked != "https://api.example" || l.People != 3 || !slices.Equal(l.Scripts, []string{"Gadget-a", "Gadget-b"}) {
		t.Errorf("%+v", l)
	}
}

func TestWhatReportsCannotSayIsUnclear(t *testing.T) {
	h := Remember(week())
	paths := h.Simulate(header(t, "script-src https://cdn.example/lib/ 'unsafe-inline'"), nil, wikiPage)
	if len(paths.Lost) != 0 || len(paths.Unclear) != 1 || paths.Unclear[0].Blocked != "https://cdn.example" {
		t.Errorf("a draft with a path: %+v", paths)
	}
	redirect := h.Simulate(header(t, "script-src https://cdn.example 'unsafe-inline'"), header(t, "default-src 'self'; script-src https://cdn.example"), wikiPage)
	if len(redirect.Unclear) != 1 || redirect.Broken != 0 {
		t.Errorf("reported although it is allowed: %+v", redirect)
	}
}

func TestNoiseIsNotReplayed(t *testing.T) {
	noisy := met("script-src-elem", "https://evil.example", "", 0, 1, 2, 3)
	noisy.Noise = violation.Extension
	flood := met("img-src", violation.Other, "", 0, 1)
	if got := Remember([]violation.Row{noisy, flood}).Simulate(header(t, "default-src 'none'"), nil, wikiPage); got.People != 0 || len(got.Lost) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestCrowdsAreEstimatedAndSaidToBe(t *testing.T) {
	r := met("img-src", "https://a.example", "Gadget-a", 0)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		r.Users.Add(rng.Uint64())
	}
	got := Remember([]violation.Row{r}).Simulate(header(t, "img-src 'none'"), nil, wikiPage)
	if got.Exact || got.Broken < 19000 || got.Broken > 21000 {
		t.Errorf("%+v", got)
	}
}

func derived(t *testing.T, share float64, rows ...violation.Row) Proposal {
	t.Helper()
	return Remember(rows).Derive(Wanted{
		Page: wikiPage, Base: header(t, "default-src 'self'; script-src 'self' 'unsafe-inline'")[0], Share: share, People: 2, Days: 2,
		Known: func(host string) []string {
			if strings.HasSuffix(host, "unknown.example") {
				return nil
			}
			return []string{"Gadget-a"}
		},
	})
}

func TestTheSmallestPolicyThatBreaksNobodyIsFound(t *testing.T) {
	p := derived(t, 1,
		met("script-src-elem", "https://cdn.example", "Gadget-a", 0, 1, 2, 3), met("script-src-elem", "https://cdn.example", "Gadget-a", 1, 1, 2),
		met("connect-src", "https://once.example", "Gadget-a", 0, 1, 2),
		met("img-src", "https://lonely.example", "Gadget-b", 0, 9), met("img-src", "https://lonely.example", "Gadget-b", 1, 9),
		met("img-src", "https://unknown.example", "Gadget-b", 0, 1, 2), met("img-src", "https://unknown.example", "Gadget-b", 1, 1, 2),
		met("img-src", "https://wiki.example/w/x.png", "Gadget-b", 1, 1, 2),
		met("script-src-elem", "eval", "Gadget-b", 1, 1, 2),
	)
	if got, want := p.Policy.String(), "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.example"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	why := map[string]string{}
	for _, c := range p.Candidates {
		why[c.Origin] = c.Why
	}
	for origin, want := range map[string]string{
		"https://cdn.example": "3 people need it", "https://once.example": "on 1 of at least 2 days", "https://lonely.example": "by 1 of at least 2 people",
		"https://unknown.example": "no script",
	} {
		if !strings.Contains(why[origin], want) {
			t.Errorf("%s: %q", origin, why[origin])
		}
	}
	if p.Pairs != 6 || p.Working != 1 { // (1,a) (2,a) need once.example too; 3 needs only the CDN
		t.Errorf("%d of %d pairs work", p.Working, p.Pairs)
	}
}

func TestWhatFewNeedAndIsRiskyGoesFirst(t *testing.T) {
	var rows []violation.Row
	for day := range 2 {
		for u := range uint64(100) {
			rows = append(rows, met("script-src-elem", "https://cdn.example", "Gadget-a", day, u+1))
		}
		rows = append(rows, met("script-src-elem", "https://x.workers.dev", "Gadget-b", day, 1, 2), met("img-src", "https://img.example", "Gadget-c", day, 1, 2))
	}
	p := derived(t, 0.98, rows...)
	if got, want := p.Policy.String(), "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.example; img-src 'self' https://img.example"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if all := derived(t, 1, rows...); !strings.Contains(all.Policy.String(), "workers.dev") {
		t.Errorf("with a share of everything: %s", all.Policy)
	}
}

// What a derived policy says works is asked of the simulation, which does not know how it was derived.
func TestWhatIsDerivedBreaksNoMoreThanItSays(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		var rows []violation.Row
		for range 200 {
			rows = append(rows, met([]string{"script-src-elem", "connect-src", "img-src"}[rng.IntN(3)], fmt.Sprintf("https://h%d.example", rng.IntN(25)),
				fmt.Sprintf("Gadget-%d", rng.IntN(8)), rng.IntN(5), uint64(rng.IntN(60))))
		}
		h := Remember(rows)
		for _, share := range []float64{1, 0.95, 0.5} {
			p := h.Derive(Wanted{Page: wikiPage, Base: header(t, "default-src 'self'")[0], Share: share, People: 1, Days: 1})
			impact := h.Simulate(csp.Set{p.Policy}, nil, wikiPage)
			if share == 1 && impact.Broken != 0 {
				t.Fatalf("%d people lose something under %s", impact.Broken, p.Policy)
			}
			if float64(p.Working) < share*float64(p.Pairs) {
				t.Fatalf("%d of %d pairs work, %v was asked", p.Working, p.Pairs, share)
			}
			if impact.Broken > p.Pairs-p.Working {
				t.Fatalf("%d people lose something, %d pairs were to break", impact.Broken, p.Pairs-p.Working)
			}
		}
	}
}

func TestADifferenceIsWhatBecomesAllowedWhateverTheWords(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          []string
	}{
		{"default-src 'self'", "default-src 'self'; script-src 'self'; img-src 'self'", nil},
		{"img-src https://a.example https://b.example", "img-src https://b.example", []string{"- https://a.example in img-src"}},
		{"img-src *.example", "img-src a.example", []string{"- *.example in img-src"}},
		{"img-src *.a.example", "img-src *.a.example x.a.example", nil},
		{"default-src 'self'", "default-src 'self' https://x.example; img-src 'self'", []string{
			"+ https://x.example in script-src-elem style-src-elem font-src media-src object-src frame-src connect-src manifest-src worker-src"}},
		{"script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline' 'nonce-AAAAAAAAAAAAAAAAAAAAAA'", []string{
			"+ 'nonce-AAAAAAAAAAAAAAAAAAAAAA' in script-src-elem", "- event handlers in HTML in script-src-attr",
			"- inline scripts in script-src-elem", "- javascript: addresses in script-src-elem"}},
		{"connect-src 'self'", "img-src 'self'", []string{"+ anything in connect-src", "- anything in img-src"}},
		{"script-src https://a.example", "script-src https://a.example 'strict-dynamic' 'nonce-AAAAAAAAAAAAAAAAAAAAAA'", []string{
			"+ 'nonce-AAAAAAAAAAAAAAAAAAAAAA' in script-src-elem", "+ 'strict-dynamic' in script-src-elem", "- https://a.example in script-src-elem worker-src"}},
	} {
		var got []string
		for _, d := range Diff(header(t, c.before)[0], header(t, c.after)[0]) {
			sign := "- "
			if d.Wider {
				sign = "+ "
			}
			got = append(got, sign+d.What+" in "+strings.Join(d.Directives, " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n→ %s\n got %q\nwant %q", c.before, c.after, got, c.want)
		}
	}
}

func TestARollOutGrowsWithTheSamePeople(t *testing.T) {
	r := Rollout{ID: "2026-11"}
	had := map[int]bool{}
	for r.Share < 100 {
		r.Share = r.Next()
		n := 0
		for u := range 10000 {
			on := r.Enforced(fmt.Sprint("user ", u))
			if had[u] && !on {
				t.Fatalf("at %d %% somebody lost it again", r.Share)
			}
			if on {
				had[u] = true
				n++
			}
		}
		if n < r.Share*80 || n > r.Share*120 {
			t.Errorf("%d of 10000 people at %d %%", n, r.Share)
		}
		if anonymous := r.Enforced(""); anonymous != (r.Share == 100) {
			t.Errorf("readers who are not logged in at %d %%: %v", r.Share, anonymous)
		}
	}
	if r.Halted = "stop"; r.Enforced("user 1") || r.Enforced("") {
		t.Error("a halted roll-out enforces")
	}
}

func TestASurpriseHaltsARollOut(t *testing.T) {
	r := Rollout{Share: 25, Expects: []Loss{{Directive: "img-src", Blocked: "https://a.example", People: 100}}}
	l := Limits{People: 3, Percent: 150}
	for _, c := range []struct {
		lost Loss
		want string
	}{
		{Loss{Directive: "img-src", Blocked: "https://a.example", People: 30}, ""},
		{Loss{Directive: "img-src", Blocked: "https://a.example", People: 60}, "100 were foreseen"},
		{Loss{Directive: "img-src", Blocked: "https://new.example", People: 3}, ""},
		{Loss{Directive: "img-src", Blocked: "https://new.example", People: 4, Scripts: []string{"Gadget-x"}}, "wanted by Gadget-x: nobody foresaw"},
	} {
		if got := r.Surprise([]Loss{c.lost}, l).String(); got == "" != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.lost, got, c.want)
		}
	}
}

func TestTheCalendarSaysWhatFallsWhen(t *testing.T) {
	day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
	got := Calendar([]Permission{
		{Source: "used", Given: day(-90), Used: day(-1)},
		{Source: "ends", Given: day(-90), Used: day(-1), Expires: day(3)},
		{Source: "never used", Given: day(-29)},
		{Source: "idle", Given: day(-90), Used: day(-40)},
	}, monday, 30*24*time.Hour)
	var list []string
	for _, d := range got {
		list = append(list, d.When.Format(time.DateOnly)+" "+d.Source+": "+d.Why)
	}
	want := []string{"2026-11-16 idle: last used on 2026-10-07", "2026-11-17 never used: never used", "2026-11-19 ends: it was given until then",
		"2026-12-15 used: last used on 2026-11-15"}
	if !slices.Equal(list, want) {
		t.Errorf("%q", list)
	}
}
