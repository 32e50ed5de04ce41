package collect_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/collect"
)

// usual is a collector as most are written: the body into structs, a log line for each report.
func usual(log *slog.Logger) http.Handler {
	type legacy struct {
		Body struct {
			DocumentURI       string `json:"document-uri"`
			Referrer          string `json:"referrer"`
			BlockedURI        string `json:"blocked-uri"`
			ViolatedDirective string `json:"violated-directive"`
			Effective         string `json:"effective-directive"`
			OriginalPolicy    string `json:"original-policy"`
			Disposition       string `json:"disposition"`
			ScriptSample      string `json:"script-sample"`
			SourceFile        string `json:"source-file"`
			Line              int    `json:"line-number"`
			Column            int    `json:"column-number"`
			StatusCode        int    `json:"status-code"`
		} `json:"csp-report"`
	}
	type modern struct {
		Age       int    `json:"age"`
		Type      string `json:"type"`
		URL       string `json:"url"`
		UserAgent string `json:"user_agent"`
		Body      struct {
			DocumentURL    string `json:"documentURL"`
			Referrer       string `json:"referrer"`
			BlockedURL     string `json:"blockedURL"`
			Effective      string `json:"effectiveDirective"`
			OriginalPolicy string `json:"originalPolicy"`
			Disposition    string `json:"disposition"`
			Sample         string `json:"sample"`
			SourceFile     string `json:"sourceFile"`
			Line           int    `json:"lineNumber"`
			Column         int    `json:"columnNumber"`
			StatusCode     int    `json:"statusCode"`
		} `json:"body"`
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /csp", func(w http.ResponseWriter, r *http.Request) {
		var v legacy
		if json.NewDecoder(r.Body).Decode(&v) == nil {
			b := &v.Body
			log.Info("csp violation", "document_uri", b.DocumentURI, "blocked_uri", b.BlockedURI, "violated_directive", b.ViolatedDirective, "effective_directive", b.Effective,
				"original_policy", b.OriginalPolicy, "disposition", b.Disposition, "source_file", b.SourceFile, "line", b.Line, "column", b.Column, "user_agent", r.UserAgent())
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /reports", func(w http.ResponseWriter, r *http.Request) {
		var list []modern
		if json.NewDecoder(r.Body).Decode(&list) == nil {
			for i := range list {
				b := &list[i].Body
				log.Info("csp violation", "document_uri", b.DocumentURL, "blocked_uri", b.BlockedURL, "effective_directive", b.Effective, "original_policy", b.OriginalPolicy,
					"disposition", b.Disposition, "source_file", b.SourceFile, "line", b.Line, "column", b.Column, "user_agent", list[i].UserAgent)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// collectors by name. Each runs in a process of its own, so that its CPU can be told from the load's.
var collectors = map[string]func() http.Handler{
	"usual": func() http.Handler {
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			panic(err)
		}
		return usual(slog.New(slog.NewTextHandler(null, nil)))
	},
	"ours": func() http.Handler {
		c := collect.New(collect.Options{Wiki: "w", Origins: []string{"https://wiki.example"}, Store: collect.NewMemory(), Key: benchKey, Node: "n", Clock: time.Now,
			User: func(*http.Request) string { return "7" }, Limits: collect.Limits{UserBurst: 1e9, NetworkBurst: 1e9}})
		go func() { _ = c.Run(context.Background(), time.Tick(2*time.Second)) }()
		return c
	},
	"unread": func() http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	},
}

var benchKey = []byte("only for measuring")

func TestMain(m *testing.M) {
	name := os.Getenv("COLLECT_SERVE")
	if name == "" {
		os.Exit(m.Run())
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	go func() { _ = http.Serve(l, collectors[name]()) }()
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent is gone
}

// serve starts a collector's process.
func serve(b *testing.B, name string) (address string, pid int) {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "COLLECT_SERVE="+name, "GOMAXPROCS=1")
	stdin, _ := cmd.StdinPipe()
	stdout, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { stdin.Close(); _ = cmd.Wait() })
	if _, err := fmt.Fscanln(stdout, &address); err != nil {
		b.Fatal(err)
	}
	return address, cmd.Process.Pid
}

// cpu is what a process has used, from the scheduler's own nanoseconds.
func cpu(b *testing.B, pid int) (total time.Duration) {
	b.Helper()
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		b.Skipf("needs Linux: %v", err)
	}
	for _, task := range tasks {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, task.Name()))
		var ns int64
		_, _ = fmt.Sscan(string(text), &ns)
		total += time.Duration(ns)
	}
	return total
}

// load posts bodies over a few connections and returns the server's CPU for one POST.
func load(b *testing.B, address string, pid int, path string, bodies []string, posts int) time.Duration {
	b.Helper()
	run := func(n int) {
		var wg sync.WaitGroup
		for lane := range 8 {
			wg.Go(func() {
				c, err := net.Dial("tcp", address)
				if err != nil {
					b.Error(err)
					return
				}
				defer c.Close()
				answers := bufio.NewReader(c)
				for i := range n / 8 {
					body := bodies[(i*8+lane)%len(bodies)]
					fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: wiki.example\r\nUser-Agent: Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/156.0 Safari/537.36\r\nContent-Type: application/csp-report\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
					answer, err := http.ReadResponse(answers, nil)
					if err != nil || answer.StatusCode != http.StatusNoContent {
						b.Errorf("answer %v: %v", answer, err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	run(posts / 8)
	before := cpu(b, pid)
	run(posts)
	return (cpu(b, pid) - before) / time.Duration(posts/8*8)
}

// bodies makes different reports: legacy ones, or batches of some.
func bodies(policyHosts, batch int) (list []string) {
	var policy strings.Builder
	policy.WriteString("default-src 'self'; script-src 'self'")
	for i := range policyHosts {
		fmt.Fprintf(&policy, " https://some-allowed-host-%03d.example", i)
	}
	for i := range 500 {
		blocked, script := fmt.Sprintf("https://cdn%d.test/lib/x.js?token=%d", i%50, i), fmt.Sprintf("https://wiki.example/sallyport/g/%d/doit.js", i%20)
		if batch == 0 {
			list = append(list, fmt.Sprintf(`{"csp-report":{"document-uri":"https://wiki.example/wiki/Page_%d","referrer":"https://wiki.example/wiki/Main_Page","violated-directive":"script-src-elem","effective-directive":"script-src-elem","original-policy":%q,"disposition":"enforce","blocked-uri":%q,"line-number":%d,"column-number":5,"source-file":%q,"status-code":200,"script-sample":""}}`, i, policy.String(), blocked, i, script))
			continue
		}
		one := fmt.Sprintf(`{"age":3,"body":{"blockedURL":%q,"columnNumber":5,"disposition":"enforce","documentURL":"https://wiki.example/wiki/Page_%d","effectiveDirective":"script-src-elem","lineNumber":%d,"originalPolicy":%q,"referrer":"","sample":"","sourceFile":%q,"statusCode":200},"type":"csp-violation","url":"https://wiki.example/wiki/Page_%d","user_agent":"Mozilla/5.0"}`, blocked, i, i, policy.String(), script, i)
		list = append(list, "["+strings.Repeat(one+",", batch-1)+one+"]")
	}
	return list
}

// BenchmarkSallyCollect prints the CPU a POST costs a collector, ours and the usual one, and the ratio. "unread" is what
// net/http alone costs.
func BenchmarkSallyCollect(b *testing.B) {
	for _, c := range []struct {
		name         string
		hosts, batch int
		posts        int
	}{{"one report, 1 KB", 15, 0, 16000}, {"one report, 150 hosts", 150, 0, 12000}, {"batch of 10, short", 10, 10, 8000}, {"batch of 10, 150 hosts", 150, 10, 4000}} {
		b.Run(c.name, func(b *testing.B) {
			list := bodies(c.hosts, c.batch)
			took := map[string]time.Duration{}
			for _, name := range []string{"unread", "usual", "ours"} {
				address, pid := serve(b, name)
				path := "/csp?v=" + collect.New(collect.Options{Key: benchKey, Clock: time.Now}).Sign("p1")
				if name == "usual" && c.batch > 0 {
					path = "/reports"
				}
				took[name] = load(b, address, pid, path, list, c.posts)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(len(list[0])), "bytes")
			for name, d := range took {
				b.ReportMetric(float64(d.Nanoseconds())/1000, name+"-µs/POST")
			}
			b.ReportMetric(float64(took["ours"])/float64(took["usual"]), "ours/usual")
		})
	}
}
