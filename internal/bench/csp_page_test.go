package bench

import (
	"net/http"
	"strings"
	"testing"

	"sallyport/internal/mediawiki"
)

// What a policy adds to a page, in a gateway that is otherwise the same: for somebody without an account, and for a reader
// who is logged in.
func BenchmarkSallyCSPPage(b *testing.B) {
	back := startRole(b, roleWiki, "")
	off := serve(b, "http://"+back.addr, "/w")
	on := serve(b, "http://"+back.addr, "/w", "[policy]\nmode = \"enforce\"\n")
	session, err := mediawiki.New("http://"+on.addr, "/w", nil, mediawiki.Options{}).Login(b.Context(), stubReader, stubPassword)
	if err != nil {
		b.Fatal(err)
	}
	const path = "/w/index.php?title=Sandbox"
	asNobody := asPage[:4:4]
	asReader := append(asNobody, "Cookie", session.Cookies())
	var h http.Header
	eventually(b, "the gateway knows the reader", func() bool {
		h, _ = fetch(b, "http://"+on.addr+path, asReader)
		return strings.HasPrefix(h.Get("ETag"), `W/"policy-`) // only of pages made for somebody
	})
	mustContain(b, on.addr, h.Get("Content-Security-Policy"), "default-src 'self'")

	r := begin(b, "Page under a policy: %d bytes of header; the same gateway without one; %d connections", len(h.Get("Content-Security-Policy")), connections)
	for _, who := range []struct {
		name, metric string
		header       []string
	}{{"nobody", "µs-nobody", asNobody}, {"a reader", "µs-reader", asReader}} {
		results := race(b,
			contestant{who.name + ", no policy", "http://" + off.addr + path, who.header, off, 3},
			contestant{who.name + ", a policy", "http://" + on.addr + path, who.header, on, 3})
		r.rows(results)
		added := make(series, rounds)
		for i := range added {
			added[i] = results[1].cpu[i] - results[0].cpu[i]
		}
		r.goal("a policy adds, for "+who.name, who.metric, added.median(), "CPU-µs", "≤ 20")
	}
	r.print()
}
