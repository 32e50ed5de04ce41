package mediawiki

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sallyport/internal/wiki"
)

const tinySite = `{"query":{"general":{"wikiid":"tiny","sitename":"Tiny"},"namespaces":{
	"0":{"id":0,"case":"first-letter","name":""},"2":{"id":2,"case":"first-letter","name":"Benutzer","canonical":"User"}}}}`

// answering serves one answer to every question but siteinfo.
func answering(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("meta") == "siteinfo" {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			io.WriteString(w, tinySite)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return New(s.URL, "/w", s.Client(), Options{Timeout: 20 * time.Second, MaxBody: 1 << 16})
}

func say(kind string, status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestBadAnswersAreToldApart(t *testing.T) {
	const isJSON, isHTML = "application/json; charset=utf-8", "text/html; charset=UTF-8"
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		is     error // nil: an *Error with this code
		code   string
		says   string
	}{
		{"a web page", say(isHTML, 200, "<!DOCTYPE html><title>Welcome</title>"), ErrNotAPI, "", "answered with HTML (200 OK); is script_path right?"},
		{"a web page that is not there", say(isHTML, 404, "<h1>Not Found</h1>"), ErrNotAPI, "", "is script_path right?"},
		{"plain text", say("text/plain", 200, "hello"), ErrNotAPI, "", `"text/plain"`},
		{"an overloaded server", say(isHTML, 503, "<h1>busy</h1>"), ErrUnavailable, "", "503"},
		{"too many questions", say(isHTML, 429, "slow down"), ErrUnavailable, "", "429"},
		{"JSON that is cut short", say(isJSON, 200, `{"query":{"users":[{"userid":7,`), ErrUnavailable, "", "cannot be read"},
		{"JSON that is no object", say(isJSON, 200, `[]`), ErrNotAPI, "", "no JSON object"},
		{"PHP's warnings in front", say(isJSON, 200, "<br />Warning: x {}"), ErrNotAPI, "", "no JSON object"},
		{"another shape", say(isJSON, 200, `{"query":{"users":{"a":1}}}`), ErrUnavailable, "", "cannot be read"},
		{"an endless answer", say(isJSON, 200, `{"query":"`+strings.Repeat("x", 1<<17)), ErrTooLong, "", "65536"},
		{"a refusal", say(isJSON, 200, `{"errors":[{"code":"badvalue","text":"Unrecognized value"}]}`), nil, "badvalue", "Unrecognized value"},
		{"a refusal of an older wiki", say(isJSON, 403, `{"error":{"code":"readapidenied","info":"You need read permission"}}`), nil, "readapidenied", "read permission"},
		{"a fault inside MediaWiki", say(isJSON, 500, `{"errors":[{"code":"internal_api_error_DBQueryError","text":"Caught"}]}`), ErrUnavailable, "", "Caught"},
		{"a connection that breaks", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", isJSON)
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"query":`)
		}, ErrUnavailable, "", "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := answering(t, tt.answer).Users(t.Context(), []string{"Mara"})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("the error is %v, want something about %q", err, tt.says)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %q", err, tt.is)
			}
			if tt.code != "" && !Refused(err, tt.code) {
				t.Errorf("%v is not a refusal with code %s", err, tt.code)
			}
			for _, other := range []error{ErrUnavailable, ErrNotAPI, ErrTooLong} {
				if !errors.Is(tt.is, other) && errors.Is(err, other) {
					t.Errorf("%v is %q as well", err, other)
				}
			}
		})
	}
}

func TestSilenceIsUnavailable(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(s.Close)
	_, err := New(s.URL, "", nil, Options{Timeout: 50 * time.Millisecond}).Site(t.Context())
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
}

func TestNobodyListeningIsUnavailable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := New(s.URL, "", nil, Options{}).Site(t.Context())
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
}

func TestAnAskerWhoLeftBlamesNobody(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := c.Site(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err := c.WhoAmI(ctx, "session=1")
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
}

func TestCookiesStayOutOfErrors(t *testing.T) {
	seen := ""
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Get("Cookie")
		w.WriteHeader(http.StatusBadGateway)
	})
	_, err := c.WhoAmI(t.Context(), "wikiSession=s3cret; a=b")
	if seen != "wikiSession=s3cret; a=b" {
		t.Errorf("the wiki saw the cookies %q", seen)
	}
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error is %v", err)
	}
}

func TestAClosedWikiKnowsNobody(t *testing.T) {
	c := answering(t, say("application/json", 200, `{"errors":[{"code":"readapidenied","text":"You need read permission"}]}`))
	if u, err := c.WhoAmI(t.Context(), ""); err != nil || u.ID != 0 {
		t.Errorf("WhoAmI gives %v, %v", u, err)
	}
}

func TestLongListsAreAskedInBatchesAndByPost(t *testing.T) {
	var sizes []int
	var methods []string
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		sizes = append(sizes, len(strings.Split(r.FormValue("titles"), "|")))
		say("application/json", 200, `{"query":{"pages":[{"ns":2,"title":"Benutzer:Page number 3/with a name that is long","pageid":33,
			"revisions":[{"revid":5,"user":"Mara","timestamp":"2026-01-02T03:04:05Z","slots":{"main":{"contentmodel":"css","content":"a{}"}}}]}]}}`)(w, r)
	})
	var titles []wiki.Title
	for i := range 120 {
		titles = append(titles, wiki.Title{NS: 2, Key: fmt.Sprintf("Page_number_%d/with_a_name_that_is_long", i)})
	}
	titles = append(titles, titles[3], wiki.Title{NS: 2, Key: "not|a|title"})
	pages, err := c.Pages(t.Context(), titles)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(sizes) != "[50 50 20]" || fmt.Sprint(methods) != "[POST POST GET]" {
		t.Errorf("asked for %v titles by %v", sizes, methods)
	}
	for i, p := range pages {
		if p.Title != titles[i] || p.Exists() != (i == 3 || i == 120) {
			t.Errorf("page %d is %+v", i, p)
		}
	}
	want := wiki.Page{Title: titles[3], ID: 33, Rev: 5, Model: "css", Text: "a{}", Author: "Mara", Touched: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	if pages[3] != want {
		t.Errorf("page 3 is %+v, want %+v", pages[3], want)
	}
}

// MediaWiki ends an answer at $wgAPIMaxResultSize and gives the remaining texts when continued.
func TestTextsThatComeLaterAreWaitedFor(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		a, b, more := `,"revisions":[{"revid":1,"slots":{"main":{"content":"A"}}}]`, "", `,"continue":{"rvcontinue":17,"continue":"||"}`
		if r.FormValue("rvcontinue") == "17" {
			a, b, more = "", `,"revisions":[{"revid":2,"slots":{"main":{"content":"B"}}}]`, ""
		}
		say("application/json", 200, `{"query":{"pages":[{"ns":0,"title":"A","pageid":1`+a+`},{"ns":0,"title":"B","pageid":2`+b+`}]}`+more+`}`)(w, r)
	})
	pages, err := c.Pages(t.Context(), []wiki.Title{{Key: "A"}, {Key: "B"}})
	if err != nil || pages[0].Text != "A" || pages[1].Text != "B" {
		t.Errorf("pages are %+v, %v", pages, err)
	}
}

func TestAnAnswerThatContinuesInCirclesEnds(t *testing.T) {
	c := answering(t, say("application/json", 200, `{"query":{"allpages":[]},"continue":{"apcontinue":"A"}}`))
	err := c.AllPages(t.Context(), 2, func([]wiki.Page) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "circles") {
		t.Errorf("the error is %v", err)
	}
}
