// Package outbreak plays what happened in March 2026 on a pretend wiki: simulated people browse, and in whoever is served an
// infected page an inert model makes the requests that the script of that day made. The model is a list of requests in Go;
// there is no script, and it can reach nothing but the handler it is given. Time is simulated; the same seed gives the same
// run.
package outbreak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"sallyport/internal/fakewiki"
)

// Clock is the simulated time. It is safe for concurrent use.
type Clock struct{ now atomic.Int64 }

// NewClock starts at a time.
func NewClock(at time.Time) *Clock {
	c := &Clock{}
	c.now.Store(at.UnixNano())
	return c
}

// Now is the simulated time.
func (c *Clock) Now() time.Time { return time.Unix(0, c.now.Load()).UTC() }

func (c *Clock) set(t time.Time) { c.now.Store(t.UnixNano()) }

// World is where it is played: a pretend wiki, and what stands in front of it.
type World struct {
	Wiki  *fakewiki.Wiki
	Front http.Handler
	Clock *Clock
}

// Way is how the model spreads.
type Way string

// Ways.
const (
	Incident Way = "incident" // as in March 2026: the site's script if the person may, their own script, deletions
	Scripts  Way = "scripts"  // from an ordinary person, through scripts that people write for each other
)

// Plan is what is played.
type Plan struct {
	People  int
	Minutes int
	Seed    uint64
	Way     Way
}

// Point is how things stand at the end of a minute.
type Point struct {
	Minute   int
	Infected int // people in whose session the model ran
}

// Result is what came of it.
type Result struct {
	Points   []Point
	Infected int
	Carrying int // people whose own pages carry the text at the end
	Site     int // writes of the site's code
	Deleted  int // pages
	Lasted   int // minutes, from the first infection to the last
	Visits   int
	Edits    int // of honest people
	Refused  int // of those
}

// mark is the text that stands for the script, in what is served and what is written. It does nothing wherever it is run.
const mark = "stands for a script that spreads, and does nothing"

// source is the page it comes from.
const source = "User:Ulo/test.js"

// line is what the model writes: a string that names the page a loader would name.
const line = "\n'sallyport replay: this line " + mark + "; see " + source + "';\n"

const password = "only-for-this-replay"

// ErrPlan is a plan that cannot be played.
var ErrPlan = errors.New("the plan cannot be played")

// run is one play.
type run struct {
	World
	Plan
	Result
	r        *rand.Rand
	start    time.Time
	people   []*person
	articles []string
	ran      map[*person]time.Time
	last     time.Time
}

// Play plays a plan in a world that nobody has used yet.
func Play(ctx context.Context, w World, p Plan) (*Result, error) {
	if p.People < 2 || p.People > 5000 || p.Minutes < 1 || p.Minutes > 24*60 || p.Way != Incident && p.Way != Scripts {
		return nil, fmt.Errorf("%w: between 2 and 5000 people, between a minute and a day, and the way %q or %q", ErrPlan, Incident, Scripts)
	}
	r := &run{World: w, Plan: p, r: rand.New(rand.NewPCG(p.Seed, 3)), start: w.Clock.Now(), ran: map[*person]time.Time{}}
	if err := r.furnish(ctx); err != nil {
		return nil, err
	}
	for minute := range p.Minutes {
		if err := r.minute(ctx, minute); err != nil {
			return nil, err
		}
		r.Points = append(r.Points, Point{minute + 1, len(r.ran)})
	}
	r.count()
	return &r.Result, nil
}

// every is how often somebody opens a page.
const every = 3 * time.Minute

// begins is the minute in which the source becomes what it is: until then it is a script like others.
const begins = 5

// furnish fills the wiki: people, articles, scripts. One in twenty people is an interface administrator; the first is, too,
// where the play wants it.
func (r *run) furnish(ctx context.Context) error {
	r.Wiki.AddUser("Ulo", password)
	pages := map[string]string{"MediaWiki:Common.js": "'the site';", source: "'a test';"}
	for i := range max(40, r.People) {
		r.articles = append(r.articles, fmt.Sprintf("Article %d", i+1))
		pages[r.articles[i]] = "Words."
	}
	for i := range r.People {
		p := &person{run: r, name: fmt.Sprintf("Person %d", i+1), privileged: i%20 == 0 && (i > 0 || r.Way == Incident)}
		var groups []string
		if p.privileged {
			groups = []string{"interface-admin", "sysop"}
		}
		r.Wiki.AddUser(p.name, password, groups...)
		r.people = append(r.people, p)
		pages[p.own("common.js")] = "'my own';" + r.imports(i)
		pages[p.own("tool.js")] = "'a tool';"
	}
	for _, title := range sorted(pages) {
		if _, err := r.Wiki.Save(title, pages[title], "Ulo", ""); err != nil {
			return fmt.Errorf("furnish the pretend wiki: %w", err)
		}
	}
	for _, p := range r.people {
		p.next = r.start.Add(time.Duration(r.r.ExpFloat64() * float64(every)))
		if err := p.login(ctx); err != nil {
			return err
		}
	}
	return nil
}

// imports are the scripts of others that somebody loads: the tools of two who came before, and the first person has the
// source.
func (r *run) imports(i int) string {
	text := ""
	for range 2 {
		friend := (i + r.People - 1 - r.r.IntN(min(i+1, 5))) % r.People
		text += fmt.Sprintf(" 'User:Person %d/tool.js';", friend+1)
	}
	if i == 0 {
		text += " '" + source + "';"
	}
	return text
}

func sorted(pages map[string]string) []string {
	var titles []string
	for t := range pages {
		titles = append(titles, t)
	}
	slices.Sort(titles)
	return titles
}

// minute lets everybody who wants open a page.
func (r *run) minute(ctx context.Context, minute int) error {
	if minute == begins {
		if _, err := r.Wiki.Save(source, line, "Ulo", ""); err != nil {
			return err
		}
	}
	end := r.start.Add(time.Duration(minute+1) * time.Minute)
	for {
		p := slices.MinFunc(r.people, func(a, b *person) int { return a.next.Compare(b.next) })
		if p.next.After(end) {
			r.Clock.set(end)
			return nil
		}
		if r.Clock.Now().Before(p.next) {
			r.Clock.set(p.next)
		}
		if err := p.visit(ctx); err != nil {
			return err
		}
		p.next = r.Clock.Now().Add(time.Second + time.Duration(r.r.ExpFloat64()*float64(every)))
	}
}

// count looks at the wiki itself: what was answered may have been a lie.
func (r *run) count() {
	r.Infected = len(r.ran)
	for _, p := range r.people {
		own, _ := r.Wiki.Page(p.own("common.js"))
		tool, _ := r.Wiki.Page(p.own("tool.js"))
		if strings.Contains(own.Text+tool.Text, mark) {
			r.Carrying++
		}
	}
	for _, a := range r.articles {
		if _, there := r.Wiki.Page(a); !there {
			r.Deleted++
		}
	}
	if site, _ := r.Wiki.Page("MediaWiki:Common.js"); strings.Contains(site.Text, mark) {
		r.Site = strings.Count(site.Text, mark)
	}
	first := r.last
	for _, at := range r.ran {
		if at.Before(first) {
			first = at
		}
	}
	r.Lasted = int(r.last.Sub(first).Round(time.Minute) / time.Minute)
}
