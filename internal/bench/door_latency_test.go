package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/addrtest"
	"sallyport/internal/cli"
	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
)

// What the write door and the outbreak breaker cost the reader of a page, its scripts, and whoever saves an ordinary edit: the
// middle of many requests, one after the other, through `sallyport serve` with both, with the door alone, with neither, and
// through a bare reverse proxy. They take turns request by request, so that whatever else the machine does hits all alike.
func BenchmarkSallyDoor(b *testing.B) {
	wiki := fakewiki.New(fakewiki.Options{Name: "W", Lang: "en", Now: time.Now})
	wiki.AddUser("Mara", "only-for-this-benchmark")
	for title, text := range map[string]string{"Sandbox": strings.Repeat("Some words and a [[link]].\n\n", 200), "MediaWiki:Common.js": long(40), "User:Mara/common.js": long(60), "User:Mara/tool.js": long(400)} {
		if _, err := wiki.Save(title, text, "Mara", ""); err != nil {
			b.Fatal(err)
		}
	}
	back := httptest.NewServer(wiki)
	defer back.Close()
	session, err := mediawiki.New(back.URL, "/w", nil, mediawiki.Options{}).Login(b.Context(), "Mara", "only-for-this-benchmark")
	if err != nil {
		b.Fatal(err)
	}
	upstream, err := url.Parse(back.URL)
	if err != nil {
		b.Fatal(err)
	}
	bare := httptest.NewServer(bareProxy(upstream))
	defer bare.Close()
	fronts := []front{
		{"bare reverse proxy", bare.URL}, {"sallyport, no door", inside(b, back.URL, "[write_door]\nenabled = false\n")},
		{"door", inside(b, back.URL, "[breaker]\nenabled = false\n")}, {"door and breaker", inside(b, back.URL, "[breaker.numbers]\nmost = 1000000\nedits = 1000000\n")}, // it edits all day
	}
	r := begin(b, "Milliseconds at the middle of %d requests each, one after the other (a pretend wiki behind all of them)", turns)
	asks := []ask{
		{what: "page view", path: "/w/index.php?title=Sandbox", dest: "document"},
		{what: "own script, raw", path: "/w/index.php?title=User:Mara/tool.js&action=raw&ctype=text/javascript", dest: "script"},
		{what: "load.php, user module", path: "/w/load.php?lang=en&modules=user&only=scripts&skin=vector&user=Mara", dest: "script"},
		{what: "ordinary edit", path: "/w/api.php", edit: true},
	}
	for _, a := range asks {
		middles := a.measure(b, fronts, session.Cookies())
		for i, f := range fronts {
			fmt.Fprintf(r, "  %-24s %-22s p50 %8.3f ms   %+.3f\n", a.what, f.name, middles[i], middles[i]-middles[0])
		}
		added := middles[len(fronts)-1] - middles[0]
		b.ReportMetric(added, "ms-more-"+strings.NewReplacer(" ", "-", ",", "", ".", "").Replace(a.what))
		if a.edit || a.dest == "document" {
			fmt.Fprintf(r, "  %s: %+.3f ms at p50 against the bare proxy   goal ≤ 1   %s\n", a.what, added, map[bool]string{true: "met", false: "NOT MET"}[added <= 1])
		}
	}
	r.print()
}

// turns is how often everybody is asked each thing.
const turns = 400

type front struct{ name, url string }

type ask struct {
	what, path, dest string
	edit             bool
}

func long(functions int) string {
	var b strings.Builder
	for i := range functions {
		fmt.Fprintf(&b, "function f%d( a, b ) { var list = [ a, b, %d ]; return list.map( function ( x ) { return x * %d + b; } ).filter( Boolean ); }\n", i, i, i+1)
	}
	return b.String()
}

// inside runs `sallyport serve` in this process, so that the machine's other work hits it as it hits the others.
func inside(b *testing.B, wiki, settings string) string {
	b.Helper()
	dir := b.TempDir()
	file, addr := filepath.Join(dir, "sallyport.toml"), addrtest.Address(b)
	confirm := addrtest.Address(b)
	_, port, _ := strings.Cut(confirm, ":")
	text := fmt.Sprintf("listen = %q\nconfirm_listen = %q\nstore = %q\nbus = \"embedded:\"\nlog_level = \"error\"\n[analysis]\njobs = 0\n[wiki]\nurl = %q\nscript_path = \"/w\"\n",
		addr, confirm, "sqlite:"+filepath.Join(dir, "sallyport.db"), wiki)
	if !strings.Contains(settings, "[write_door]") {
		text += fmt.Sprintf("[write_door]\nwiki_origin = %q\nconfirm_origin = \"http://localhost:%s\"\n", "http://"+addr, port)
	}
	if err := os.WriteFile(file, []byte(text+settings), 0o600); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var said bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- cli.Run(ctx, []string{"serve", "--config", file}, io.Discard, &said) }()
	b.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			b.Errorf("serve ended with %d: %s", code, said.String())
		}
	})
	eventually(b, "serve answers", func() bool {
		r, err := http.Get("http://" + addr + "/sallyport/register?names=")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
	return "http://" + addr
}

// measure asks all fronts in turn, and returns the middle of each one's times in milliseconds.
func (a ask) measure(b *testing.B, fronts []front, cookies string) []float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4, DisableCompression: true}}
	times := make([]series, len(fronts))
	for turn := range turns + 20 {
		for n := range fronts {
			i := (n + turn) % len(fronts)
			took := a.once(b, client, fronts[i].url, cookies, turn*len(fronts)+n)
			if turn >= 20 { // the first ones warm connections and caches
				times[i] = append(times[i], took)
			}
		}
	}
	var middles []float64
	for _, s := range times {
		slices.Sort(s)
		middles = append(middles, s.median())
	}
	return middles
}

func (a ask) once(b *testing.B, client *http.Client, base, cookies string, n int) float64 {
	b.Helper()
	method, body := http.MethodGet, ""
	if a.edit {
		method = http.MethodPost
		body = url.Values{"action": {"edit"}, "format": {"json"}, "title": {"Sandbox"}, "text": {fmt.Sprintf("Words, and the number %d.", n)}, "token": {csrf(b, client, base, cookies)}}.Encode()
	}
	req, err := http.NewRequestWithContext(b.Context(), method, base+a.path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Cookie", cookies)
	if a.edit {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		req.Header.Set("Sec-Fetch-Dest", a.dest)
	}
	from := time.Now()
	r, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(r.Body)
	took := time.Since(from)
	_ = r.Body.Close()
	if err != nil || r.StatusCode != http.StatusOK || a.edit && !bytes.Contains(text, []byte("Success")) {
		b.Fatalf("%s: %s %v %.300s", a.what, r.Status, err, text)
	}
	return float64(took.Microseconds()) / 1000
}

// csrf is the account's token, which stays the same.
func csrf(b *testing.B, client *http.Client, base, cookies string) string {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, base+"/w/api.php?action=query&meta=tokens&format=json&formatversion=2", nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Cookie", cookies)
	r, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	var answer struct {
		Query struct{ Tokens struct{ CSRFToken string } }
	}
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		b.Fatal(err)
	}
	return answer.Query.Tokens.CSRFToken
}
