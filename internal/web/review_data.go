package web

import "strconv"

type reviewJSON struct {
	Title    string `json:"title"`
	Revision int64  `json:"revision"`
	SHA256   string `json:"sha256"`
	Author   string `json:"author,omitempty"`
	Saved    string `json:"saved"`
	Tier     string `json:"tier,omitempty"`
	Current  bool   `json:"current"`         // the page has this text
	Score    *int   `json:"score,omitempty"` // absent: not read yet
	Served   *int   `json:"score_served,omitempty"`
	People   *int   `json:"people,omitempty"`
}

// knownNumber is a number unless it is negative.
func knownNumber(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

func (p *pages) reviewJSON(v *visit) error {
	rows, err := p.waitingTexts(v)
	if err != nil {
		return err
	}
	all := make([]reviewJSON, len(rows))
	for i, r := range rows {
		all[i] = reviewJSON{
			r.Name, r.RevID, string(r.Digest), r.Author, stamp(r.Saved), r.Tier, !r.Past, knownNumber(r.Score), knownNumber(r.Was), knownNumber(r.Runs),
		}
	}
	return v.json(map[string]any{"schema": "sallyport.review/1", "wiki": p.Site.ID, "waiting": all})
}

func (p *pages) reviewCSV(v *visit) error {
	rows, err := p.waitingTexts(v)
	if err != nil {
		return err
	}
	table := [][]string{{"title", "revision", "sha256", "author", "saved", "tier", "current", "score", "score_served", "people"}}
	for _, r := range rows {
		table = append(table, []string{
			r.Name, digits(r.RevID), string(r.Digest), r.Author, stamp(r.Saved), r.Tier, strconv.FormatBool(!r.Past), count(r.Score), count(r.Was), count(r.Runs),
		})
	}
	return v.csv(table)
}
