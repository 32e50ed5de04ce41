package gateway

import "net/http"

// Policy gives every answer of the wiki's origin a Content Security Policy: pages, and also what load.php, api.php and raw
// pages answer, because a worker or a frame made of one of those would otherwise be free (a worker has the policy of its own
// file). Sallyport's own pages carry their own, and what the wiki sends itself stays: browsers enforce both.
type Policy struct {
	// Header is the policy for a request, and the value of Reporting-Endpoints.
	Header func(r *http.Request) (policy, endpoints string)
	// ReportOnly has browsers say what would be blocked.
	ReportOnly bool
}

const enforcing = "Content-Security-Policy"

func (p *Policy) on(next http.Handler, base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&policing{ResponseWriter: w, policy: p, r: r, own: ownPath(r, base)}, r)
	})
}

type policing struct {
	http.ResponseWriter
	policy *Policy
	r      *http.Request
	own    bool
	begun  bool
}

func (p *policing) WriteHeader(status int) {
	if !p.begun && status >= http.StatusOK {
		p.begun = true
		if h := p.Header(); !p.own || h.Get(enforcing) == "" {
			name := enforcing
			if p.policy.ReportOnly {
				name += "-Report-Only"
			}
			policy, endpoints := p.policy.Header(p.r)
			h.Add(name, policy)
			if endpoints != "" {
				h.Add("Reporting-Endpoints", endpoints)
			}
		}
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *policing) Write(b []byte) (int, error) {
	if !p.begun {
		p.WriteHeader(http.StatusOK)
	}
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find Flush and Hijack.
func (p *policing) Unwrap() http.ResponseWriter { return p.ResponseWriter }
