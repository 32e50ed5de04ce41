package cli

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"sallyport/internal/collect"
	"sallyport/internal/config"
	"sallyport/internal/csp"
	"sallyport/internal/culprit"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/policy"
	"sallyport/internal/registry"
	"sallyport/internal/rollout"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// foldFor is how long reports are folded before they are kept; a crash loses that much.
const foldFor = 5 * time.Second

// reportPath is where browsers report to, below [base].
const reportPath = "/csp-report"

// storePatience is how long an answer waits for what its reader granted. While the store does not say, it is what it said last,
// or what everybody gets.
const storePatience = 250 * time.Millisecond

// policing is the policy in front of a wiki, and the collector of what browsers say about it.
type policing struct {
	collector *collect.Collector
	finder    *culprit.Finder
	store     store.Store
	rollout   *rollout.Keeper
	headers   composers
	// tls: browsers that know report-to leave report-uri alone, and send nothing to report-to without TLS.
	tls      bool
	registry *registry.Registry
	readers  *gateway.Readers
	allowed  []policy.Grant // what the settings let everybody use
	switches *switching
	log      *slog.Logger

	mu     sync.Mutex
	signed map[string]signedHeader // by policy
	told   telling
}

// served is a policy that readers are sent, before what they granted is added.
type served struct {
	headers    *policy.Composer
	reportOnly bool
}

// signedHeader is a policy with the address to report to, which is signed anew every hour.
type signedHeader struct {
	hour                  int64
	id, policy, endpoints string
}

// readPolicy reads what the settings let everybody use, and what they say of the rest; nil when there is to be no policy.
func readPolicy(c config.Policy, origin string, site *wiki.Site) (*policy.Operators, []policy.Grant, error) {
	if c.Mode == "" || c.Mode == "off" {
		return nil, nil, nil
	}
	all, err := policy.Base(policy.Wiki{Origin: origin, ScriptPath: site.ScriptPath, Own: base, Raw: c.RawScripts})
	if err != nil {
		return nil, nil, err
	}
	var allowed []policy.Grant
	for directive, sources := range c.Allow {
		for _, text := range sources {
			s, why := csp.ParseSource(text)
			if why != "" || csp.Fallbacks(directive) == nil && directive != "form-action" && directive != "frame-ancestors" {
				return nil, nil, fmt.Errorf("policy.allow: %s = %q cannot stand in a policy %s", directive, text, why)
			}
			all = all.Grant(directive, s)
			allowed = append(allowed, policy.Grant{Directive: directive, Source: s})
		}
	}
	o := &policy.Operators{Everybody: all}
	if o.Refuse, err = policy.ReadHosts(c.Refuse); err == nil {
		o.Review, err = policy.ReadHosts(c.Review)
	}
	return o, allowed, err
}

// openPolicy makes the policy that the settings ask for; nil for none.
func openPolicy(ctx context.Context, p parts, client *mediawiki.Client, reg *registry.Registry, stops *breaking, keeper *rollout.Keeper, off *switching) (*policing, error) {
	origin := wikiOrigin(p.origin, reg.Site)
	all, allowed, err := readPolicy(p.policy, origin, reg.Site)
	if err != nil || all == nil {
		return nil, err
	}
	key, err := p.store.Secret(ctx, "csp-reports")
	if err != nil {
		return nil, err
	}
	cookie := ""
	if stops != nil {
		cookie = stops.sessions.Cookie
	} else if cookie, err = sessionCookie(ctx, p, reg.Site); err != nil {
		return nil, err
	}
	node := make([]byte, 8)
	_, _ = rand.Read(node) // never fails (crypto/rand)
	readers := gateway.NewReaders(cookie, gateway.NewWho(client.WhoAmI).Sent, time.Now, p.log)
	reports := collect.Options{
		Wiki: reg.Site.ID, Origins: []string{origin}, Store: p.store, Key: key, Node: hex.EncodeToString(node), Clock: time.Now, Log: p.log,
	}
	finder := attribute(&reports, p, reg, readers)
	return &policing{
		rollout: keeper, tls: strings.HasPrefix(origin, "https:"), signed: map[string]signedHeader{},
		registry: reg, readers: readers, switches: off, allowed: allowed, log: p.log,
		collector: collect.New(reports), finder: finder, store: p.store,
	}, nil
}

// gate is the policy as the gateway takes it; nil without one.
func (p *policing) gate() *gateway.Policy {
	if p == nil {
		return nil
	}
	return &gateway.Policy{Readers: p.readers, For: p.answer}
}

// bases are the policies that a reader is sent, by the account's id; "" is what everybody without an account is sent.
func (p *policing) bases(reader string) []served {
	list := make([]served, 0, 3)
	for _, one := range p.rollout.For(reader) {
		list = append(list, served{p.headers.of(one.Policy), one.ReportOnly})
	}
	return list
}

// answer is what a reader's pages carry: the bases, each with what the reader granted.
func (p *policing) answer(ctx context.Context, reader wiki.User, beside []string) gateway.Answer {
	who, granted := "", &registry.Granted{}
	if reader.ID != 0 {
		who, granted = strconv.FormatInt(reader.ID, 10), p.grantedBy(ctx, reader)
	}
	p.compare(beside, granted.Set)
	a := gateway.Answer{Held: granted.Keys()}
	var endpoints []string
	for _, one := range p.bases(who) {
		text, err := one.headers.Header(granted.Set)
		if err != nil { // then it is the base
			a.Held = ""
		}
		text = p.switches.Without(text)
		p.told.size(p.log, len(text), err)
		s := p.reporting(text, time.Now())
		if s.endpoints != "" {
			endpoints = append(endpoints, s.endpoints)
		}
		if one.reportOnly {
			a.ReportOnly, a.Version = append(a.ReportOnly, s.policy), a.Version+"r"+s.id
		} else {
			a.Enforced, a.Version = append(a.Enforced, s.policy), a.Version+"e"+s.id
		}
	}
	a.Endpoints = strings.Join(endpoints, ", ")
	return a
}

// grantedBy is what a reader granted; nothing when that cannot be known.
func (p *policing) grantedBy(ctx context.Context, reader wiki.User) *registry.Granted {
	ctx, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	g, err := p.registry.Granted(ctx, store.Account{Wiki: p.registry.Site.ID, UserID: reader.ID, Name: reader.Name, Groups: reader.Groups, Rights: reader.Rights})
	if err != nil {
		if !errors.Is(err, context.Canceled) { // the browser went away
			p.log.Warn("a page goes out without what its reader granted", "err", err)
		}
		return &registry.Granted{}
	}
	return g
}

// reporting adds where to report to. Reports name the policy they are about by its id.
func (p *policing) reporting(text string, now time.Time) signedHeader {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.signed[text]
	if hour := now.Unix() / 3600; !ok || known.hour != hour {
		if len(p.signed) >= 10_000 {
			p.signed = map[string]signedHeader{}
		}
		id := policyID(text)
		address := base + reportPath + "?v=" + p.collector.Sign(id)
		known = signedHeader{hour: hour, id: id, policy: text + "; report-uri " + address}
		if p.tls {
			known.policy, known.endpoints = known.policy+"; report-to "+id, fmt.Sprintf("%s=%q", id, address)
		}
		p.signed[text] = known
	}
	return known
}

// policyID names a policy: a letter and a hash of its text without the address to report to.
func policyID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "p" + hex.EncodeToString(sum[:6])
}

// String says in one line what the policy is, for the start of serve.
func (p *policing) String() string {
	if p == nil {
		return "none: policy.mode is off"
	}
	_, enforced := p.rollout.InForce()
	return map[bool]string{false: "browsers say what it would block", true: "enforced"}[enforced]
}
