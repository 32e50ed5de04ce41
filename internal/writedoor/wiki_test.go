package writedoor

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/wiki"
)

// askOver asks a real wiki.
func askOver(base string) Ask {
	return func(ctx context.Context, params map[string]string) ([]byte, error) {
		q := url.Values{}
		for k, v := range params {
			q.Set(k, v)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api.php?"+q.Encode(), nil)
		if err != nil {
			return nil, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		return io.ReadAll(resp.Body)
	}
}

// realDoor is a door in front of a real wiki.
func realDoor(w *mediawikitest.Wiki) *Door {
	client := mediawiki.New(w.URL, "", nil, mediawiki.Options{})
	return &Door{Wiki: NewAsking(askOver(w.URL), client.Site, time.Now)}
}

func evalInto(t *testing.T, w *mediawikitest.Wiki, into any, code string, args ...any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(w.Eval(code, args...)))
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestTheWikiTellsPagesByTitleIdAndRevision(t *testing.T) {
	w := mediawikitest.Start(t, mediawikitest.Options{})
	rev := w.Edit(mediawikitest.Admin, "MediaWiki:Common.js", "one();")
	w.Edit(mediawikitest.Admin, "Detour", "#REDIRECT [[MediaWiki:Common.js]]")
	w.Edit(mediawikitest.Admin, "User:Admin/a/b.js", "sub();")
	w.Edit(mediawikitest.Admin, "User:Admin/a", "top")
	a, ctx := realDoor(w).Wiki, t.Context()
	common := wiki.Title{NS: 8, Key: "Common.js"}
	known, err := a.Titles(ctx, []wiki.Title{common, {NS: 2, Key: "Nobody/x.css"}}, false)
	if err != nil || known[0].Title != common || known[0].Rev != rev || known[0].Model != wiki.ModelJavaScript || known[1].ID != 0 || known[1].Model != wiki.ModelCSS {
		t.Errorf("titles: %+v, %v", known, err)
	}
	if k, err := a.Revision(ctx, rev); err != nil || k.Title != common {
		t.Errorf("revision: %+v, %v", k, err)
	}
	if k, err := a.PageID(ctx, known[0].ID); err != nil || k.Title != common {
		t.Errorf("page id: %+v, %v", k, err)
	}
	for _, find := range []func(context.Context, int64) (Known, error){a.Revision, a.PageID} {
		if k, err := find(ctx, 999_999); err != nil || k.ID != 0 {
			t.Errorf("nothing: %+v, %v", k, err)
		}
	}
	if to, err := a.Redirect(ctx, wiki.Title{Key: "Detour"}); err != nil || to != common {
		t.Errorf("redirect: %v, %v", to, err)
	}
	if list, err := a.Subpages(ctx, wiki.Title{NS: 2, Key: "Admin"}); err != nil || len(list) != 2 || list[1].Model == "x" {
		t.Errorf("subpages: %+v, %v", list, err)
	}
	for action, want := range map[string]Module{
		"edit": {true, true, true}, "query": {true, false, false}, "nosuch": {}, "edit|query": {}, "query+info": {}, "purge": {true, true, true},
	} {
		if m, err := a.Module(ctx, action); err != nil || m != want {
			t.Errorf("module %s: %+v, %v; want %+v", action, m, err, want)
		}
	}
}
