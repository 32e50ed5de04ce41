package bench

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// connections is how many requests are under way at any moment.
const connections = 32

// burst is what wrk counted.
type burst struct {
	requests  float64
	perSecond float64
}

var (
	wrkRequests  = regexp.MustCompile(`(\d+) requests in `)
	wrkPerSecond = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkTrouble   = regexp.MustCompile(`Non-2xx or 3xx responses: .*|Socket errors: .*`)

	// An answer that ends with its connection, as all of PHP's own server do, counts as a request and as a read error.
	wrkOnlyEnds = regexp.MustCompile(`^Socket errors: connect 0, read (\d+), write 0, timeout 0$`)
)

// wrk asks for one address as often as it can. Any answer but 2xx, and any connection that breaks, ends the benchmark.
func wrk(b *testing.B, program, url string, seconds int, header []string) burst {
	b.Helper()
	args := []string{"-t1", "-c" + strconv.Itoa(connections), fmt.Sprintf("-d%ds", seconds), "--timeout", "30s"}
	for i := 0; i < len(header); i += 2 {
		args = append(args, "-H", header[i]+": "+header[i+1])
	}
	out, err := exec.Command(program, append(args, url)...).CombinedOutput()
	if err != nil {
		b.Fatalf("wrk: %v\n%s", err, out)
	}
	var f burst
	for pattern, to := range map[*regexp.Regexp]*float64{wrkRequests: &f.requests, wrkPerSecond: &f.perSecond} {
		found := pattern.FindSubmatch(out)
		if found == nil {
			b.Fatalf("wrk printed no figure like %s:\n%s", pattern, out)
		}
		*to, _ = strconv.ParseFloat(string(found[1]), 64)
	}
	trouble := wrkTrouble.FindString(string(out))
	ends := wrkOnlyEnds.FindStringSubmatch(trouble)
	if trouble != "" && (ends == nil || ends[1] != fmt.Sprint(f.requests)) {
		b.Fatalf("%s: %s", url, trouble)
	}
	return f
}

// fetch asks once, and returns the answer as it came: still compressed if it was.
func fetch(b *testing.B, url string, header []string) (http.Header, string) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	r, err := (&http.Transport{DisableKeepAlives: true, DisableCompression: true}).RoundTrip(req)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %v\n%.1000s", url, r.Status, err, body)
	}
	return r.Header, string(body)
}

// mustContain ends the benchmark when an answer is not what is to be measured.
func mustContain(b *testing.B, url, body, part string) {
	b.Helper()
	if !strings.Contains(body, part) {
		b.Fatalf("%s: no %q in the answer:\n%.1000s", url, part, body)
	}
}
