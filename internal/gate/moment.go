package gate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/js"
)

// moment reads what a part of now is compared with. A whole moment is given in RFC 3339; the key says which part it is.
func (s *Script) moment(n js.Node, part string) (value, key string, ok bool) {
	if part == "time" {
		t, ok := s.instant(n, 0)
		if f, isNumber := s.number(n, 0); !ok && isNumber && f > 0 {
			return formatNumber(f), "span", true
		}
		if !ok {
			return "", "", false
		}
		return t.UTC().Format(time.RFC3339), "time", true
	}
	f, ok := s.number(n, 0)
	if !ok {
		return "", "", false
	}
	if part == "year-1900" {
		f, part = f+1900, "year"
	}
	return formatNumber(f), part, true
}

// instant is a moment written down: new Date( '2027-01-01' ), Date.UTC( 2027, 0 ), milliseconds.
func (s *Script) instant(n js.Node, depth int) (time.Time, bool) {
	if depth > maxDepth {
		return time.Time{}, false
	}
	switch s.Kind(n) {
	case js.Ident:
		if v := s.onlyValue(n); v != 0 {
			return s.instant(v, depth+1)
		}
		return time.Time{}, false
	case js.String, js.Template:
		return readDate(s.text(n))
	case js.New, js.Call:
		return s.instantCall(n, depth)
	case js.Unary:
		return s.instant(s.Operand(n), depth+1)
	}
	f, ok := s.number(n, 0)
	if !ok {
		return time.Time{}, false
	}
	return fromMillis(f)
}

// fromMillis takes a number for milliseconds, or for seconds where it is too small; spans of time are no moments.
func fromMillis(f float64) (time.Time, bool) {
	switch {
	case f > 1e11 && f < 1e14:
		return time.UnixMilli(int64(f)), true
	case f > 1e9 && f < 1e10:
		return time.Unix(int64(f), 0), true
	}
	return time.Time{}, false
}

func (s *Script) instantCall(n js.Node, depth int) (time.Time, bool) {
	callee := s.Callee(n)
	method, _ := s.KeyName(callee)
	args := s.Args(n)
	switch {
	case s.Name(callee) == "Date" && s.Kind(callee) == js.Ident && len(args) > 0:
	case (method == "UTC" || method == "parse") && s.Name(s.Object(callee)) == "Date" && len(args) > 0:
	case method == "getTime" || method == "valueOf" || method == "toISOString":
		return s.instant(s.Object(callee), depth+1)
	case s.Kind(callee) == js.Ident && s.Name(callee) == "Number" && len(args) > 0:
		return s.instant(args[0], depth+1)
	default:
		return time.Time{}, false
	}
	if len(args) == 1 {
		return s.instant(args[0], depth+1)
	}
	parts := []int{1970, 0, 1, 0, 0, 0}
	for i, a := range args[:min(len(args), len(parts))] {
		f, ok := s.number(a, 0)
		if !ok || f < 0 || f > 1e4 {
			return time.Time{}, false
		}
		parts[i] = int(f)
	}
	return time.Date(parts[0], time.Month(parts[1]+1), parts[2], parts[3], parts[4], parts[5], 0, time.UTC), true
}

// readDate reads the ways in which people write dates in scripts.
func readDate(text string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02", "2006-1-2", "2006/01/02", "2006/1/2", "2006-01", "2006.01.02", "2006",
		"20060102150405", "20060102", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "1/2/2006", "Mon, 02 Jan 2006 15:04:05 MST", "Jan 2, 2006 15:04:05",
		"January 2, 2006 15:04:05",
	} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}

// Clocks are the moments at which a script may do something else than at base: a little behind each date it asks for, and
// within each month, weekday or hour. Those at which all it asks of parts of a date is so come first, the others in their order; they are at
// most 32.
//
// Spans and delays are not among them: the sandbox lets time pass for those.
func (c Constants) Clocks(base time.Time) []time.Time {
	base = base.UTC()
	var out []time.Time
	asked, turned := map[string]int{}, map[string]int{}
	for _, k := range c.List {
		if k.Asks != Dates {
			continue
		}
		if k.Key == "time" || k.Key == "text" || k.Key == "wgUserRegistration" {
			if t, ok := readDate(k.Value); ok && k.Divisor() == 0 {
				out = append(out, t.Add(time.Hour))
				if k.Op == "<" || k.Op == "<=" {
					out = append(out, t.Add(-time.Hour))
				}
			}
			continue
		}
		if yes, no, ok := k.part(); ok {
			asked[k.Key], turned[k.Key] = yes, no
			out = append(out, at(base, map[string]int{k.Key: yes}), at(base, map[string]int{k.Key: no}))
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	if len(asked) > 0 {
		out = slices.Concat([]time.Time{at(base, asked), at(base, turned)}, out)
	}
	var each []time.Time
	for _, t := range out {
		if !slices.Contains(each, t) {
			each = append(each, t)
		}
	}
	return each[:min(len(each), 32)]
}

// part gives a value of a part of the date for which a comparison holds, and one for which it does not.
func (k *Constant) part() (yes, no int, ok bool) {
	n, err := strconv.Atoi(k.Value)
	if err != nil || k.Key == "span" || k.Key == "delay" {
		return 0, 0, false
	}
	if k.Divisor() > 0 {
		n = k.Least(1)
		return n, n + 1, true
	}
	switch k.Op {
	case "<":
		return n - 1, n, true
	case "<=":
		return n, n + 1, true
	case ">":
		return n + 1, n, true
	case ">=":
		return n, n - 1, true
	}
	return n, n, true
}

// at is the first moment behind base that has all the parts, as far as they go together.
func at(base time.Time, parts map[string]int) time.Time {
	year, month, day, hour, minute := base.Year(), base.Month(), base.Day(), base.Hour(), base.Minute()
	if y, ok := parts["year"]; ok && y >= 1990 && y < 2200 {
		year = y
	}
	if m, ok := parts["month"]; ok && m >= 0 && m < 12 {
		month = time.Month(m + 1)
	}
	if d, ok := parts["day"]; ok && d >= 1 && d <= 28 {
		day = d
	}
	if h, ok := parts["hour"]; ok && h >= 0 && h < 24 {
		hour = h
	}
	if m, ok := parts["minute"]; ok && m >= 0 && m < 60 {
		minute = m
	}
	t := time.Date(year, month, min(day, 28), hour, minute, 30, 0, time.UTC)
	if t.Before(base) && parts["year"] == 0 {
		t = again(t, parts)
	}
	if w, ok := parts["weekday"]; ok && w >= 0 && w < 7 {
		for int(t.Weekday()) != w {
			t = t.AddDate(0, 0, 1)
		}
	}
	return t
}

// again is a moment an hour, a day, a month or a year later: when it next has the largest of the parts that are asked for.
func again(t time.Time, parts map[string]int) time.Time {
	for _, o := range []struct {
		part          string
		years, months int
		span          time.Duration
	}{{"month", 1, 0, 0}, {"day", 0, 1, 0}, {"hour", 0, 0, 24 * time.Hour}} {
		if _, ok := parts[o.part]; ok {
			return t.AddDate(o.years, o.months, 0).Add(o.span)
		}
	}
	return t.Add(time.Hour)
}
