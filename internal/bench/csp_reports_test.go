package bench

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const reportPage = "https://wiki.example/wiki/Page"

// reportBodies are 500 different bodies: what Chromium sends for report-uri, or batches for report-to. The policy, which
// browsers send along each time, names some hosts.
func reportBodies(policyHosts, batch int) []string {
	var policy strings.Builder
	policy.WriteString("default-src 'self'; script-src 'self'")
	for i := range policyHosts {
		fmt.Fprintf(&policy, " https://some-allowed-host-%03d.example", i)
	}
	list := make([]string, 500)
	for i := range list {
		if batch == 0 {
			list[i] = legacyReport(blockedIn(i), scriptIn(i), policy.String(), i)
			continue
		}
		reports := make([]string, batch)
		for j := range reports {
			reports[j] = modernReport(blockedIn(i+j), scriptIn(i+j), policy.String(), i+j)
		}
		list[i] = "[" + strings.Join(reports, ",") + "]"
	}
	return list
}

func blockedIn(i int) string { return fmt.Sprintf("https://cdn%d.test/lib/x.js?token=%d", i%50, i) }

func scriptIn(i int) string { return fmt.Sprintf("https://wiki.example/sallyport/g/%d/doit.js", i%20) }

func legacyReport(blocked, script, policy string, line int) string {
	return fmt.Sprintf(`{"csp-report":{"document-uri":"%s_%d","referrer":"https://wiki.example/wiki/Main_Page","violated-directive":"script-src-elem","effective-directive":"script-src-elem","original-policy":%q,"disposition":"enforce","blocked-uri":%q,"line-number":%d,"column-number":5,"source-file":%q,"status-code":200,"script-sample":""}}`,
		reportPage, line, policy, blocked, line, script)
}

func modernReport(blocked, script, policy string, line int) string {
	return fmt.Sprintf(`{"age":3,"body":{"blockedURL":%q,"columnNumber":5,"disposition":"enforce","documentURL":"%[2]s_%[3]d","effectiveDirective":"script-src-elem","lineNumber":%[3]d,"originalPolicy":%[4]q,"referrer":"","sample":"","sourceFile":%[5]q,"statusCode":200},"type":"csp-violation","url":"%[2]s_%[3]d","user_agent":"Mozilla/5.0"}`,
		blocked, reportPage, line, policy, script)
}

// poster sends reports over a few connections, the next as soon as the last is answered.
type poster struct {
	addr, path string
	// next makes the n-th request: its body, and header lines of its own, each ending in CRLF.
	next func(n int) (body, header string)
	// ends is set when the server is going to be stopped, and a connection that breaks is no error.
	ends bool
}

// inTurn sends one body after the other, and begins again.
func inTurn(bodies []string) func(int) (body, header string) {
	return func(n int) (string, string) { return bodies[n%len(bodies)], "" }
}

const lanes = 8

// send sends n bodies and returns how many were answered.
func (p *poster) send(b *testing.B, n int) int64 {
	b.Helper()
	var answered atomic.Int64
	var wg sync.WaitGroup
	for lane := range lanes {
		wg.Go(func() {
			if err := p.lane(lane, n, &answered); err != nil && !p.ends {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	return answered.Load()
}

// lane sends its share over one connection.
func (p *poster) lane(lane, n int, answered *atomic.Int64) error {
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	answers := bufio.NewReader(c)
	for i := lane; i < n; i += lanes {
		body, header := p.next(i)
		_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: wiki.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36\r\nContent-Type: application/csp-report\r\n%sContent-Length: %d\r\n\r\n%s",
			p.path, header, len(body), body)
		if err != nil {
			return err
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			return err
		}
		if answer.StatusCode != http.StatusNoContent {
			return errors.New(answer.Status)
		}
		answered.Add(1)
	}
	return nil
}
