package incident

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/writedoor"
)

// honest are days of a large wiki on which nothing is wrong.
type honest struct {
	*stage
	people []someone
	uses   map[int64][]string // popular scripts that an account loads
	todo   []deed
	counts map[string]int
}

type deed struct {
	at time.Time
	do func()
}

const (
	accounts = 4000
	popular  = 60 // scripts that many use
	days     = 2  // the first is also the breaker's first
	gadgets  = 10
)

func scriptPage(i int) string { return fmt.Sprintf("User:A%d/script.js", i) }

func newHonest(seed uint64) *honest {
	h := &honest{stage: newStage(seed, Settings{}), uses: map[int64][]string{}, counts: map[string]int{}}
	h.pages["MediaWiki:Common.js"] = program(seed+1, 120)
	for i := range gadgets {
		h.pages[fmt.Sprintf("MediaWiki:Gadget-g%d.js", i)] = program(seed+uint64(100+i), 150)
	}
	h.pages["User:Ina/installer.js"] = program(seed+5, 90)
	h.pages["User:Ina/jwb.js"] = program(seed+6, 200)
	h.pages["User:Ina/selfinstall.js"] = program(seed+7, 60) // has a button of its own: try it, then keep it
	for i := range popular {
		h.pages[scriptPage(i)] = program(seed+uint64(300+i), 20+h.r.IntN(200))
	}
	h.pages["MediaWiki:Common.js"] += loader(scriptPage(0)) + loader(scriptPage(9))
	for i := range 10 { // collections that friends share
		h.pages[fmt.Sprintf("User:A%d/all.js", i)] = loader(scriptPage(i)) + loader(scriptPage(i+10)) + loader(scriptPage(i+20))
	}
	for i := range accounts {
		p := person(i)
		h.people = append(h.people, p)
		lines := ""
		if i%13 == 0 {
			h.uses[p.id] = append(h.uses[p.id], fmt.Sprintf("User:A%d/all.js", i%10))
		}
		if i%10 == 0 {
			h.uses[p.id] = append(h.uses[p.id], "User:Ina/installer.js")
		}
		for range h.r.IntN(6) {
			x := scriptPage(int(math.Pow(h.r.Float64(), 3) * popular)) // a few are loaded by most
			h.uses[p.id] = append(h.uses[p.id], x)
			lines += loader(x)
		}
		h.pages[p.page("common.js")] = lines + program(uint64(i)+seed*7919, h.r.IntN(8))
	}
	return h
}

func (h *honest) anyone() someone { return h.people[h.r.IntN(accounts)] }

// at plans something at a time of the day.
func (h *honest) at(t time.Time, do func()) { h.todo = append(h.todo, deed{t, do}) }

// often plans something n times a day, most of it in the evening.
func (h *honest) often(n int, what string, do func()) {
	for i := range n * days {
		t := h.now.Add(time.Duration((float64(i%days) + (h.r.Float64()+math.Sqrt(h.r.Float64()))/2) * float64(24*time.Hour)))
		h.at(t, func() { h.counts[what]++; do() })
	}
}

// view is a page view: everything that runs for somebody is served.
func (h *honest) view(p someone) {
	h.serve(p, "MediaWiki:Common.js", fmt.Sprintf("MediaWiki:Gadget-g%d.js", p.id%gadgets), "MediaWiki:Gadget-g0.js", p.page("common.js"))
	h.serve(p, h.uses[p.id]...)
}

// later goes on in the same tab after some time.
func (h *honest) later(low, high time.Duration, do func()) {
	t := h.now.Add(h.between(low, high))
	at, _ := slices.BinarySearchFunc(h.todo, t, func(d deed, t time.Time) int { return d.at.Compare(t) })
	h.todo = slices.Insert(h.todo, at, deed{t, do})
}

func (h *honest) run() {
	slices.SortStableFunc(h.todo, func(a, b deed) int { return a.at.Compare(b.at) })
	for len(h.todo) > 0 {
		d := h.todo[0]
		h.todo = h.todo[1:]
		h.now = d.at
		d.do()
	}
}

// click is how long somebody needs to find a button: twelve seconds most often, in two of a hundred cases less than two.
func (h *honest) click(do func()) {
	d := time.Duration(12 * math.Exp(0.9*h.r.NormFloat64()) * float64(time.Second))
	h.later(d, d, do)
}

func (h *honest) add(p someone, page, text string, how how) {
	h.write(p, page, h.pages[page]+text, how)
	if i := strings.Index(text, "importScript('"); i >= 0 {
		h.uses[p.id] = append(h.uses[p.id], strings.SplitN(text, "'", 3)[1])
	}
}

// install is a click in an installer: a line for another script, which then runs at once.
func (h *honest) install(x string) {
	p := h.people[h.r.IntN(accounts/10)*10]
	h.view(p)
	if h.r.IntN(20) == 0 { // tried it before
		h.serve(p, x)
	}
	h.click(func() {
		h.add(p, p.page("common.js"), loader(x), how{})
		h.serve(p, x)
	})
}

func (h *honest) code() {
	h.often(300, "installs with an installer", func() { h.install(scriptPage(h.r.IntN(popular))) })
	noon := h.now.Add(36 * time.Hour)
	for range 150 { // somebody announces a script where everybody reads
		h.at(noon.Add(h.between(0, 30*time.Minute)), func() { h.counts["installs of one announced script, in half an hour"]++; h.install(scriptPage(3)) })
	}
	h.often(100, "installs by hand", func() {
		p := h.anyone()
		h.view(p)
		h.add(p, p.page("common.js"), loader(scriptPage(h.r.IntN(popular))), how{pressed: true})
	})
	h.often(30, "a script moved to another page of one's own, by a tool", func() {
		p := h.anyone()
		h.view(p)
		if len(h.uses[p.id]) > 0 {
			h.click(func() { h.add(p, p.page("vector.js"), loader(h.uses[p.id][0]), how{}) })
		}
	})
	h.often(16, "tried a script with an install button of its own, half keep it", func() {
		p := h.anyone()
		h.view(p)
		h.serve(p, "User:Ina/selfinstall.js")
		if h.r.IntN(2) == 0 {
			h.click(func() { h.add(p, p.page("common.js"), loader("User:Ina/selfinstall.js"), how{}) })
		}
	})
	h.often(8, "forks of a script in use, by hand", func() {
		p := h.anyone()
		h.view(p)
		if len(h.uses[p.id]) > 0 {
			h.write(p, p.page("fork.js"), h.pages[h.uses[p.id][0]]+program(uint64(p.id), 3), how{pressed: true})
		}
	})
	h.often(60, "snippets from a help page, by hand", func() {
		p := h.anyone()
		h.view(p)
		h.add(p, p.page("common.js"), program(77, 15), how{pressed: true})
	})
	h.often(120, "settings that a gadget saves as a script", func() {
		p := h.anyone()
		h.view(p)
		text := "window.options = {\n"
		for i := range 40 {
			text += fmt.Sprintf("  option%d: %v,\n", i, h.r.IntN(2) == 0)
		}
		h.click(func() { h.write(p, p.page("options.js"), text+"};", how{}) })
	})
	h.often(60, "edits of one's own script", func() {
		p := h.anyone()
		h.view(p)
		h.click(func() {
			h.add(p, p.page("common.js"), program(h.r.Uint64(), 1+h.r.IntN(20)), how{pressed: h.r.IntN(10) > 0})
		})
	})
	h.often(80, "state that a script saves by itself as the page opens", func() {
		p := h.anyone()
		h.view(p)
		h.pass(h.between(300*time.Millisecond, 3*time.Second))
		h.write(p, p.page("state.js"), fmt.Sprintf("window.state = { last: %d, seen: ['%d', '%d'] };", h.r.IntN(1e9), h.r.IntN(100), h.r.IntN(100)), how{})
	})
}

func (h *honest) authors() {
	h.often(25, "new versions of popular scripts", func() {
		i := h.r.IntN(popular)
		p := someone{int64(10_000 + i), fmt.Sprintf("A%d", i)}
		h.view(p)
		h.serve(p, scriptPage(i))
		h.write(p, scriptPage(i), h.pages[scriptPage(i)]+program(h.r.Uint64(), 5), how{pressed: h.r.IntN(4) > 0})
	})
	h.often(5, "a script added to a collection that friends share, by an installer", func() {
		i := h.r.IntN(10)
		p, page := someone{int64(10_000 + i), fmt.Sprintf("A%d", i)}, fmt.Sprintf("User:A%d/all.js", i)
		x := scriptPage(h.r.IntN(popular))
		h.view(p)
		h.serve(p, page, x)
		h.click(func() { h.write(p, page, h.pages[page]+loader(x), how{}) })
	})
	h.often(3, "new versions of gadgets, from the author's own page by a tool", func() {
		p := someone{11_000, "Ira"}
		page := fmt.Sprintf("MediaWiki:Gadget-g%d.js", h.r.IntN(gadgets))
		dev := h.pages[page] + program(h.r.Uint64(), 10)
		h.pages[p.page("dev.js")] = dev
		h.view(p)
		h.serve(p, p.page("dev.js"))
		h.click(func() {
			h.write(p, page, dev, how{waits: true})
			h.later(time.Minute, 5*time.Minute, func() { h.write(p, page, dev, how{approved: true}) })
		})
	})
	h.often(1, "a repair of sixty people's scripts, approved as a list", func() {
		for i := range 60 {
			p := h.people[i]
			h.add(someone{11_000, "Ira"}, p.page("common.js"), program(55, 10), how{approved: true})
			h.pass(300 * time.Millisecond)
		}
	})
	fixer := someone{12_000, "FixBot"}
	for d := range 20 {
		for i := range 5 {
			h.Learn(Event{Time: h.now.Add(-time.Duration(d+1) * 24 * time.Hour), User: fixer.id, Name: fixer.name, Kind: writedoor.Edit, Victim: fmt.Sprint("P", i), Tier: writedoor.OthersCode})
		}
	}
	h.often(1, "a bot that repairs people's scripts every day", func() {
		for i := range 80 {
			h.add(fixer, h.people[500+i].page("common.js"), program(56, 10), how{bot: true})
			h.pass(2 * time.Second)
		}
	})
}

// volume are bots, mass tools and patrols: many writes, none of code.
func (h *honest) volume() {
	burst := func(p someone, kind writedoor.Kind, n int, every time.Duration, w how) {
		for range n {
			h.does(p, kind, w)
			h.pass(every)
		}
	}
	h.often(20_000, "ordinary edits and page views", func() {
		p := h.anyone()
		h.view(p)
		h.does(p, writedoor.Edit, how{pressed: h.r.IntN(2) == 0})
	})
	h.often(40, "runs of bots, 60 to 300 edits a minute", func() {
		burst(someone{int64(13_000 + h.r.IntN(5)), "EditBot"}, writedoor.Edit, 300, h.between(200*time.Millisecond, time.Second), how{bot: true})
	})
	h.often(12, "first runs of a browser's mass editor, 20 to 28 edits a minute", func() {
		p := h.anyone()
		h.view(p)
		h.serve(p, "User:Ina/jwb.js")
		burst(p, writedoor.Edit, 100, h.between(2150*time.Millisecond, 3*time.Second), how{})
	})
	h.often(15, "batches of deletions with a gadget, 50 to 120 a minute, some by somebody's first", func() {
		p := h.people[h.r.IntN(40)]
		h.view(p)
		h.click(func() { burst(p, writedoor.Delete, 50+h.r.IntN(70), 500*time.Millisecond, how{}) })
	})
	h.often(20, "patrols that roll back and block, 30 a minute", func() {
		p := h.people[40+h.r.IntN(40)]
		h.view(p)
		burst(p, writedoor.Rollback, 60, 2*time.Second, how{})
		burst(p, writedoor.Block, 8, 3*time.Second, how{})
	})
	h.often(10, "mass messages and renames", func() {
		burst(someone{14_000, "Messenger"}, writedoor.Edit, 400, 300*time.Millisecond, how{bot: true})
		burst(someone{14_001, "Renamer"}, writedoor.Move, 80, time.Second, how{})
	})
}

func honestDays(seed uint64) *honest {
	h := newHonest(seed)
	h.code()
	h.authors()
	h.volume()
	h.run()
	return h
}

func TestTwoDaysOfHonestEditsTripNothing(t *testing.T) {
	for seed := range uint64(4) {
		h := honestDays(seed)
		for _, trip := range h.trips {
			t.Errorf("seed %d: a false alarm\n%s", seed, trip)
		}
		if h.held > 0 {
			t.Errorf("seed %d: %d writes held", seed, h.held)
		}
		t.Logf("seed %d: %d accounts, %d writes, %d scripts served to %d sessions, %d steps remembered, %d trips", seed, accounts, h.asked, len(h.scripts.byKey), len(h.sessions.byKey), len(h.steps), len(h.trips))
		if seed == 0 {
			for _, what := range slices.Sorted(maps.Keys(h.counts)) {
				t.Logf("  %6d %s", h.counts[what], what)
			}
		}
	}
}

func TestTheSameDaysWithAnOutbreakInThemTrip(t *testing.T) {
	for seed := range uint64(3) {
		h := newHonest(seed)
		h.code()
		h.volume()
		worm := program(seed+9000, 35)
		h.pages[scriptPage(0)] = strings.Repeat("\n", 2) + h.pages[scriptPage(0)]
		victims := 0
		h.at(h.now.Add(39*time.Hour), func() {
			h.pages["User:P0/tool.js"] = worm
			for i := 1; i < 40 && len(h.trips) == 0; i++ {
				p := person(i)
				h.view(p)
				h.serve(p, person(i-1).page("tool.js"))
				h.pass(time.Second)
				h.write(p, p.page("tool.js"), mutated(worm, uint64(i)), how{})
				h.pass(20 * time.Minute)
				victims++
			}
		})
		h.run()
		if len(h.trips) != 1 || victims > 2 {
			t.Errorf("seed %d: %d trips after %d victims", seed, len(h.trips), victims)
		}
	}
}

func BenchmarkAWriteOnAnHonestDay(b *testing.B) {
	h := honestDays(1)
	p := person(1)
	h.view(p)
	for b.Loop() {
		h.now = h.now.Add(3 * time.Second)
		h.Saw(Event{Time: h.now, User: p.id, Name: p.name, Session: p.session(), Kind: writedoor.Edit})
	}
}

func BenchmarkAWriteOfCodeOnAnHonestDay(b *testing.B) {
	h := honestDays(1)
	p := person(1)
	h.view(p)
	e := Event{User: p.id, Name: p.name, Session: p.session(), Kind: writedoor.Edit, Tier: writedoor.OwnCode, Page: p.page("x.js"), Victim: p.name, Added: Read(program(5, 30)), Pressed: true}
	for b.Loop() {
		h.now = h.now.Add(time.Minute)
		e.Time = h.now
		h.Saw(e)
	}
}

func BenchmarkAServing(b *testing.B) {
	h := honestDays(1)
	for i := 0; b.Loop(); i++ {
		h.serve(person(i%accounts), scriptPage(i%popular))
	}
}
