package decoy

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"sallyport/internal/trace"
)

func TestPagesAreReadThroughTheRESTAPI(t *testing.T) {
	w := newWorld(t, nil)
	resp, body := w.ask("GET", "https://wiki.test/w/rest.php/v1/page/MediaWiki%3ACommon.js", "empty", "")
	var page struct {
		Source       string
		ContentModel string `json:"content_model"`
		Latest       struct{ ID int }
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s: %v", resp.StatusCode, body, err)
	}
	if page.Source != "/* for everybody: nothing yet */" || page.ContentModel != "javascript" || page.Latest.ID == 0 {
		t.Errorf("the page is %+v", page)
	}
	for path, want := range map[string]int{"page/No%20such%20page": 404, "page/Harbour/html": 200, "page/Harbour/history": 200, "search/page?q=lamp": 200, "page/Harbour/bare": 200} {
		if resp, body := w.ask("GET", "https://wiki.test/w/rest.php/v1/"+path, "empty", ""); resp.StatusCode != want {
			t.Errorf("%s is answered with %d: %s", path, resp.StatusCode, body)
		}
	}
}

func TestAnOptionThatAScriptSavesIsThereOnTheNextPage(t *testing.T) {
	w := newWorld(t, nil)
	page := func() string {
		w.Expect("https://wiki.test/wiki/Harbour")
		_, body := w.ask("GET", "https://wiki.test/wiki/Harbour", "document", "")
		return body
	}
	if strings.Contains(page(), "userjs-lamp") {
		t.Fatal("it is there already")
	}
	w.ask("POST", "https://wiki.test/w/api.php", "empty", "action=options&format=json&optionname=userjs-lamp&optionvalue=lit&token=x&change=userjs-b%3Dsouth%7Cskin%3Dvector")
	if body := page(); !strings.Contains(body, `"userjs-lamp":"lit"`) || !strings.Contains(body, `"userjs-b":"south"`) || strings.Contains(body, `"skin":"vector"})`) {
		t.Error("the next page has other options")
	}
}

func TestAWikiInAnotherFolderIsAWiki(t *testing.T) {
	w := newWorld(t, nil)
	_, body := w.ask("GET", "https://wiki.test/shared/mediawiki/api.php?action=query&titles=Harbour&format=json&formatversion=2", "empty", "")
	if !strings.Contains(body, `"title":"Harbour"`) {
		t.Errorf("it answers %s", body)
	}
	for path, want := range map[string]bool{"/a/b/c/api.php": true, "/w/rest.php/v1/page/X": true, "/collect/api.php5": false, "/a/b/c/d/e/api.php": false, "/napi.php": false} {
		if isWiki(path) != want {
			t.Errorf("%s: %t", path, !want)
		}
	}
}

func TestTheWitnessTellsWhatItsEditBecame(t *testing.T) {
	for _, c := range []struct{ name, more, want string }{
		{"as it was sent", "", ""},
		{"with marks", "&minor=1&bot=1", "bot, minor"},
		{"with a tag more", "&tags=lamp%7Cother", ""},
	} {
		w := newWorld(t, func(v *Visit) { v.Witness = &Witness{Word: "k3jx9w2mq7", Rows: []Row{{"Ida", "Foghorn"}}} })
		sent := w.v.Witness.Edit()
		if strings.Contains(c.more, "tags") {
			sent.Del("tags")
		}
		w.ask("POST", "https://wiki.test/w/api.php", "empty", sent.Encode()+"&token=x"+c.more)
		got := ""
		for _, e := range w.of(trace.Conceal) {
			got += e.Data.Text
		}
		if got != c.want || len(w.of(trace.PageWrite)) > 0 {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
		if _, body := w.ask("GET", api+"&list=recentchanges&lamp=k3jx9w2mq7", "empty", ""); !strings.Contains(body, `"user":"Ida"`) {
			t.Errorf("the list is %s", body)
		}
	}
}
