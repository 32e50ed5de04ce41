package gateway

import (
	"net/http"
	"strings"

	"sallyport/internal/wiki"
)

// withPlainPaths refuses scripts under addresses that a web server would decode or tidy up before it looks for the file: "/w//load.php",
// "/w/%6coad.php", "/w/load.php/x". Whoever judges scripts goes by the path as it came, and must mean the page that MediaWiki serves.
// No browser makes such an address by itself, and MediaWiki writes none (wfUrlencode).
func withPlainPaths(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (mayBeRaw(r) || strings.Contains(strings.ToLower(r.URL.Path), "load.php")) && !plainPath(r.URL.EscapedPath()) {
			http.Error(w, "Scripts are not served under this spelling of their address. Leave out empty parts and dots, write letters plainly, and put nothing behind load.php.", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// encodedSlash is what some servers take for a slash, and titles hold.
var encodedSlash = strings.NewReplacer("%2f", "/", "%2F", "/")

// plainPath says whether every server means the same by a path.
func plainPath(path string) bool {
	path = encodedSlash.Replace(path)
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || needlesslyEncoded(path) {
		return false
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		php := strings.HasSuffix(strings.ToLower(part), ".php")
		if part == "." || part == ".." || php && part != strings.ToLower(part) || part == "load.php" && i < len(parts)-1 {
			return false
		}
	}
	return true
}

// needlesslyEncoded says whether a letter, a digit or a dot is written as "%6c" (RFC 3986 §2.3: the same character), or something that
// no title holds.
func needlesslyEncoded(path string) bool {
	for rest := path; ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return false
		}
		c, ok := unhex(after)
		if !ok || c == '.' || c < ' ' || c == 0x7f || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
			return true
		}
		rest = after[2:]
	}
}

func unhex(s string) (c byte, ok bool) {
	if len(s) < 2 {
		return 0, false
	}
	for i := range 2 {
		d := strings.IndexByte("0123456789abcdef", s[i]|0x20)
		if s[i] < '0' || d < 0 {
			return 0, false
		}
		c = c<<4 | byte(d)
	}
	return c, true
}

// isLoad says whether an address is load.php's, which PHP answers whatever follows it in the path.
func isLoad(r *http.Request, site *wiki.Site) bool {
	return strings.HasPrefix(r.URL.Path, site.ScriptPath+"/load.php")
}
