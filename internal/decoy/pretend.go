package decoy

import (
	"net/http"
	"strings"
	"sync"

	"sallyport/internal/fakewiki"
	"sallyport/internal/wiki"
)

// Pretend is the pretend wiki as a source. What load.php answers is kept: it is the same for everybody, and making it is most of the
// work.
type Pretend struct {
	Wiki *fakewiki.Wiki

	site *wiki.Site
	mu   sync.Mutex
	load map[string]*buffer
}

// NewPretend is a source of a pretend wiki that nobody else changes any more.
func NewPretend(w *fakewiki.Wiki) *Pretend {
	return &Pretend{Wiki: w, site: w.Site(), load: map[string]*buffer{}}
}

// Site says how titles are read.
func (p *Pretend) Site() *wiki.Site { return p.site }

// Serve answers as the pretend wiki does.
func (p *Pretend) Serve(w http.ResponseWriter, r *http.Request, as Look) {
	through := fakewiki.Through{User: as.Persona, Skin: as.Skin, Lang: as.Lang, Server: as.Server, ID: as.ID, Now: as.Now}
	if through.User == "" {
		through.User = "-"
	}
	if !strings.HasSuffix(r.URL.Path, "/load.php") {
		p.Wiki.ServeHTTP(w, through.Ask(r))
		return
	}
	key := as.Server + "|" + as.ID + "|" + r.URL.RawQuery
	p.mu.Lock()
	b := p.load[key]
	p.mu.Unlock()
	if b == nil {
		b = &buffer{header: http.Header{}}
		p.Wiki.ServeHTTP(b, through.Ask(r))
		b.header.Set("Cache-Control", "private, max-age=600")
		p.mu.Lock()
		if len(p.load) < 500 {
			p.load[key] = b
		}
		p.mu.Unlock()
	}
	for name, values := range b.header {
		w.Header()[name] = values
	}
	w.WriteHeader(b.status)
	_, _ = w.Write(b.body.Bytes())
}
