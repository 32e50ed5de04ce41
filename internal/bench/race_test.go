package bench

import (
	"testing"
	"time"
)

// rounds is how often everybody is measured; who begins changes from round to round.
const rounds = 5

// contestant is one server and what it is asked.
type contestant struct {
	name    string
	url     string
	header  []string
	server  *process // whose processor time counts; nil when only requests are counted
	seconds int      // length of a round
}

// result is what one contestant did.
type result struct {
	name      string
	perSecond series
	cpu       series // microseconds of processor time per request
}

// race measures everybody in turn.
func race(b *testing.B, all ...contestant) []result {
	b.Helper()
	program := need(b, "wrk", "wrk")
	results := make([]result, len(all))
	for i, c := range all {
		results[i].name = c.name
		wrk(b, program, c.url, 1, c.header) // warm
	}
	for round := range rounds {
		for n := range all {
			i := (n + round) % len(all)
			c, r := all[i], &results[i]
			before := c.used(b)
			done := wrk(b, program, c.url, c.seconds, c.header)
			r.perSecond = append(r.perSecond, done.perSecond)
			if c.server != nil {
				r.cpu = append(r.cpu, float64((c.used(b)-before).Microseconds())/done.requests)
			}
		}
	}
	return results
}

func (c contestant) used(b *testing.B) time.Duration {
	if c.server == nil {
		return 0
	}
	return c.server.cpu(b)
}
