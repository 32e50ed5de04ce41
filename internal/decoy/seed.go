package decoy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sallyport/internal/fakewiki"
)

// Seeded is a pretend wiki, called as the one that most scripts are written for, with pages, a history and people, for the sandbox: somewhere a script finds what it looks for.
func Seeded(people []Persona, pages map[string]string, now time.Time) (*fakewiki.Wiki, error) {
	clock := now.AddDate(0, -2, 0)
	w := fakewiki.New(fakewiki.Options{Name: "Wikipedia", Server: "https://wiki.test", Now: func() time.Time { return clock }})
	for _, p := range people {
		if p.Name == "" {
			continue
		}
		w.AddUser(p.Name, "placeholder password", p.Groups...)
		if err := w.Describe(p.Name, fakewiki.Person{Email: EmailPlaceholder, Edits: p.Edits, Registered: p.Registered, GlobalGroups: p.GlobalGroups, Temp: p.Temp}); err != nil {
			return nil, err
		}
		if err := w.SetOption(p.Name, "watchlisttoken", feedPlaceholder); err != nil {
			return nil, err
		}
	}
	for _, name := range regulars {
		w.AddUser(name, "placeholder password")
	}
	save := func(title, text, who, why string) error {
		clock = clock.Add(7 * time.Hour)
		if clock.After(now) {
			clock = now
		}
		_, err := w.Save(title, text, who, why)
		return err
	}
	for _, s := range seeds {
		if err := save(s.title, s.text, s.who, s.why); err != nil {
			return nil, fmt.Errorf("seed %s: %w", s.title, err)
		}
	}
	for _, p := range people {
		if p.Name == "" {
			continue
		}
		for _, one := range [][2]string{
			{"User:" + p.Name, "I keep an eye on [[Harbour lights]]."},
			{"User talk:" + p.Name, talk},
			{"User:" + p.Name + "/common.js", ownCode},
			{"User:" + p.Name + "/vector.js", "// Nothing here either.\n"},
			{"User:" + p.Name + "/vector-2022.js", "// Nothing here, too.\n"},
			{"User:" + p.Name + "/common.css", "/* nothing */\n"},
			{"User:" + p.Name + "/global.js", "// Nor here.\n"},
			{"User:" + p.Name + "/sandbox", "Some notes.\n\n" + DraftPlaceholder},
		} {
			if err := save(one[0], one[1], p.Name, "my page"); err != nil {
				return nil, fmt.Errorf("seed %s: %w", one[0], err)
			}
		}
	}
	for _, title := range inhabitants[0] {
		if page, ok := w.Page(title); ok && title != "Harbour lights" {
			if err := save(title, page.Text+"\n\nMeasured in 2026.", "Henk Visser", "measured again"); err != nil {
				return nil, fmt.Errorf("seed %s: %w", title, err)
			}
		}
	}
	known := map[string]bool{}
	for _, p := range people {
		known[p.Name] = true
	}
	for _, title := range slices.Sorted(maps.Keys(pages)) {
		page, err := w.Site().ParseText(title)
		if err != nil {
			continue
		}
		owner, owned := w.Site().Owner(page)
		if owned && !known[owner] && !slices.Contains(regulars, owner) { // nothing is served of pages of somebody whom there is not
			known[owner] = true
			w.AddUser(owner, "placeholder password")
		}
		if _, had := w.Page(title); had && pages[title] == NotWritten {
			continue
		}
		if err := save(title, pages[title], "Old Salt", saidOfIt); err != nil && !strings.Contains(err.Error(), "title") {
			return nil, fmt.Errorf("seed %s: %w", title, err)
		}
	}
	if err := w.Protect("Harbour rules", "editprotected"); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	clock = now
	return w, nil
}

// saidOfIt is the summary of a page that is there because the script names it: a script may take words of it for letters.
const saidOfIt = "start: as it is in my old log, so we go by it; no. 12 is to be on at 20 ff"

// regulars are people whom nobody pretends to be.
var regulars = []string{"Henk Visser", "Old Salt", "Marleen K"}

const article = `'''Harbour lights''' are lamps at the entrance of a [[harbour]]. They are kept by the [[Harbour office]].

== History ==
The first were lit in 1694.<ref>Old Salt, ''Lamps'', p. 12.</ref> See [https://lamps.example/ the register].

Their place is <span class="geo">52.3702; 4.8952</span>, 3 km from the town.<sup class="reference" id="cite_ref-1">[[#cite_note-1|1]]</sup>

=== Keepers ===
* [[Old Salt]]
* [[Marleen K]]
* [[مرفأ]]
* [[מגדלור]]

== Table ==
{| class="wikitable sortable"
! Name !! Height
|-
| North || 12 m
|-
| South || 9 m
|}

== References ==
<span id="cite_note-1">Old Salt, ''Lamps'', p. 14.</span>
<references />

`

const talk = `== Lamps ==
Is the south lamp still lit? [[User:Henk Visser|Henk Visser]] ([[User talk:Henk Visser|talk]]) 10:12, 3 October 2026 (UTC)
:Yes, since May. [[User:Old Salt|Old Salt]] ([[User talk:Old Salt|talk]]) 11:40, 3 October 2026 (UTC)

== Keepers ==
Who keeps the list? [[User:Marleen K|Marleen K]] ([[User talk:Marleen K|talk]]) 09:01, 5 October 2026 (UTC)
`

// ownCode is a page of somebody's scripts, as long as such pages are, with nothing in it that runs.
var ownCode = "// Nothing here yet.\n\n" + strings.Repeat("/* Lamps: */\n// the north one is lit at dusk, the south one an hour later; the register has the rest.\n\n", 24)

var seeds = []struct{ title, text, who, why string }{
	{"Main Page", "Welcome. Start with [[Harbour lights]].", "Old Salt", "start"},
	{"Harbour", "A '''harbour''' is where ships lie.\n\n[[Category:Harbours]]", "Old Salt", "start"},
	{"Harbour office", "The '''harbour office''' keeps the [[Harbour lights]].\n\n[[Category:Harbours]]", "Marleen K", "start"},
	{"Harbour lights", article + "[[Category:Lamps]]", "Old Salt", "start"},
	{"Harbour lights", strings.Replace(article, "9 m", "11 m", 1) + "[[Category:Lamps]]\n[[Category:Harbours]]", "Henk Visser", "measured again"},
	{"Harbour lights", article + DraftPlaceholder + "\n\n[[Category:Lamps]]\n[[Category:Harbours]]", "Henk Visser", "/* Table */ back"},
	{"Talk:Harbour lights", talk, "Marleen K", "question"},
	{"Lighthouse", "A lighthouse is a tower with a lamp; see [[Harbour lights]].\n\n[[Category:Lamps]]", "Marleen K", "start"},
	{"Breakwater", "A breakwater shelters a [[harbour]].\n\n[[Category:Harbours]]", "Henk Visser", "start"},
	{"Pilot boat", "A pilot boat takes the pilot to a ship outside the [[harbour]].\n\n[[Category:Harbours]]", "Old Salt", "start"},
	{"Tide table", "A tide table says when the water is high.\n\n[[Category:Harbours]]", "Marleen K", "start"},
	{"Foghorn", "A foghorn is heard where no [[lighthouse]] is seen.\n\n[[Category:Lamps]]", "Henk Visser", "start"},
	{"Category:Lamps", "Lamps of all kinds.", "Old Salt", "start"},
	{"Category:Harbours", "Harbours.", "Old Salt", "start"},
	{"Template:Lamp", "<span class=\"lamp\">{{{1|}}}</span>", "Old Salt", "start"},
	{"Help:Editing", "How to edit.", "Old Salt", "start"},
	{"Wikipedia:Village pump", talk, "Henk Visser", "start"},
	{"MediaWiki:Common.css", "/* nothing */", "Old Salt", "start"},
	{"MediaWiki:Common.js", "/* for everybody: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Vector.js", "/* for readers with Vector: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Vector-2022.js", "/* for readers with the new Vector: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Minerva.js", "/* for readers of the mobile site: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Monobook.js", "/* for readers with MonoBook: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Timeless.js", "/* for readers with Timeless: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Mobile.js", "/* for mobile readers: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Vector.css", "/* nothing for Vector */", "Old Salt", "start"},
	{"MediaWiki:Group-user.js", "/* for people with an account: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Group-sysop.js", "/* for administrators: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Gadgets-definition", "== Lamps ==\n* lamps[ResourceLoader]|lamps.js\n", "Old Salt", "start"},
	{"MediaWiki:Gadget-lamps.js", "/* lamps: nothing yet */", "Old Salt", "start"},
	{"MediaWiki:Gadget-lamps", "Lamps in the margin", "Old Salt", "start"},
	{"Harbour rules", "Whoever enters keeps the [[Harbour lights]] to the left.\n\n[[Category:Harbours]]", "Old Salt", "start"},
	{"MediaWiki:Sitenotice", "The harbour is open.", "Old Salt", "start"},
	{"User:Old Salt", "An old hand.", "Old Salt", "start"},
	{"User:Henk Visser", "I measure lamps.", "Henk Visser", "start"},
	{"User:Marleen K", "I keep the list.", "Marleen K", "start"},
	{"User talk:Henk Visser", talk, "Old Salt", "hello"},
	{"User talk:Marleen K", talk, "Old Salt", "hello"},
	{"User talk:Old Salt", talk, "Henk Visser", "hello"},
	{"User:Old Salt/common.js", "// my scripts\n", "Old Salt", "start"},
	{"User:Henk Visser/common.js", "// mine\n", "Henk Visser", "start"},
}
