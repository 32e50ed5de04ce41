package fakewiki

import "strings"

// summary is what an edit's summary becomes: the person's own, or for some edits one made up (ContentHandler::getAutosummary).
func (w *Wiki) summary(p *page, model, given, text string) string {
	if given != "" {
		return given
	}
	text = strings.TrimRight(text, " \t\n\r")
	if model == "wikitext" {
		if to, ok := w.wikitextRedirect(text); ok {
			return "Redirected page to [[" + w.prefixed(to) + "]]"
		}
	}
	switch {
	case p == nil && text == "":
		return "Created blank page"
	case p == nil:
		return "Created page with \"" + excerpt(text, 200) + "\""
	case text == "" && p.current().Text != "":
		return "Blanked the page"
	case len(p.current().Text) > 10*len(text) && len(text) < 500:
		return "Replaced content with \"" + excerpt(text, 200) + "\""
	}
	return ""
}

// excerpt is the beginning of a text on one line.
func excerpt(text string, n int) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if short := firstRunes(text, n); short != text {
		return short + "..."
	}
	return text
}
