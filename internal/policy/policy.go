// Package policy composes the Content Security Policy of each reader: what everybody has, and what the gadgets this reader
// switched on were granted.
//
//	base ∪ grants to everybody ∪ grants to this reader's gadgets ∪ the reader's own ──► one header, cached by what went in
//
// A server that one gadget needs is open to nobody who does not have that gadget, and a header stays short.
package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/csp"
)

// Sizes of a header, in bytes. nginx with default buffers answers 502 above 4 KiB of headers in all; browsers send what is
// longer than 4 KiB uncompressed with every answer (HPACK).
const (
	Warn = 3 << 10
	Most = 16 << 10
)

// ErrTooLong is returned for a policy that no proxy in between would let through.
var ErrTooLong = errors.New("the policy is too long for a header")

// Grant is a server that a page may use.
type Grant struct {
	Directive string // as in [csp.Policy.Grant]
	Source    csp.Source
}

// Set is what was granted at once. Two sets with one key are the same.
type Set struct {
	Key    string // for instance "gadget 12 revision 345"
	Grants []Grant
}

// SetOf makes the set of grants: its key is what they say, so that readers with the same grants share a header.
func SetOf(grants []Grant) Set {
	text := func(g Grant) string { return g.Directive + " " + g.Source.String() }
	list := slices.Clone(grants)
	slices.SortFunc(list, func(a, b Grant) int { return strings.Compare(text(a), text(b)) })
	list = slices.Compact(list)
	lines := make([]string, len(list))
	for i, g := range list {
		lines[i] = text(g)
	}
	return Set{Key: strings.Join(lines, "\n"), Grants: list}
}

// Wiki says where a wiki's own pages get their parts from.
type Wiki struct {
	Origin     string // as browsers know it: "https://wiki.example"
	ScriptPath string // $wgScriptPath
	Own        string // path of Sallyport on the wiki: "/sallyport"
	// Raw allows pages served with action=raw as scripts, which importScript() and many personal scripts load.
	Raw bool
}

// Base is what every page of a wiki needs. MediaWiki's inline scripts and its module store need 'unsafe-inline' and
// 'unsafe-eval' (includes/ResourceLoader/ClientHtml.php); scripts come from load.php and from the folders that the software
// itself came in, never from the answers of api.php or, unless Raw, from pages.
func Base(w Wiki) (*csp.Policy, error) {
	at := func(path string) string { return w.Origin + w.ScriptPath + path }
	code := []string{at("/load.php"), at("/resources/"), at("/skins/"), at("/extensions/"), w.Origin + w.Own + "/"}
	scripts := slices.Clone(code)
	if w.Raw {
		scripts = append(scripts, at("/index.php"))
	}
	for _, s := range scripts {
		if _, why := csp.ParseSource(s); why != "" {
			return nil, fmt.Errorf("the wiki cannot have a policy: %q %s", s, why)
		}
	}
	text := strings.Join([]string{
		"default-src 'self'",
		"script-src " + strings.Join(scripts, " ") + " 'unsafe-inline' 'unsafe-eval'",
		"style-src " + strings.Join(append(code, at("/index.php")), " ") + " 'unsafe-inline'",
		"img-src 'self' data: blob:", "media-src 'self' data: blob:", "font-src 'self' data:",
		"connect-src 'self'", "frame-src 'self'", "worker-src 'self' blob:", "manifest-src 'self'",
		"object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'self'",
	}, "; ")
	p, problems := csp.Parse(text)
	if len(problems) > 0 {
		return nil, fmt.Errorf("the wiki cannot have a policy: %s", problems[0])
	}
	return p, nil
}

// Composer joins grants to a base. It is safe for use by many at once.
type Composer struct {
	base  *csp.Policy
	cache *otter.Cache[string, composed]
	sizes sizes
}

type composed struct {
	header string
	err    error
}

// NewComposer remembers as many different headers as readers commonly have: most share theirs with others.
func NewComposer(base *csp.Policy) *Composer {
	return &Composer{base: base, cache: otter.Must(&otter.Options[string, composed]{MaximumSize: 20_000})}
}

// Header is the value of the header for a reader with these sets. When it would be too long, the error says so and the
// header is that of the base: what the reader has is then blocked rather than everybody's pages lost.
func (c *Composer) Header(sets ...Set) (string, error) {
	var key string
	switch len(sets) {
	case 0:
	case 1:
		key = sets[0].Key
	default:
		keys := make([]string, len(sets))
		for i := range sets {
			keys[i] = sets[i].Key
		}
		slices.Sort(keys)
		key = strings.Join(keys, "\n")
	}
	made, ok := c.cache.GetIfPresent(key)
	if !ok {
		made = c.compose(sets)
		c.cache.Set(key, made)
	}
	if key != "" {
		c.sizes.add(len(made.header))
	}
	return made.header, made.err
}

// Below is a size in bytes that a share of the headers did not exceed that readers with grants were sent, for instance 0.95;
// 0 when there were none.
func (c *Composer) Below(share float64) int { return c.sizes.below(share) }

func (c *Composer) compose(sets []Set) composed {
	by := map[string][]csp.Source{}
	for _, s := range sets {
		for _, g := range s.Grants {
			by[g.Directive] = append(by[g.Directive], g.Source)
		}
	}
	p := c.base
	for _, directive := range sorted(by) {
		list := by[directive]
		slices.SortFunc(list, func(a, b csp.Source) int { return strings.Compare(a.String(), b.String()) })
		p = p.Grant(directive, slices.Compact(list)...)
	}
	text := p.Minimise().String()
	if len(text) > Most {
		return composed{c.base.Minimise().String(), fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(text), Most)}
	}
	return composed{header: text}
}

func sorted(by map[string][]csp.Source) []string {
	var list []string
	for k := range by {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
