package web

import (
	"html/template"
	"time"

	"sallyport/internal/narrow"
)

// says is a sentence about policies in a language. What stands in it comes from policies and reports, or out of JSON that was kept.
func (p *pages) says(lang string, s narrow.Saying) template.HTML {
	key := "narrow-" + s.Key
	if !p.words.Has(key) { // a newer version kept it
		return ""
	}
	params := make([]any, len(s.Params))
	for i, one := range s.Params {
		switch one := one.(type) {
		case string:
			params[i] = code(one)
		case int:
			params[i] = one
		case float64:
			params[i] = int(one)
		case time.Time:
			params[i] = p.words.Date(lang, one)
		}
	}
	return p.words.HTML(lang, key, params...)
}
