package registry

import (
	"context"
	"slices"
	"strings"
)

type messageKey struct{ lang, keys string }

// Messages returns the wiki's texts for message keys in one language. Answers are a minute old at most while the wiki
// answers; when it does not, a key's own name stands in, as an unknown message's does in MediaWiki.
func (r *Registry) Messages(ctx context.Context, keys []string, lang string) map[string]string {
	if len(keys) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(keys))
	key := messageKey{lang, strings.Join(sorted, "|")}
	if m, ok := r.messages.GetIfPresent(key); ok {
		return m
	}
	m, err := r.wiki.Messages(ctx, sorted, lang)
	if err != nil {
		r.log.Warn("messages not read", "wiki", r.Site.ID, "err", err)
		m = map[string]string{}
		for _, k := range sorted {
			m[k] = "⧼" + k + "⧽"
		}
		return m
	}
	r.messages.Set(key, m)
	return m
}
