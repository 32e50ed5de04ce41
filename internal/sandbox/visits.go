package sandbox

import (
	"regexp"
	"strconv"
	"time"
)

var (
	keepsCount = regexp.MustCompile(`(?i)\b(?:local|session)Storage\b|\.storage\b|\bcookie|\bgetObject\b|user\.options|saveOption`)
	countsUp   = regexp.MustCompile(`\+\+|\+=\s*1\b|\+\s*1\b`)
	fewTimes   = regexp.MustCompile(`(?:===?|>=?|<=?|!==?|%)\s*(\d{1,2})\b`)
)

// mostVisited bounds how often somebody comes.
const mostVisited = 9

// visitsCounted is how often somebody has to come for a script that keeps a count and compares it with small numbers; 0 for one that keeps
// none.
func visitsCounted(script string) int {
	if !keepsCount.MatchString(script) || !countsUp.MatchString(script) {
		return 0
	}
	most := 0
	for _, m := range fewTimes.FindAllStringSubmatch(script, 60) {
		if n, _ := strconv.Atoi(m[1]); n > 2 && n <= mostVisited {
			most = max(most, n)
		}
	}
	return most
}

// zones are places all over the world: who asks for an offset from UTC may ask for the name of one, too.
var zones = []string{"Europe/Berlin", "Europe/Helsinki", "Europe/London", "Europe/Moscow", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Asia/Kolkata", "Asia/Shanghai",
	"Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo"}

// zoneAt is a place where the clock is so many minutes behind UTC at a time; "" where none of ours is.
func zoneAt(behind int, now time.Time) string {
	for _, name := range zones {
		if place, err := time.LoadLocation(name); err == nil {
			if _, ahead := now.In(place).Zone(); ahead == -60*behind {
				return name
			}
		}
	}
	return ""
}
