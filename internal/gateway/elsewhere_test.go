package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAWikiOfAnotherAddressCanBeUsedHere(t *testing.T) {
	var wiki *httptest.Server
	wiki = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Host + " " + r.Header.Get("Origin") + " " + r.Header.Get("Referer"); "http://"+got != wiki.URL+" "+wiki.URL+" "+wiki.URL+"/x" || r.Header.Get("X-Forwarded-For") != "" {
			t.Errorf("the wiki is told %s %v", got, r.Header)
		}
		w.Header().Add("Set-Cookie", "a=1; Domain=wiki.test; Secure; HttpOnly; SameSite=None; Path=/")
		w.Header().Add("Set-Cookie", "__Host-b=2; Secure; Path=/")
		w.Header().Set("Strict-Transport-Security", "max-age=1")
		w.Header().Set("Location", r.URL.Query().Get("to"))
		_, _ = io.WriteString(w, r.URL.RawQuery)
	}))
	defer wiki.Close()
	its, _ := url.Parse(wiki.URL)
	here, _ := url.Parse("http://127.0.0.1:8080")
	proxy := Elsewhere(its, here)
	for to, want := range map[string]string{
		wiki.URL + "/wiki/A": "http://127.0.0.1:8080/wiki/A", "//" + its.Host + "?x": "http://127.0.0.1:8080?x", wiki.URL: "http://127.0.0.1:8080",
		wiki.URL + "9/x": wiki.URL + "9/x", "https://else.test/": "https://else.test/", "/wiki/A": "/wiki/A",
	} {
		r := httptest.NewRequest(http.MethodGet, "/index.php?to="+url.QueryEscape(to)+"&title=a;b", nil)
		r.Header.Set("Origin", "http://127.0.0.1:8080")
		r.Header.Set("Referer", "http://127.0.0.1:8080/x")
		w := httptest.NewRecorder()
		proxy.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("a redirect to %s leads to %s", to, got)
		}
		want := []string{"a=1; Path=/; HttpOnly; SameSite=Lax", "__Host-b=2; Path=/; Secure"}
		if diff := cmp.Diff(want, w.Header()["Set-Cookie"]); diff != "" || w.Header().Get("Strict-Transport-Security") != "" {
			t.Error(diff)
		}
		if w.Body.String() != r.URL.RawQuery {
			t.Errorf("the query came as %s", w.Body.String())
		}
	}
}
