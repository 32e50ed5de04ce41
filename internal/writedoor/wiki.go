package writedoor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"sallyport/internal/wiki"
)

// Ask sends a question to api.php (format=json, formatversion=2) and returns the answer's body. It should ask as somebody
// who may read the wiki. Errors are those of the network, and answers that are no answer.
type Ask func(ctx context.Context, params map[string]string) ([]byte, error)

// siteAge is how long names of namespaces, special pages and modules are believed.
const siteAge = 5 * time.Minute

// Asking is the [Resolver] that asks a wiki's api.php. It is safe for concurrent use.
type Asking struct {
	ask   Ask
	known func(ctx context.Context) (*wiki.Site, error)
	now   func() time.Time

	mu      sync.Mutex
	site    *Site
	read    time.Time
	modules map[string]Module
}

// NewAsking makes a resolver. known tells namespaces and addresses, for instance mediawiki.Client.Site.
func NewAsking(ask Ask, known func(ctx context.Context) (*wiki.Site, error), now func() time.Time) *Asking {
	return &Asking{ask: ask, known: known, now: now}
}

// Site asks again when the last answer is older than five minutes, and goes on with that when the wiki does not answer.
func (a *Asking) Site(ctx context.Context) (*Site, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.site != nil && a.now().Sub(a.read) < siteAge {
		return a.site, nil
	}
	site, err := a.askSite(ctx)
	if err != nil {
		if a.site != nil {
			return a.site, nil
		}
		return nil, err
	}
	a.site, a.read, a.modules = site, a.now(), map[string]Module{}
	return site, nil
}

func (a *Asking) askSite(ctx context.Context) (*Site, error) {
	words, err := a.known(ctx)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Query struct {
			General struct {
				Script             string
				VariantArticlePath any
				Variants           []struct{ Code string }
			}
			SpecialPageAliases []struct {
				RealName string
				Aliases  []string
			}
		}
	}
	if err := a.into(ctx, &answer, map[string]string{"action": "query", "meta": "siteinfo", "siprop": "general|specialpagealiases"}); err != nil {
		return nil, err
	}
	g := &answer.Query.General
	s := &Site{Wiki: words, Script: g.Script, Special: map[string]string{}}
	s.VariantPath, _ = g.VariantArticlePath.(string)
	for _, v := range g.Variants {
		s.Variants = append(s.Variants, v.Code)
	}
	for _, p := range answer.Query.SpecialPageAliases { // every page's own name wins over aliases
		s.Special[strings.ToUpper(p.RealName)] = p.RealName
	}
	for _, p := range answer.Query.SpecialPageAliases {
		for _, alias := range p.Aliases {
			folded := strings.ToUpper(strings.ReplaceAll(alias, " ", "_"))
			if _, taken := s.Special[folded]; !taken {
				s.Special[folded] = p.RealName
			}
		}
	}
	return s, nil
}

func (a *Asking) into(ctx context.Context, v any, q map[string]string) error {
	q["format"], q["formatversion"] = "json", "2"
	body, err := a.ask(ctx, q)
	if err != nil {
		return err
	}
	var refusal struct{ Error *struct{ Code, Info string } }
	if err := json.Unmarshal(body, &refusal); err != nil {
		return fmt.Errorf("the wiki's answer is not JSON: %w", err)
	}
	if refusal.Error != nil {
		return fmt.Errorf("the wiki refuses: %s (%s)", refusal.Error.Info, refusal.Error.Code)
	}
	return json.Unmarshal(body, v)
}
