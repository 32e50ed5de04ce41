package browser

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Proof remembers which browsers, at which levels, have passed the self-test, so that programs which start many browsers
// make it once. The zero value remembers nothing.
type Proof struct {
	mu     sync.Mutex
	passed map[string]bool
}

// of makes the self-test unless the same browser has passed it at the same level.
func (p *Proof) of(ctx context.Context, b *Browser) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := b.process.path + " " + b.process.String() + strings.Join(b.process.arguments, " ")
	if p.passed[key] {
		return nil
	}
	if _, err := b.selfTest(ctx, must, 200*time.Millisecond); err != nil {
		return err
	}
	if p.passed == nil {
		p.passed = map[string]bool{}
	}
	p.passed[key] = true
	return nil
}

// canary is an inert page that tries every way out there is. Each channel asks for a name of its own below probe.test; those that take
// an address ask for TEST-NET and for our control port.
//
//go:embed canary.html
var canary string

//go:embed canary.js
var canaryScript string

const canaryHost = "probe.test"

// must are the channels that have to come in before the self-test believes that the page ran. Which others come in differs between
// versions of the browser; what matters is that nothing comes out elsewhere.
var must = []string{"fetch", "xhr", "image", "frame", "beacon", "socket", "worker", "worker-socket", "shared", "service", "popup", "literal"}

// onLeaving is the channel that a page opens when it is left.
const onLeaving = "unload"

func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })
}

// probes is what a self-test saw come in.
type probes struct {
	mu   sync.Mutex
	seen map[string]int
}

func (p *probes) note(channel string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[string]int{}
	}
	p.seen[channel]++
}

func (p *probes) missing(want []string) (left []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range want {
		if p.seen[w] == 0 {
			left = append(left, w)
		}
	}
	return left
}

func (p *probes) names() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name := range p.seen {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// selfTest runs the canary page, waits for the channels wanted and for so long after, and returns ErrLeak when anything went past
// the proxy.
func (b *Browser) selfTest(ctx context.Context, want []string, after time.Duration) (*probes, error) {
	control, err := newControl(ctx)
	if err != nil {
		return nil, err
	}
	defer control.close()
	got := &probes{}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	c, err := b.NewContext(ctx, ContextOptions{
		Handler: &canaryServer{got: got, control: control.port()},
		Socket:  func(r *http.Request, _ *Socket) { got.note(channel(r)) },
		//Events: func(e Event) { fmt.Fprintf(os.Stderr, "%.300s\n", fmt.Sprint(e)) },
	})
	if err != nil {
		return nil, fmt.Errorf("self-test: %w", err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Navigate(ctx, "https://"+canaryHost+"/"); err != nil && !errors.Is(err, ErrLeak) {
		return got, fmt.Errorf("self-test: %w", err)
	}
	for deadline := time.Now().Add(5 * time.Second); len(got.missing(without(want, onLeaving))) > 0 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(after)
	_ = c.Navigate(ctx, "about:blank") // some channels open when a page is left
	time.Sleep(after / 2)
	if err := b.leaks(control); err != nil {
		return got, err
	}
	if left := got.missing(want); len(left) > 0 {
		return got, fmt.Errorf("self-test: the inert page did not come to try %s", strings.Join(left, ", "))
	}
	return got, nil
}

// leaks says what the witnesses saw.
func (b *Browser) leaks(control *control) error {
	if n := control.reached.Load(); n > 0 {
		return fmt.Errorf("%w: %d connections or packets came to port %d of this machine", ErrLeak, n, control.port())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.leak
}

// channel is the name a request was made under.
func channel(r *http.Request) string {
	name, below := strings.CutSuffix(r.URL.Hostname(), "."+canaryHost)
	switch {
	case below:
		return name
	case r.URL.Hostname() == canaryHost:
		return strings.TrimPrefix(r.URL.Path, "/")
	case strings.HasPrefix(r.URL.Scheme, "ws"):
		return "literal-socket"
	}
	return "literal"
}

// canaryServer answers whatever the page may ask for with something fitting.
type canaryServer struct {
	got     *probes
	control int
}

func (s *canaryServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.got.note(channel(r))
	fill := strings.NewReplacer("CONTROL", strconv.Itoa(s.control)).Replace
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Headers", "*")
	h.Set("Cache-Control", "no-store")
	h.Set("Supports-Loading-Mode", "credentialed-prerender")
	switch {
	case r.URL.Path == "/" && r.URL.Hostname() == canaryHost:
		h.Set("Content-Type", "text/html")
		h.Set("Reporting-Endpoints", `default="https://report.probe.test/"`)
		h.Set("Content-Security-Policy-Report-Only", "img-src 'none'; report-uri https://csp.probe.test/")
		_, _ = w.Write([]byte(fill(canary)))
	case strings.HasSuffix(r.URL.Path, ".js"):
		h.Set("Content-Type", "text/javascript")
		h.Set("Service-Worker-Allowed", "/")
		_, _ = w.Write([]byte(fill(canaryScript)))
	case strings.HasSuffix(r.URL.Path, ".css"):
		h.Set("Content-Type", "text/css")
		_, _ = w.Write([]byte(`@import "https://css-import.probe.test/x";`))
	case r.URL.Path == "/.well-known/web-identity":
		h.Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"provider_urls":["https://fedcm.probe.test/config.json"]}`))
	case channel(r) == "download":
		h.Set("Content-Disposition", "attachment; filename=inert.bin")
		_, _ = w.Write([]byte("inert"))
	default:
		h.Set("Content-Type", "text/html")
	}
}
