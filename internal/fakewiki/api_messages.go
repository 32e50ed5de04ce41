package fakewiki

import (
	"maps"
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// allMessages is meta=allmessages: the wiki's own pages in the MediaWiki namespace over the few built-in texts.
func (q *query) allMessages() error {
	names := q.list("ammessages")
	if names == nil || slices.Contains(names, "*") {
		names = slices.Sorted(maps.Keys(builtinMessages()))
	}
	rows := []object{}
	for _, name := range names {
		row := object{"name": name, "normalizedname": messageKey(name)}
		if text, ok := q.w.message(name); ok {
			row["content"] = content(text)
		} else {
			row["missing"] = true
		}
		if q.has("amprefix") && !strings.HasPrefix(name, q.text("amprefix")) {
			continue
		}
		rows = append(rows, row)
	}
	q.out["allmessages"] = rows
	return nil
}

func messageKey(name string) string {
	name = strings.ReplaceAll(strings.TrimSpace(name), " ", "_")
	if name == "" {
		return name
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// message is an interface text; false where there is none.
func (w *Wiki) message(key string) (string, bool) {
	if t, err := w.site.ParseIn(key, wiki.NSMediaWiki); err == nil {
		if p := w.db.byTitle[t]; p != nil {
			return p.current().Text, true
		}
	}
	text, ok := builtinMessages()[messageKey(key)]
	return text, ok
}

// builtinMessages are the interface texts of the pretend wiki, under the keys MediaWiki uses.
func builtinMessages() map[string]string {
	return map[string]string{
		"and": " and", "comma-separator": ", ", "word-separator": " ", "colon-separator": ": ", "parentheses": "($1)", "brackets": "[$1]",
		"semicolon-separator": "; ", "pipe-separator": " | ", "ellipsis": "…", "edit": "Edit", "view": "View", "history": "History",
		"talk": "Discussion", "move": "Move", "delete": "Delete", "watch": "Watch", "unwatch": "Unwatch", "undo": "undo", "search": "Search", "cancel": "Cancel",
		"save": "Save", "savechanges": "Save changes", "preview": "Preview", "summary": "Summary:", "yes": "Yes", "no": "No", "ok": "OK",
		"close": "Close", "loading": "Loading…", "error": "Error", "login": "Log in", "logout": "Log out", "preferences": "Preferences",
		"mycontris": "Contributions", "mytalk": "Talk", "contributions": "User contributions", "recentchanges": "Recent changes",
		"blanknamespace": "(Main)", "blocklink": "block", "contribslink": "contribs", "talkpagelinktext": "talk",
		"january": "January", "february": "February", "march": "March", "april": "April", "may_long": "May", "june": "June", "july": "July",
		"august": "August", "september": "September", "october": "October", "november": "November", "december": "December",
		"sunday": "Sunday", "monday": "Monday", "tuesday": "Tuesday", "wednesday": "Wednesday", "thursday": "Thursday", "friday": "Friday", "saturday": "Saturday",
	}
}
