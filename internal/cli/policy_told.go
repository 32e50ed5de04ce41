package cli

import (
	"log/slog"
	"sync"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/policy"
)

// compareEvery is how often it is looked whether the wiki's own policy blocks what the same readers granted. MediaWiki's differs
// from page to page where it has nonces.
const compareEvery = time.Minute

// mostTold bounds what is remembered of what was said.
const mostTold = 1000

// telling says things once.
type telling struct {
	mu       sync.Mutex
	sizes    [policy.Most>>10 + 1]bool
	compared map[string]time.Time // by key of what was granted
	blocked  map[string]bool      // grants that the wiki's own policy blocks
}

// size warns of headers that proxies may not pass, once for every KiB.
func (t *telling) size(log *slog.Logger, bytes int, err error) {
	if err == nil && bytes <= policy.Warn {
		return
	}
	step := min(bytes>>10, len(t.sizes)-1)
	if err != nil {
		step = len(t.sizes) - 1
	}
	t.mu.Lock()
	told := t.sizes[step]
	t.sizes[step] = true
	t.mu.Unlock()
	switch {
	case told:
	case err != nil:
		log.Warn("what a reader granted does not fit into a header; their pages go out without it", "err", err)
	default:
		log.Warn("somebody's policy is so long that a proxy in front may refuse the answer (nginx: proxy_buffer_size)", "bytes", bytes)
	}
}

// compare looks whether the wiki's own policy blocks what was granted. Browsers enforce both, so the grant does not help then.
func (p *policing) compare(beside []string, set policy.Set) {
	if len(beside) == 0 || !p.told.turn(set.Key, time.Now()) {
		return
	}
	own, _ := csp.ParseHeader(beside...)
	for _, g := range policy.Blocked(own, append(set.Grants[:len(set.Grants):len(set.Grants)], p.allowed...)) {
		if p.told.first(g.Directive + " " + g.Source.String()) {
			p.log.Warn("the wiki sends a policy of its own that blocks what is granted here; add it to $wgCSPHeader", "directive", g.Directive, "source", g.Source.String())
		}
	}
}

// turn says whether it is time to look again.
func (t *telling) turn(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.compared[key]; ok && now.Sub(last) < compareEvery {
		return false
	}
	if t.compared == nil || len(t.compared) >= mostTold {
		t.compared = map[string]time.Time{}
	}
	t.compared[key] = now
	return true
}

// first says whether a grant was not named yet.
func (t *telling) first(grant string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.blocked[grant] || len(t.blocked) >= mostTold {
		return false
	}
	if t.blocked == nil {
		t.blocked = map[string]bool{}
	}
	t.blocked[grant] = true
	return true
}
