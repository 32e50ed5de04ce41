package cli

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"sallyport/internal/collect"
	"sallyport/internal/config"
	"sallyport/internal/csp"
	"sallyport/internal/gateway"
	"sallyport/internal/policy"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// foldFor is how long reports are folded before they are kept; a crash loses that much.
const foldFor = 5 * time.Second

// reportPath is where browsers report to, below [base].
const reportPath = "/csp-report"

// policing is the policy in front of a wiki, and the collector of what browsers say about it.
type policing struct {
	collector *collect.Collector
	headers   *policy.Composer
	mode      string
	// tls: browsers that know report-to leave report-uri alone, and send nothing to report-to without TLS.
	tls bool

	mu     sync.Mutex
	signed map[string]signedHeader // by policy
}

// signedHeader is a policy with the address to report to, which is signed anew every hour.
type signedHeader struct {
	hour              int64
	policy, endpoints string
}

// openPolicy makes the policy that the settings ask for; nil for none.
func openPolicy(ctx context.Context, c config.Policy, origin string, site *wiki.Site, db store.Store, log *slog.Logger) (*policing, error) {
	if c.Mode == "" || c.Mode == "off" {
		return nil, nil
	}
	all, err := policy.Base(policy.Wiki{Origin: origin, ScriptPath: site.ScriptPath, Own: base, Raw: c.RawScripts})
	if err != nil {
		return nil, err
	}
	for directive, sources := range c.Allow {
		for _, text := range sources {
			s, why := csp.ParseSource(text)
			if why != "" || csp.Fallbacks(directive) == nil && directive != "form-action" && directive != "frame-ancestors" {
				return nil, fmt.Errorf("policy.allow: %s = %q cannot stand in a policy %s", directive, text, why)
			}
			all = all.Grant(directive, s)
		}
	}
	key, err := db.Secret(ctx, "csp-reports")
	if err != nil {
		return nil, err
	}
	node := make([]byte, 8)
	_, _ = rand.Read(node) // never fails (crypto/rand)
	return &policing{
		headers: policy.NewComposer(all), mode: c.Mode, tls: strings.HasPrefix(origin, "https:"), signed: map[string]signedHeader{},
		collector: collect.New(collect.Options{
			Wiki: site.ID, Origins: []string{origin}, Store: db, Key: key, Node: hex.EncodeToString(node), Clock: time.Now, Log: log,
		}),
	}, nil
}

// run keeps what browsers report until ctx ends.
func (p *policing) run(ctx context.Context) error { return p.collector.Run(ctx, time.Tick(foldFor)) }

// gate is the policy as the gateway takes it; nil without one.
func (p *policing) gate() *gateway.Policy {
	if p == nil {
		return nil
	}
	return &gateway.Policy{ReportOnly: p.mode == "report", Header: func(*http.Request) (string, string) {
		text, _ := p.headers.Header() // one that is too long is the base, which fits
		return p.reporting(text, time.Now())
	}}
}

// reporting adds where to report to.
func (p *policing) reporting(text string, now time.Time) (header, endpoints string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.signed[text]
	if hour := now.Unix() / 3600; !ok || known.hour != hour {
		if len(p.signed) >= 10_000 {
			p.signed = map[string]signedHeader{}
		}
		sum := sha256.Sum256([]byte(text))
		address := base + reportPath + "?v=" + p.collector.Sign(hex.EncodeToString(sum[:6]))
		known = signedHeader{hour: hour, policy: text + "; report-uri " + address}
		if p.tls {
			known.policy, known.endpoints = known.policy+"; report-to sallyport", fmt.Sprintf("sallyport=%q", address)
		}
		p.signed[text] = known
	}
	return known.policy, known.endpoints
}

// String says in one line what the policy is, for the start of serve.
func (p *policing) String() string {
	if p == nil {
		return "none: policy.mode is off"
	}
	return map[string]string{"report": "browsers say what it would block", "enforce": "enforced"}[p.mode]
}
