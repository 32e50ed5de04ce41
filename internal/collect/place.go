package collect

import (
	"bytes"
	"strings"
	"sync"

	"sallyport/internal/csp"
	"sallyport/internal/violation"
)

// A place is what of an address is kept.
type place struct {
	origin string
	path   string // without query and fragment; cut at 255 bytes
	noise  violation.Noise
}

// places remembers addresses it has taken apart: a reader's reports, and many readers', name the same few.
type places struct {
	noise *Noise
	mu    sync.Mutex
	known map[string]*place
}

// Bounds on [places]. When it is full, it begins again.
const (
	maxPlaces     = 4096
	maxKnownPlace = 512
)

// at takes an address apart. Without its path many addresses are one.
func (p *places) at(raw []byte, withPath bool) *place {
	raw, _, _ = bytes.Cut(raw, []byte("#"))
	raw, _, _ = bytes.Cut(raw, []byte("?"))
	if !withPath {
		raw = raw[:authorityEnd(raw)]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.known[string(raw)]; known != nil {
		return known
	}
	one := &place{noise: p.noise.address(raw)}
	one.origin, one.path = origin(raw)
	if p.known == nil || len(p.known) >= maxPlaces {
		p.known = map[string]*place{}
	}
	if len(raw) <= maxKnownPlace {
		p.known[string(raw)] = one
	}
	return one
}

// authorityEnd is where the path of an address begins.
func authorityEnd(raw []byte) int {
	start := bytes.Index(raw, []byte("://"))
	if start < 0 {
		return len(raw)
	}
	if i := bytes.IndexByte(raw[start+3:], '/'); i >= 0 {
		return start + 3 + i
	}
	return len(raw)
}

// origin takes an address apart and drops its query and fragment. A bare scheme, as some engines write, is one too.
func origin(raw []byte) (origin, path string) {
	text := string(raw)
	if text != "" && !strings.Contains(text, ":") {
		text += ":"
	}
	a := csp.ParseAddress(text)
	return bounded(printable(a.Origin()), 255), bounded(printable(a.Path), 255)
}

func bounded(s string, most int) string { return strings.ToValidUTF8(s[:min(len(s), most)], "") }

// printable keeps control characters out of what people will read and stores refuse.
func printable(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	return s
}
