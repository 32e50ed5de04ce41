package collect

import "sync/atomic"

// Counts says what became of requests and reports since the start.
type Counts struct {
	Requests  int64 // all of them
	Refused   int64 // not a POST, or too long
	Unsigned  int64 // without a valid signature
	Reports   int64 // read
	Malformed int64 // bodies that broke off or held none, and reports about no directive we know
	Foreign   int64 // about pages that are not the wiki's
	Limited   int64 // too many from one place
	Other     int64 // about a host that was not admitted
	Overflow  int64 // lost because the store was down too long
	Kept      int64 // rows the store has
}

type counters struct {
	requests, refused, unsigned, reports, malformed, foreign, limited, other, overflow, kept atomic.Int64
}

// Counts returns the numbers so far.
func (c *Collector) Counts() Counts {
	n := &c.counts
	return Counts{n.requests.Load(), n.refused.Load(), n.unsigned.Load(), n.reports.Load(), n.malformed.Load(), n.foreign.Load(),
		n.limited.Load(), n.other.Load(), n.overflow.Load(), n.kept.Load()}
}
