package gateway

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestScriptsAreNotServedUnderSpellingsThatAWebServerWouldTidy(t *testing.T) {
	addr := strings.TrimPrefix(front(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "served") }, nil), "http://")
	get := func(target string) int {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", target, addr)
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		defer r.Body.Close()
		return r.StatusCode
	}
	for _, path := range []string{
		"/w/load.php", "/w/index.php", "/wiki/User:Mara/x.js", "/wiki/User%3AMara%2Fx.js", "/wiki/Caf%C3%A9", "/w/index.php/User:Mara/x.js", "/",
		"/wiki/100%25", "/wiki/A%20b",
	} {
		if got := get(path + "?action=raw"); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
	for _, path := range []string{
		"//w/load.php", "/w//load.php", "/w/./load.php", "/x/../w/load.php", "/w/load.php/x", "/w/load.php/", "/w/%6coad.php", "/w/%6Coad.php", "/%77/load.php",
		"/w/LOAD.PHP", "/w/load.PHP", "/w/load%2ephp", "/w/load.php%00", "/w//index.php", "/w/%69ndex.php", "/w/Index.php", "//", "/%77iki/User:Mara/x.js", "/w/..%2fload.php", "/w%2f/load.php", "/w/load.php%2fx",
	} {
		if got := get(path + "?action=raw"); got != http.StatusBadRequest {
			t.Errorf("%s: %d", path, got)
		}
	}
	for _, path := range []string{"/w/load.php/x", "/w//load.php"} { // nothing about it says raw
		if got := get(path + "?modules=user"); got != http.StatusBadRequest {
			t.Errorf("%s: %d", path, got)
		}
	}
	for _, path := range []string{"/wiki//a", "/w/%69ndex.php", "/wiki/%41"} { // these are no scripts
		if got := get(path); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
}
