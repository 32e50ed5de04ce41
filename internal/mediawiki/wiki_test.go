package mediawiki_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/wiki"
)

// world is a wiki the suite runs against, with what the API cannot do.
type world struct {
	url, scriptPath, id string
	addUser             func(name, password string, groups ...string) int64
	rename              func(old, name string)
}

func TestOnMediaWiki(t *testing.T) {
	w := mediawikitest.Start(t, mediawikitest.Options{})
	suite(t, world{url: w.URL, id: "testwiki", addUser: w.AddUser, rename: w.RenameUser})
}

func TestOnThePretendWiki(t *testing.T) {
	w := fakewiki.New(fakewiki.Options{ID: "pretendwiki"})
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	suite(t, world{
		url: s.URL, scriptPath: "/w", id: "pretendwiki",
		addUser: func(name, password string, groups ...string) int64 { return w.AddUser(name, password, groups...).ID },
		rename: func(old, name string) {
			if err := w.RenameUser(old, name); err != nil {
				t.Fatal(err)
			}
		},
	})
}

func suite(t *testing.T, on world) {
	ctx := t.Context()
	c := mediawiki.New(on.url, on.scriptPath, nil, mediawiki.Options{})
	mara := on.addUser("Mara", "mara's password", "sysop", "interface-admin")
	on.addUser("Omar", "omar's password")
	site, err := c.Site(ctx)
	if err != nil {
		t.Fatal(err)
	}
	parse := func(text string) wiki.Title {
		t.Helper()
		title, err := site.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return title
	}
	login := func(name, password string) *mediawiki.Session {
		t.Helper()
		s, err := c.Login(ctx, name, password)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	edit := func(s *mediawiki.Session, title, text string) int64 {
		t.Helper()
		rev, err := s.Edit(ctx, parse(title), text, "test")
		if err != nil {
			t.Fatal(err)
		}
		return rev
	}
	asMara, asOmar := login("Mara", "mara's password"), login("Omar", "omar's password")

	t.Run("the site describes itself", func(t *testing.T) {
		if site.ID != on.id || site.ScriptPath != on.scriptPath || site.MainPage != "Main Page" || site.Lang != "en" || site.RTL {
			t.Errorf("site is %+v", site)
		}
		if !strings.HasPrefix(site.Generator, "MediaWiki 1.") || !strings.Contains(site.ArticlePath, "$1") {
			t.Errorf("generator %q, article path %q", site.Generator, site.ArticlePath)
		}
		want := wiki.Namespace{ID: 3, Name: "User talk", Canonical: "User talk", Subpages: true}
		if got := site.Namespaces[3]; got != want {
			t.Errorf("namespace 3 is %+v", got)
		}
		if site.Aliases["Image"] != 6 || len(site.Interwiki) == 0 {
			t.Errorf("aliases %v, interwiki %v", site.Aliases, site.Interwiki)
		}
	})

	t.Run("a wrong password is refused", func(t *testing.T) {
		_, err := c.Login(ctx, "Mara", "guess")
		var refusal *mediawiki.Error
		if !errors.As(err, &refusal) || strings.Contains(err.Error(), "guess") {
			t.Errorf("the error is %v", err)
		}
	})

	t.Run("a session's cookies say who it is", func(t *testing.T) {
		u, err := c.WhoAmI(ctx, asMara.Cookies())
		if err != nil || u.ID != mara || u.Name != "Mara" || !u.Has("editsitejs") || !slices.Contains(u.Groups, "sysop") {
			t.Errorf("WhoAmI gives %+v, %v", u, err)
		}
		for _, cookies := range []string{"", "session=nonsense; x=y"} {
			if u, err := c.WhoAmI(ctx, cookies); err != nil || u.ID != 0 || u.Has("editmyoptions") && u.Has("editmyuserjs") {
				t.Errorf("WhoAmI of a stranger gives %+v, %v", u, err)
			}
		}
	})

	t.Run("people are found by any spelling, and strangers are nobody", func(t *testing.T) {
		users, err := c.Users(ctx, []string{"Nobody here", "mara", "Omar", "127.0.0.1", "bad#name", "a|b", "", "Omar"})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, u := range users {
			if u.ID != 0 {
				names = append(names, u.Name)
			} else {
				names = append(names, "no "+u.Name)
			}
		}
		want := []string{"no Nobody here", "Mara", "Omar", "no 127.0.0.1", "no bad#name", "no a|b", "no ", "Omar"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Error(diff)
		}
		if users[1].ID != mara || !users[1].Has("edituserjs") || users[2].Has("edituserjs") || !slices.Contains(users[1].Groups, "interface-admin") {
			t.Errorf("users are %+v", users[1:3])
		}
	})

	t.Run("people are found by their numbers", func(t *testing.T) {
		users, err := c.UsersByID(ctx, []int64{-1, mara, 0, 999_999})
		if u := users[mara]; err != nil || len(users) != 1 || u.Name != "Mara" || u.ID != mara || !u.Has("edituserjs") {
			t.Errorf("%+v, %v", users, err)
		}
	})

	t.Run("pages come in the order asked, with text, author and model", func(t *testing.T) {
		rev := edit(asOmar, "User:Omar/my tool.js", "tool();")
		edit(asOmar, "User:Omar/data.json", `{"a": 1}`)
		titles := []wiki.Title{parse("No such page"), parse("user:omar/my_tool.js"), parse("User:Omar/data.json"), parse("User:Omar/my tool.js"), {NS: 2, Key: "bad[title"}}
		pages, err := c.Pages(ctx, titles)
		if err != nil {
			t.Fatal(err)
		}
		tool := wiki.Page{Title: wiki.Title{NS: 2, Key: "Omar/my_tool.js"}, Rev: rev, Model: "javascript", Text: "tool();", Author: "Omar"}
		unset := cmpopts.IgnoreFields(wiki.Page{}, "ID", "Touched")
		for i, want := range map[int]wiki.Page{0: {Title: titles[0]}, 1: tool, 3: tool, 4: {Title: titles[4]}} {
			if diff := cmp.Diff(want, pages[i], unset); diff != "" {
				t.Errorf("page %d: %s", i, diff)
			}
			if pages[i].Exists() != (i == 1 || i == 3) {
				t.Errorf("page %d has id %d", i, pages[i].ID)
			}
		}
		if pages[2].Model != "json" || pages[2].Touched.IsZero() {
			t.Errorf("page 2 is %+v", pages[2])
		}
		byID, err := c.PagesByID(ctx, []int64{987654, pages[3].ID, 0, -1})
		if err != nil || byID[0].Exists() || byID[2].Exists() || byID[3].Exists() {
			t.Fatalf("by id: %+v, %v", byID, err)
		}
		if diff := cmp.Diff(pages[3], byID[1]); diff != "" {
			t.Errorf("by id: %s", diff)
		}
		heads, err := c.Heads(ctx, titles)
		if err != nil {
			t.Fatal(err)
		}
		want := mediawiki.Head{Title: tool.Title, ID: pages[3].ID, Rev: rev, Model: "javascript"}
		if diff := cmp.Diff(want, heads[3], cmpopts.IgnoreFields(mediawiki.Head{}, "Touched")); diff != "" || heads[3].Touched.IsZero() {
			t.Errorf("head: %s", diff)
		}
		if heads[0].ID != 0 || heads[4].ID != 0 {
			t.Errorf("heads are %+v", heads)
		}
	})

	t.Run("old revisions and somebody's last revision are found", func(t *testing.T) {
		page := "User:Omar/shared.js"
		first := edit(asOmar, page, "one();")
		second := edit(asMara, page, "two();")
		if again := edit(asMara, page, "two();"); again != second {
			t.Errorf("saving the same text again gives revision %d, want %d", again, second)
		}
		p, err := c.Revision(ctx, first)
		if err != nil || p.Text != "one();" || p.Title != parse(page) || p.Author != "Omar" || p.Rev != first {
			t.Errorf("the first revision is %+v, %v", p, err)
		}
		p, err = c.LastBy(ctx, parse(page), "Omar")
		if err != nil || p.Rev != first || p.Text != "one();" || p.Model != "javascript" {
			t.Errorf("Omar's last is %+v, %v", p, err)
		}
		p, err = c.LastBy(ctx, parse(page), "Mara")
		if err != nil || p.Rev != second {
			t.Errorf("Mara's last is %+v, %v", p, err)
		}
		for _, who := range []string{"Admin", "Nobody here", "bad#name", ""} {
			if p, err := c.LastBy(ctx, parse(page), who); !errors.Is(err, mediawiki.ErrNoRevision) {
				t.Errorf("%q has %+v, %v", who, p, err)
			}
		}
		if _, err := c.LastBy(ctx, parse("No such page"), "Omar"); !errors.Is(err, mediawiki.ErrNoRevision) {
			t.Errorf("a missing page: %v", err)
		}
		if _, err := c.Revision(ctx, 987654); !errors.Is(err, mediawiki.ErrNoRevision) {
			t.Errorf("a missing revision: %v", err)
		}
		past, err := c.History(ctx, parse(page), 50)
		if err != nil || len(past) != 2 || past[0].Rev != second || past[1].Rev != first || past[1].Author != "Omar" || past[1].Bytes != len("one();") || past[1].Saved.IsZero() {
			t.Errorf("the history is %+v, %v", past, err)
		}
		if past, err = c.History(ctx, parse(page), 1); err != nil || len(past) != 1 || past[0].Rev != second {
			t.Errorf("the newest is %+v, %v", past, err)
		}
		texts, err := c.Texts(ctx, []int64{first, second, 987654})
		if want := map[int64]string{first: "one();", second: "two();"}; err != nil || !cmp.Equal(texts, want) {
			t.Errorf("the texts are %v, %v", texts, err)
		}
	})

	t.Run("rights are the wiki's to give", func(t *testing.T) {
		_, err := asOmar.Edit(ctx, parse("User:Mara/common.js"), "evil();", "test")
		var refusal *mediawiki.Error
		if !errors.As(err, &refusal) || errors.Is(err, mediawiki.ErrUnavailable) {
			t.Errorf("the error is %v", err)
		}
	})

	t.Run("a namespace can be walked", func(t *testing.T) {
		var keys []string
		err := c.AllPages(ctx, wiki.NSUser, func(pages []wiki.Page) error {
			for _, p := range pages {
				if p.ID == 0 {
					t.Errorf("%s has no id", p.Title.Key)
				}
				keys = append(keys, p.Title.Key)
			}
			return nil
		})
		if diff := cmp.Diff([]string{"Omar/data.json", "Omar/my_tool.js", "Omar/shared.js"}, keys); err != nil || diff != "" {
			t.Error(err, diff)
		}
		enough := errors.New("enough")
		if err := c.AllPages(ctx, wiki.NSUser, func([]wiki.Page) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("the walk ends with %v", err)
		}
	})

	t.Run("changes tell of edits, moves, deletions and renamings", func(t *testing.T) {
		_, cursor, err := c.RecentChanges(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		edit(asOmar, "User:Omar/a.js", "a();")
		edit(asOmar, "User:Omar/a.js", "a(1);")
		edit(asOmar, "User:Omar/b.js", "b();")
		if err := asOmar.Move(ctx, parse("User:Omar/a.js"), parse("User:Omar/moved.js"), "test"); err != nil {
			t.Fatal(err)
		}
		if err := asMara.Delete(ctx, parse("User:Omar/b.js"), "test"); err != nil {
			t.Fatal(err)
		}
		on.rename("Omar", "Ramo")
		changes, next, err := c.RecentChanges(ctx, cursor)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, ch := range changes {
			line := ch.Type + " " + site.Prefixed(ch.Title)
			if ch.LogType != "" {
				line = ch.LogType + "/" + ch.Action + " " + site.Prefixed(ch.Title)
			}
			if ch.Target != nil {
				line += " → " + site.Prefixed(*ch.Target)
			}
			if ch.NewUser != "" {
				line += " " + ch.OldUser + " → " + ch.NewUser
			}
			got = append(got, line)
			if ch.Time.IsZero() || ch.ID == 0 || ch.Type == "edit" && (ch.Rev == 0 || ch.OldRev == 0 || ch.PageID == 0) {
				t.Errorf("change lacks something: %+v", ch)
			}
		}
		for _, want := range []string{
			"new User:Omar/a.js", "edit User:Omar/a.js", "move/move User:Omar/a.js → User:Omar/moved.js",
			"delete/delete User:Omar/b.js", "move/move User:Omar/moved.js → User:Ramo/moved.js",
			"renameuser/renameuser User:Omar Omar → Ramo",
		} {
			if n := slices.Index(got, want); n < 0 {
				t.Errorf("%q is not among the changes:\n%s", want, strings.Join(got, "\n"))
			}
		}
		if more, again, err := c.RecentChanges(ctx, next); err != nil || len(more) > 0 || again != next {
			t.Errorf("a second reading gives %+v, %q, %v", more, again, err)
		}
		pages, err := c.Pages(ctx, []wiki.Title{parse("User:Ramo/moved.js"), parse("User:Omar/b.js")})
		if err != nil || pages[0].Text != "a(1);" || pages[1].Exists() {
			t.Errorf("pages are %+v, %v", pages, err)
		}
		if u, err := c.WhoAmI(ctx, asOmar.Cookies()); err != nil || u.ID != 0 && u.Name != "Ramo" {
			t.Errorf("after the renaming the session is %+v, %v", u, err)
		}
	})

	t.Run("messages come in a language, with what the wiki says", func(t *testing.T) {
		edit(asMara, "MediaWiki:Sallyport-test", "said on the wiki")
		texts, err := c.Messages(ctx, []string{"sallyport-test", "no-such-message", "preferences"}, "en")
		want := map[string]string{"sallyport-test": "said on the wiki", "preferences": "Preferences"}
		if diff := cmp.Diff(want, texts); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}
