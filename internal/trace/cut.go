package trace

import "unicode/utf8"

// Bytes that fields may take. Escaping makes a byte at most six, so a line stays below [MaxLine] whatever is in them.
const (
	maxText  = 4 << 10  // Data.Text
	maxURL   = 2 << 10  // addresses
	maxWord  = 512      // all other texts
	maxNames = 64       // entries of a list
	maxRan   = 32 << 10 // bytes of Data.Ran: a quarter of a million functions
)

// MaxLine is the longest line of a log. A [Writer] writes no longer one, and a [Reader] takes none.
const MaxLine = 256 << 10

// shortened is the event with every field within its bounds. What was left out is counted in Data.Cut.
func shortened(e Event) Event {
	left := e.Data.Cut
	cut := func(most int, fields ...*string) {
		for _, f := range fields {
			if len(*f) > most {
				kept := clip(*f, most)
				left += len(*f) - len(kept)
				*f = kept
			}
		}
	}
	d := &e.Data
	cut(maxText, &d.Text)
	cut(maxURL, &d.URL, &e.Frame)
	cut(maxWord, (*string)(&e.Kind), &e.Target, &e.Persona, &e.Page, (*string)(&e.Stage), &d.Method, &d.How, &d.Seen, &d.Answer,
		&d.SHA256, &d.Action, &d.Title, &d.Class, &d.Name, &d.On, &d.From)
	if e.Script != nil {
		place := *e.Script
		cut(maxURL, &place.URL)
		cut(maxWord, &place.SHA256)
		e.Script = &place
	}
	if e.Setup != nil {
		s := *e.Setup
		cut(maxWord, &s.Path, &s.SHA256, &s.Title, &s.Tier, &s.Host, &s.Skin, &s.Language, &s.Referrer, &s.Answer)
		s.Gates = head(s.Gates, maxNames)
		e.Setup = &s
	}
	e.Canary, e.Self = words(e.Canary), words(e.Self)
	d.Ran = head(d.Ran, maxRan)
	d.Cut = left
	return e
}

func head[T any](list []T, most int) []T { return list[:min(len(list), most)] }

func words(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, 0, min(len(list), maxNames))
	for _, s := range head(list, maxNames) {
		out = append(out, clip(s, 64))
	}
	return out
}

// clip is the beginning of a text, without half a character at its end.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
