package bench

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// visit is one kind of request to ext.gadgets.userstartup.
type visit struct {
	name    string
	known   *known
	enabled int
	edited  bool // after an edit somewhere on the wiki, so that nothing that is remembered counts
}

// What one page view of somebody with gadgets costs the server, over a store that knows few or very many.
func BenchmarkSallyportStartup(b *testing.B) {
	few, many := knows(b, 1000, 1, 10, 100), knows(b, 100_000, 1, 10, 100)
	visits := []visit{
		{"1 enabled, 1,000 known", few, 1, false},
		{"10 enabled, 1,000 known", few, 10, false},
		{"100 enabled, 1,000 known", few, 100, false},
		{"10 enabled, 100,000 known", many, 10, false},
		{"10 enabled, 1,000 known, after an edit", few, 10, true},
		{"10 enabled, 100,000 known, after an edit", many, 10, true},
	}
	cost := make([]series, len(visits))
	for round := range rounds {
		for n := range visits {
			i := (n + round) % len(visits)
			cost[i] = append(cost[i], visits[i].measure(b))
		}
	}

	r := begin(b, "User startup: load.php?modules=ext.gadgets.userstartup over a SQLite file, in-process, one request at a time")
	for i, v := range visits {
		r.row(v.name, "CPU-µs/request", cost[i])
	}
	r.ratio("10 enabled, 100,000 vs 1,000 known", "x-known", cost[3].to(cost[1]), "≤ 1.2")
	r.ratio("the same after an edit", "x-known-edited", cost[5].to(cost[4]), "≤ 1.2")
	r.ratio("100 vs 1 enabled", "x-enabled", cost[2].to(cost[0]), "")
	r.print()
}

// measure returns microseconds of processor time per request, the garbage collector's included.
func (v visit) measure(b *testing.B) float64 {
	b.Helper()
	v.ask(b) // warm
	runtime.GC()
	if v.edited {
		return v.measureEdited(b)
	}
	n := 0
	before := processorTime(b)
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); n++ {
		v.ask(b)
	}
	return float64((processorTime(b) - before).Microseconds()) / float64(n)
}

// measureEdited leaves out what it costs to read the edit.
func (v visit) measureEdited(b *testing.B) float64 {
	b.Helper()
	const n = 100
	var used time.Duration
	for range n {
		v.known.edit()
		before := processorTime(b)
		v.ask(b)
		used += processorTime(b) - before
	}
	return float64(used.Microseconds()) / n
}

// ask sends one request and looks at the answer.
func (v visit) ask(b *testing.B) {
	b.Helper()
	address := "/sallyport/load.php?lang=en&modules=ext.gadgets.userstartup&only=scripts&raw=1&skin=vector&user=" + url.QueryEscape(reader(v.enabled))
	w := counter{header: http.Header{}, enabled: "[\"ext.usergadget.p"}
	v.known.delivery.ServeHTTP(&w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, address, nil))
	if w.status > http.StatusOK || w.found != v.enabled {
		b.Fatalf("%s: status %d, %d gadgets", address, w.status, w.found)
	}
}

// counter is a response writer that keeps nothing.
type counter struct {
	header  http.Header
	status  int
	enabled string // how a registration begins
	found   int
}

func (c *counter) Header() http.Header    { return c.header }
func (c *counter) WriteHeader(status int) { c.status = status }
func (c *counter) Write(p []byte) (int, error) {
	c.found += strings.Count(string(p), c.enabled)
	return len(p), nil
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
