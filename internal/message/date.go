package message

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// Number writes a number the language's way.
func (c *Catalog) Number(lang string, n int) string {
	if lang == ShowKeys {
		lang = Fallback
	}
	return c.chain(lang)[0].param(n)
}

// Date is a day in the language's words, with the exact time on hover.
func (c *Catalog) Date(lang string, t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	return stamp(t, c.day(lang, t.UTC()))
}

// Moment is a day and a time of day, UTC, in the language's words.
func (c *Catalog) Moment(lang string, t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	return stamp(t, c.HTML(lang, "moment", c.day(lang, t.UTC()), digits(t, "15:04")))
}

func (c *Catalog) day(lang string, t time.Time) template.HTML {
	months := strings.Split(string(c.HTML(lang, "months")), "|")
	if len(months) != 12 {
		return digits(t, "2006-01-02")
	}
	return c.HTML(lang, "date", digits(t, "2"), template.HTML(months[t.Month()-1]), digits(t, "2006")) //nolint:gosec // G203: an escaped message
}

// stamp is a time for people and programs.
func stamp(t time.Time, shown template.HTML) template.HTML {
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, //nolint:gosec // G203: digits and an escaped message
		t.Format(time.RFC3339), t.Format("2006-01-02 15:04:05 UTC"), shown))
}

// digits writes a time with a layout of digits and signs that HTML does not know.
func digits(t time.Time, layout string) template.HTML {
	return template.HTML(t.UTC().Format(layout)) //nolint:gosec // G203: digits and signs
}

// Age is a length of time in one unit, rounded down: minutes, hours, or days.
func (c *Catalog) Age(lang string, d time.Duration) template.HTML {
	switch {
	case d >= 48*time.Hour:
		return c.HTML(lang, "days", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return c.HTML(lang, "hours", int(d/time.Hour))
	default:
		return c.HTML(lang, "minutes", int(max(d, 0)/time.Minute))
	}
}
