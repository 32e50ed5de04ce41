package mediawiki

import "context"

// Messages returns interface messages in a language, as the wiki has them (so with what its MediaWiki namespace says),
// not parsed. Keys the wiki does not know are absent.
func (c *Client) Messages(ctx context.Context, keys []string, lang string) (map[string]string, error) {
	type answer struct {
		AllMessages []struct {
			Name, Content string
			Missing       bool
		}
	}
	texts := map[string]string{}
	for joined := range batches(keys) {
		v := values{"meta": "allmessages", "ammessages": joined, "amlang": lang}
		err := query(ctx, c, v, func(a *answer) error {
			for _, m := range a.AllMessages {
				if !m.Missing {
					texts[m.Name] = m.Content
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return texts, nil
}
