package outbreak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"time"
)

// Day is what came of an ordinary day: what people and tools did, and what of it was not made.
type Day struct {
	Views   int
	Writes  int
	Refused map[string]int // by what it was
}

// deed is something that somebody does at a time.
type deed struct {
	at time.Time
	do func(ctx context.Context) error
}

// Ordinary plays a day on which nothing is wrong, in a world that nobody has used yet: people read, edit, write and copy
// scripts, try what friends recommend, save settings with scripts; bots edit, administrators delete with tools.
func Ordinary(ctx context.Context, w World, people int, seed uint64) (*Day, error) {
	if people < 10 || people > 5000 {
		return nil, fmt.Errorf("%w: between 10 and 5000 people", ErrPlan)
	}
	d := &day{run: &run{World: w, Plan: Plan{People: people, Seed: seed, Way: Scripts}, r: rand.New(rand.NewPCG(seed, 5)), start: w.Clock.Now(), ran: map[*person]time.Time{}}, Day: Day{Refused: map[string]int{}}}
	if err := d.furnish(ctx); err != nil {
		return nil, err
	}
	if err := d.plan(ctx); err != nil {
		return nil, err
	}
	slices.SortStableFunc(d.todo, func(a, b deed) int { return a.at.Compare(b.at) })
	for _, x := range d.todo {
		if d.Clock.Now().Before(x.at) {
			d.Clock.set(x.at)
		}
		if err := x.do(ctx); err != nil {
			return nil, err
		}
	}
	return &d.Day, nil
}

type day struct {
	*run
	Day
	todo []deed
}

// at plans something at a time of the day, most of it in the evening.
func (d *day) at(do func(ctx context.Context) error) {
	x := d.r.Float64()
	d.todo = append(d.todo, deed{d.start.Add(time.Duration((x + d.r.Float64()*(1-x)) * float64(24*time.Hour))), do})
}

// plan is what happens.
func (d *day) plan(ctx context.Context) error {
	for i, p := range d.people {
		for range 6 {
			d.at(func(ctx context.Context) error { return d.read(ctx, p) })
		}
		d.at(func(ctx context.Context) error {
			return d.form(ctx, p, "an article", d.articles[d.r.IntN(len(d.articles))], "Words by "+p.name)
		})
		d.at(func(ctx context.Context) error { return d.settings(ctx, p) })
		switch i % 5 {
		case 1: // changes a script of their own
			d.at(func(ctx context.Context) error {
				return d.form(ctx, p, "an own script", p.own("tool.js"), d.program(i))
			})
		case 2: // copies a friend's, after having read it
			friend := d.people[(i+1)%len(d.people)]
			d.at(func(ctx context.Context) error { return d.copies(ctx, p, friend) })
		case 3: // has an installer add what is popular
			d.at(func(ctx context.Context) error { return d.installs(ctx, p) })
		}
	}
	return d.tools(ctx)
}

// tools are a bot, and an administrator with a batch tool.
func (d *day) tools(ctx context.Context) error {
	d.Wiki.AddUser("Repair bot", password, "bot")
	d.Wiki.AddUser("Ada", password, "sysop")
	bot, ada := &person{run: d.run, name: "Repair bot"}, &person{run: d.run, name: "Ada"}
	for _, p := range []*person{bot, ada} {
		if err := p.login(ctx); err != nil {
			return err
		}
	}
	for i := range 120 {
		title := fmt.Sprintf("Old %d", i)
		if _, err := d.Wiki.Save(title, "Words.", "Ulo", ""); err != nil {
			return err
		}
		at := d.start.Add(10*time.Hour + time.Duration(i)*1200*time.Millisecond)
		d.todo = append(d.todo, deed{at, func(ctx context.Context) error {
			return d.api(ctx, ada, "a deletion with a tool", url.Values{"action": {"delete"}, "title": {title}})
		}})
	}
	for i := range 300 {
		at := d.start.Add(4*time.Hour + time.Duration(i)*400*time.Millisecond)
		d.todo = append(d.todo, deed{at, func(ctx context.Context) error {
			return d.api(ctx, bot, "a bot's edit", url.Values{"action": {"edit"}, "title": {d.articles[i%len(d.articles)]}, "appendtext": {fmt.Sprint("\n\n", i)}, "bot": {"1"}})
		}})
	}
	return nil
}

// read opens a page with its scripts.
func (d *day) read(ctx context.Context, p *person) error {
	d.Views++
	if _, err := p.send(ctx, "GET", "/wiki/"+url.PathEscape(d.articles[d.r.IntN(len(d.articles))]), nil, "navigate"); err != nil {
		return err
	}
	_, err := p.scripts(ctx)
	return err
}

// form saves a page with the wiki's form.
func (d *day) form(ctx context.Context, p *person, what, title, text string) error {
	before := d.run.Refused
	d.Writes++
	err := p.save(ctx, title, text)
	d.Day.Refused[what] += d.run.Refused - before
	return err
}

func (d *day) api(ctx context.Context, p *person, what string, v url.Values) error {
	d.Writes++
	ok, err := p.write(ctx, v)
	if !ok {
		d.Day.Refused[what]++
	}
	return err
}

// settings are saved by a script that many use, at once when a page is opened.
func (d *day) settings(ctx context.Context, p *person) error {
	if err := d.read(ctx, p); err != nil {
		return err
	}
	return d.api(ctx, p, "settings that a script saves", url.Values{"action": {"edit"}, "title": {p.own("settings.js")}, "text": {fmt.Sprintf("window.toolSettings = { size: %d, seen: true };", d.r.IntN(9))}})
}

// copies reads a friend's script for a while, with it running, and keeps it.
func (d *day) copies(ctx context.Context, p, friend *person) error {
	text, err := p.raw(ctx, friend.own("tool.js"))
	if err != nil {
		return err
	}
	d.Clock.set(d.Clock.Now().Add(2 * time.Minute))
	return d.form(ctx, p, "a friend's script, copied", p.own("copied.js"), text)
}

// installs presses the button of a script that adds a line to one's own page.
func (d *day) installs(ctx context.Context, p *person) error {
	if _, err := p.scripts(ctx); err != nil {
		return err
	}
	d.Clock.set(d.Clock.Now().Add(20 * time.Second))
	return d.api(ctx, p, "an installer's line", url.Values{"action": {"edit"}, "title": {p.own("common.js")}, "appendtext": {"\nmw.loader.load( 'User:Person 3/popular.js' );"}})
}

// program is somebody's script: like others', and not the same.
func (d *day) program(i int) string {
	text := "'a tool of mine';\n"
	for j := range 5 + d.r.IntN(20) {
		text += fmt.Sprintf("function f%d_%d( x ) { return x.filter( function ( y ) { return y > %d; } ).map( String ).join( '%d' ); }\n", i, j, d.r.IntN(100), j)
	}
	return text
}
