package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/bundle"
	"sallyport/internal/gadget"
	"sallyport/internal/policy"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// village is a registry in memory: gadgets, people and what they have switched on.
type village struct {
	gadgets map[int64]*registry.Gadget
	people  map[string]store.Account
	chosen  map[int64][]store.Choice // by user id
	granted map[[2]int64][]string    // hosts, by user id and gadget
	kept    map[[2]int64]registry.Accepted
	users   map[int64]int // further people who use a gadget
	broken  error         // what every question answers
}

func (v *village) Gadget(_ context.Context, id int64) (*registry.Gadget, error) {
	if g, ok := v.gadgets[id]; ok && v.broken == nil {
		return g, nil
	}
	return nil, cmp.Or(v.broken, registry.ErrNotFound)
}

func (v *village) ByTitle(_ context.Context, title string) (*registry.Gadget, error) {
	for _, g := range v.gadgets {
		if g.Row.Title == title || g.Row.Title == title+".gadget" {
			return g, nil
		}
	}
	return nil, registry.ErrNotFound
}

func (v *village) Closure(_ context.Context, roots []*registry.Gadget) ([]*registry.Gadget, error) {
	var all []*registry.Gadget
	for _, g := range roots {
		for _, name := range g.Requires {
			if id, ok := registry.ID(name); ok && v.gadgets[id] != nil {
				all = append(all, v.gadgets[id])
			}
		}
		all = append(all, g)
	}
	return all, v.broken
}

func (v *village) User(_ context.Context, name string) (store.Account, error) {
	if a, ok := v.people[strings.ReplaceAll(name, "_", " ")]; ok {
		return a, nil
	}
	return store.Account{}, registry.ErrNoUser
}

func (v *village) Enabled(_ context.Context, user store.Account) ([]registry.Enabled, error) {
	var list []registry.Enabled
	for _, c := range v.chosen[user.UserID] {
		e := registry.Enabled{Choice: c, Gadget: v.gadgets[c.Gadget], State: registry.On}
		switch {
		case e.Gadget == nil:
			e.State = registry.Gone
		case e.Gadget.Stopped != nil:
			e.State = registry.Stopped
		case e.Gadget.Row.OwnerID != c.OwnerID:
			e.State = registry.Moved
		case e.Gadget.Problem != "":
			e.State = registry.Broken
		case len(lacking(e.Gadget.Def.Settings.Rights, user.Rights)) > 0:
			e.State = registry.Denied
		}
		if a := v.kept[[2]int64{user.UserID, c.Gadget}]; !a.Stays.IsZero() {
			e.Stay = &registry.Stay{Since: a.Stays, Newest: e.Gadget, State: e.State}
			e.Gadget, e.State = a.Gadget, registry.On
		}
		list = append(list, e)
	}
	return list, v.broken
}

func (v *village) Accepted(_ context.Context, userID int64) (map[int64]registry.Accepted, error) {
	all := map[int64]registry.Accepted{}
	for at, a := range v.kept {
		if at[0] == userID {
			all[at[1]] = a
		}
	}
	return all, v.broken
}

func (v *village) Accept(_ context.Context, userID, id int64, shown store.Digest) error {
	if registry.SetOf(v.gadgets[id]) != shown {
		return registry.ErrChanged
	}
	v.kept[[2]int64{userID, id}] = registry.Accepted{Gadget: v.gadgets[id]}
	return v.broken
}

func (v *village) Stay(_ context.Context, userID, id int64) error {
	a, ok := v.kept[[2]int64{userID, id}]
	if !ok {
		return registry.ErrNothingKept
	}
	a.Stays = today
	v.kept[[2]int64{userID, id}] = a
	return v.broken
}

func (v *village) List(ctx context.Context, q store.Query) ([]store.Listed, int, error) {
	var all []store.Listed
	for id, g := range v.gadgets {
		text := strings.ToLower(g.Row.Title + " " + g.Row.Owner + " " + g.Row.Description)
		ok := q.Owner == "" || q.Owner == g.Row.Owner
		for _, word := range strings.Fields(strings.ToLower(q.Words)) {
			ok = ok && strings.Contains(text, word)
		}
		if ok {
			n, _ := v.Users(ctx, id)
			all = append(all, store.Listed{Gadget: g.Row, Users: n})
		}
	}
	slices.SortFunc(all, func(a, b store.Listed) int {
		switch q.Sort {
		case "title":
			return strings.Compare(a.Title, b.Title)
		case "saved":
			return b.Saved.Compare(a.Saved)
		default:
			return cmp.Or(b.Users-a.Users, int(a.PageID-b.PageID))
		}
	})
	total := len(all)
	all = all[min(q.Offset, total):]
	return all[:min(len(all), q.Limit)], total, v.broken
}

func (v *village) Users(_ context.Context, id int64) (int, error) {
	n := v.users[id]
	for _, choices := range v.chosen {
		for _, c := range choices {
			if c.Gadget == id {
				n++
			}
		}
	}
	return n, v.broken
}

func (v *village) SwitchOn(ctx context.Context, userID, id int64) error {
	_ = v.SwitchOff(ctx, userID, id)
	v.chosen[userID] = append(v.chosen[userID], store.Choice{UserID: userID, Gadget: id, OwnerID: v.gadgets[id].Row.OwnerID, Since: today})
	return v.broken
}

func (v *village) SwitchOff(_ context.Context, userID, id int64) error {
	v.chosen[userID] = slices.DeleteFunc(v.chosen[userID], func(c store.Choice) bool { return c.Gadget == id })
	return v.broken
}

// Wants of the village are what the definition says; the operators refuse tracker.example and have not looked at new.example.
func (v *village) Wants(_ context.Context, userID int64, g *registry.Gadget) ([]registry.Want, error) {
	var wants []registry.Want
	all, err := v.Closure(context.Background(), []*registry.Gadget{g})
	for _, one := range slices.Backward(all) {
		for _, h := range one.Def.Settings.CSP {
			w := registry.Want{Host: h, By: one, Granted: userID != 0 && slices.Contains(v.granted[[2]int64{userID, g.Row.PageID}], h.Source.Host)}
			w.Word = map[string]policy.Word{"tracker.example": policy.Refused, "new.example": policy.Review, "maps.example": policy.Everybody}[h.Source.Host]
			wants = append(wants, w)
		}
	}
	return wants, err
}

func (v *village) Grant(_ context.Context, userID, id int64, hosts []gadget.Host) error {
	for _, h := range hosts {
		v.granted[[2]int64{userID, id}] = append(v.granted[[2]int64{userID, id}], h.Source.Host)
	}
	return v.broken
}

func (v *village) TakeBack(_ context.Context, userID, id int64) error {
	delete(v.granted, [2]int64{userID, id})
	return v.broken
}

func (v *village) has(userID, id int64) bool {
	return slices.ContainsFunc(v.chosen[userID], func(c store.Choice) bool { return c.Gadget == id })
}

var today = time.Date(2026, 3, 12, 10, 11, 12, 0, time.UTC)

const hostile = "<script>alert(1)\u202e"

func (v *village) add(id int64, title, owner string, d gadget.Definition) *registry.Gadget {
	name := readable(strings.TrimSuffix(title[strings.Index(title, "/")+1:], ".gadget"))
	g := &registry.Gadget{
		Row: store.Gadget{
			Wiki: "villagewiki", PageID: id, Title: title, Name: name, Owner: owner, OwnerID: v.people[owner].UserID,
			RevID: id * 10, Description: d.Description, Saved: today.AddDate(0, 0, -int(id)),
			Owners: map[string]int64{owner: v.people[owner].UserID},
		},
		Module: registry.ModuleName(id), Def: d,
	}
	for _, page := range d.Module.Pages {
		f := registry.File{File: bundle.File{Title: page}, Owner: owner}
		f.Page = store.Page{Title: strings.ReplaceAll(page, " ", "_"), PageID: id + 100, RevID: id * 11, Saved: today}
		if who, ok := strings.CutPrefix(page, "User:"); ok {
			f.Owner, _, _ = strings.Cut(who, "/")
		}
		if strings.HasPrefix(page, "MediaWiki:") {
			f.Owner = ""
		}
		g.Files = append(g.Files, f)
	}
	v.gadgets[id] = g
	return g
}

// newVillage has six gadgets, and Ira (id 2) with one of every state on her list.
func newVillage() *village {
	v := &village{
		gadgets: map[int64]*registry.Gadget{}, people: map[string]store.Account{}, chosen: map[int64][]store.Choice{},
		granted: map[[2]int64][]string{}, kept: map[[2]int64]registry.Accepted{},
		users: map[int64]int{1: 1203, 2: 309, 5: 17},
	}
	for i, name := range []string{"Mara", "Ira", "עדה", "Old Tom", "Table.json", hostile} {
		v.people[name] = store.Account{UserID: int64(i + 1), Name: name, Rights: []string{"edit"}}
	}
	v.add(1, "User:Mara/Quick_translate.gadget", "Mara", gadget.Definition{
		Description: "Translates the sentence you point at.",
		Settings:    gadget.Settings{Namespaces: []int{0, 2}, Actions: []string{"view"}},
		Module:      gadget.Module{Pages: []string{"User:Mara/translate.js", "User:Ira/words.json", "User:Mara/translate.css"}, Dependencies: []string{"mediawiki.util"}},
	})
	v.gadgets[1].Requires = []string{"mediawiki.util", "ext.usergadget.p2"}
	v.add(2, "User:Ira/Footnote_popups.gadget", "Ira", gadget.Definition{
		Description: "Shows a footnote where it stands.",
		Module:      gadget.Module{Pages: []string{"User:Ira/footnotes.js"}},
	})
	v.add(3, "User:Mara/Stub_sorter.gadget", "Mara", gadget.Definition{Module: gadget.Module{Pages: []string{"User:Mara/sort.js"}}})
	v.gadgets[3].Problem = `line 4: "pages" must be a list of page titles.`
	v.gadgets[3].Row.Problem = v.gadgets[3].Problem
	v.add(4, "User:Mara/Clerk_tools.gadget", "Mara", gadget.Definition{
		Description: "Tools for clerks.", Settings: gadget.Settings{Rights: []string{"editinterface"}},
		Module: gadget.Module{Pages: []string{"User:Mara/clerk.js"}},
	})
	v.add(5, "User:עדה/מצב_לילה.gadget", "עדה", gadget.Definition{
		Description: "צבעים כהים לקריאה בלילה.", Module: gadget.Module{Pages: []string{"User:עדה/night.css"}, Type: gadget.TypeStyles},
	})
	v.gadgets[5].Row.Owners["Old Tom"] = 4
	v.add(6, "User:"+hostile+"/"+hostile+".gadget", hostile, gadget.Definition{
		Description: hostile, Module: gadget.Module{Pages: []string{"User:" + hostile + "/" + hostile + ".js", "MediaWiki:Gadget-lib.js"}},
	})
	v.gadgets[6].Files[0].Missing, v.gadgets[6].Files[0].Reason = true, "the page does not exist"
	for i, id := range []int64{1, 3, 4, 5, 99} {
		owner := int64(1)
		if id == 5 {
			owner = 4
		}
		v.chosen[2] = append(v.chosen[2], store.Choice{UserID: 2, Gadget: id, OwnerID: owner, Since: today.Add(time.Duration(i) * time.Hour)})
	}
	return v
}

func villageSite() *wiki.Site {
	return &wiki.Site{
		ID: "villagewiki", Name: "Village wiki", MainPage: "Main Page", Lang: "en", ArticlePath: "/wiki/$1", ScriptPath: "/w",
		Namespaces: map[int]wiki.Namespace{
			-1: {ID: -1, Name: "Special", Canonical: "Special"}, 0: {}, 2: {ID: 2, Name: "User", Canonical: "User", Subpages: true},
			8: {ID: 8, Name: "MediaWiki", Canonical: "MediaWiki"}, 14: {ID: 14, Name: "Category", Canonical: "Category"},
		},
	}
}

// setting is the pages on a village, and who is asking.
type setting struct {
	*village
	http.Handler
	me   wiki.User
	down error
	now  time.Time
}

func ira() wiki.User { return wiki.User{ID: 2, Name: "Ira", Rights: []string{"edit"}} }

func newSetting(t *testing.T, change ...func(*Options)) *setting {
	t.Helper()
	s := &setting{village: newVillage(), me: ira(), now: today}
	o := Options{
		Registry: s.village, Site: villageSite(), Secret: []byte(strings.Repeat("s", 32)),
		Who: func(context.Context, *http.Request) (wiki.User, error) { return s.me, s.down },
		Now: func() time.Time { return s.now },
		SiteGadgets: func(context.Context) ([]gadget.Entry, error) {
			return []gadget.Entry{
				{ID: "hotcat", Definition: gadget.Definition{Settings: gadget.Settings{Section: "editing", Default: true}}},
				{ID: "lib", Definition: gadget.Definition{Settings: gadget.Settings{Hidden: true}}},
			}, nil
		},
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	if s.Handler, err = New(o); err != nil {
		t.Fatal(err)
	}
	return s
}

var errTest = errors.New("test: the disk is on fire")

// asPerson makes a request look like a person's click in a page of ours.
func asPerson(r *http.Request) {
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-User", "?1")
	r.Header.Set("Cookie", "village_session=abc; other=1")
}

func (s *setting) get(path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://wiki.example"+path, nil)
	return s.do(r, change...)
}

func (s *setting) do(r *http.Request, change ...func(*http.Request)) *httptest.ResponseRecorder {
	asPerson(r)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}
