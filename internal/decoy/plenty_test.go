package decoy

import (
	"encoding/json"
	"strings"
	"testing"

	"sallyport/internal/trace"
)

// pagesIn are the titles in an answer's list, or behind a generator.
func pagesIn(t *testing.T, body, list string) []string {
	t.Helper()
	var answer struct {
		Query        map[string]json.RawMessage
		WatchlistRaw json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	raw := answer.Query[list]
	if list == "watchlistraw" {
		raw = answer.WatchlistRaw
	}
	var rows []struct{ Title string }
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatalf("%s in %s: %v", list, body, err)
	}
	var titles []string
	for _, row := range rows {
		titles = append(titles, row.Title)
	}
	return titles
}

const api = "https://wiki.test/w/api.php?action=query&format=json&formatversion=2"

func TestListsThatWouldBeEmptyHavePages(t *testing.T) {
	for _, c := range []struct {
		query, list string
		least, most int
	}{
		{"&list=random", "random", 1, 1},
		{"&list=random&rnlimit=5", "random", 5, 5},
		{"&list=backlinks&bltitle=Harbour&bllimit=max", "backlinks", 5, 50},
		{"&list=embeddedin&eititle=Template:Nobody", "embeddedin", 5, 50},
		{"&list=alllinks", "alllinks", 5, 50},
		{"&list=watchlist&wllimit=6", "watchlist", 6, 6},
		{"&list=watchlistraw", "watchlistraw", 5, 50},
		{"&list=usercontribs&ucuser=Nobody+At+All", "usercontribs", 5, 50},
		{"&list=categorymembers&cmtitle=Category:None&cmlimit=500", "categorymembers", 5, 50},
		{"&list=search&srsearch=insource:lampshade", "search", 5, 50},
		{"&generator=random&grnlimit=3&prop=info", "pages", 3, 3},
		{"&generator=backlinks&gbltitle=Harbour", "pages", 5, 50},
		{"&generator=links&titles=Harbour", "pages", 5, 50},
	} {
		w := newWorld(t, nil)
		_, body := w.ask("GET", api+c.query, "empty", "")
		if got := pagesIn(t, body, c.list); len(got) < c.least || len(got) > c.most {
			t.Errorf("%s has %q, wants %d to %d", c.query, got, c.least, c.most)
		}
	}
}

func TestAListOfTheWikisOwnIsLeftAsItIs(t *testing.T) {
	w := newWorld(t, nil)
	_, body := w.ask("GET", api+"&list=categorymembers&cmtitle=Category:Lamps", "empty", "")
	if got := strings.Join(pagesIn(t, body, "categorymembers"), ", "); got != "Harbour lights, Lighthouse, Foghorn" {
		t.Errorf("the wiki's own category has %s", got)
	}
	_, body = w.ask("GET", api+"&list=blocks", "empty", "")
	if got := pagesIn(t, body, "blocks"); len(got) != 0 {
		t.Errorf("somebody is blocked: %q", got)
	}
}

func TestWhoEmptiesAListComesToItsEnd(t *testing.T) {
	w := newWorld(t, nil)
	seen := map[string]bool{}
	for range maxRefills {
		_, body := w.ask("GET", api+"&list=random", "empty", "")
		seen[pagesIn(t, body, "random")[0]] = true
	}
	if len(seen) < 5 {
		t.Errorf("chance is always %v", seen)
	}
	if _, body := w.ask("GET", api+"&list=random", "empty", ""); len(pagesIn(t, body, "random")) != 0 {
		t.Errorf("there is no end: %s", body)
	}
}

func TestAPageByChanceIsAPageOfTheWiki(t *testing.T) {
	w := newWorld(t, nil)
	resp, _ := w.ask("GET", "https://wiki.test/wiki/Special:Random?action=edit", "empty", "")
	to := resp.Header.Get("Location")
	if resp.StatusCode != 302 || !strings.Contains(to, "action=edit") {
		t.Fatalf("%d to %q", resp.StatusCode, to)
	}
	if resp, page := w.ask("GET", "https://wiki.test"+to, "iframe", ""); resp.StatusCode != 200 || !strings.Contains(page, "wpTextbox1") {
		t.Errorf("%s: %d", to, resp.StatusCode)
	}
}

func TestOnesOwnPagesAreReadAndWrittenByTheirOwnNames(t *testing.T) {
	w := newWorld(t, nil)
	if _, body := w.ask("GET", api+"&prop=revisions&rvprop=content&titles=Special:MyPage/common.js", "empty", ""); !strings.Contains(body, `"title":"User:Ilse Abcdef/common.js"`) || !strings.Contains(body, "Nothing here yet") {
		t.Errorf("read as %s", body)
	}
	w.ask("POST", "https://wiki.test/w/api.php", "empty", "action=edit&title=Special:MyPage/common.js&text=x")
	if got := w.of(trace.PageWrite); len(got) != 1 || got[0].Data.Title != "User:Ilse Abcdef/common.js" || got[0].Data.Class != "own-js" {
		t.Errorf("told of %+v", got)
	}
}

func TestPagesThatWormsChangeAreThere(t *testing.T) {
	w := newWorld(t, nil)
	for _, title := range []string{"MediaWiki:Common.js", "MediaWiki:Common.css", "User:Ilse_Abcdef/common.js", "User:Ilse_Abcdef/vector.js", "User:Ilse_Abcdef/global.js"} {
		if resp, text := w.ask("GET", "https://wiki.test/w/index.php?title="+title+"&action=raw", "empty", ""); resp.StatusCode != 200 || text == "" {
			t.Errorf("%s: %d %q", title, resp.StatusCode, text)
		}
	}
}

func TestAnotherWikisTokenIsNoSecretOfThisOne(t *testing.T) {
	w := newWorld(t, nil)
	_, body := w.ask("GET", "https://other.test/w/api.php?action=query&meta=tokens&format=json&origin=https%3A%2F%2Fwiki.test", "empty", "", "Origin", "https://wiki.test")
	if !strings.Contains(body, "csrftoken") || strings.Contains(body, w.v.Secrets.Token) {
		t.Errorf("answered %s", body)
	}
}

func TestACollectorOfStatisticsChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.ask("POST", "https://wiki.test/beacon/event?gadget=lamp", "empty", `{"lamp":1}`, "Content-Type", "text/plain")
	if got := append(w.of(trace.APIWrite), w.of(trace.PageWrite)...); len(got) > 0 {
		t.Errorf("told of %+v", got)
	}
	w.ask("POST", "https://wiki.test/w/index.php?title=Harbour&action=submit", "empty", `{"lamp":1}`, "Content-Type", "text/plain")
	if got := w.of(trace.APIWrite); len(got) != 1 {
		t.Errorf("a post to the wiki that cannot be read is told as %+v", got)
	}
}

func TestAPlaceholderHasNoHash(t *testing.T) {
	w := newWorld(t, nil)
	w.ask("GET", "https://cdn.test/unknown.js", "script", "")
	if got := w.of(trace.ScriptLoad); len(got) != 1 || got[0].Data.SHA256 != "" || got[0].Data.Answer != "placeholder" {
		t.Errorf("told of %+v", got)
	}
}
