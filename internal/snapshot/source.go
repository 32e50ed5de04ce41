package snapshot

import (
	"net/http"
	"strings"

	"sallyport/internal/decoy"
	"sallyport/internal/wiki"
)

// Source is a snapshot as the decoy's source; what is not recorded is answered by another one, under the same names.
type Source struct {
	*Snapshot
	Fallback decoy.Source
}

// Site says how titles are read.
func (s *Source) Site() *wiki.Site { return &s.Snapshot.Site }

// Serve answers as the recorded wiki did.
func (s *Source) Serve(w http.ResponseWriter, r *http.Request, as decoy.Look) {
	s.Snapshot.Serve(w, r, as.Key, as.Server, func(w http.ResponseWriter, r *http.Request) {
		if s.Snapshot.Site.ScriptPath == "" { // the pretend wiki has its scripts below /w
			for _, script := range []string{"/api.php", "/index.php", "/load.php", "/rest.php"} {
				if strings.HasPrefix(r.URL.Path, script) {
					r = r.Clone(r.Context())
					r.URL.Path = "/w" + r.URL.Path
				}
			}
		}
		s.Fallback.Serve(w, r, as)
	})
}

// Cast are the people as whom the wiki was read.
func (s *Snapshot) Cast() []decoy.Persona {
	var out []decoy.Persona
	for _, p := range s.People {
		out = append(out, decoy.Persona{Key: p.Key, Name: p.Name, Groups: p.Groups, Edits: 1000})
	}
	return out
}
