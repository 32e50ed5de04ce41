package notice

import "time"

// An attacker who can make many notices of one kind must not be able to fill somebody's mailbox. So much of one kind is
// mailed in an hour; the rest is kept for reading.
const (
	mostMail = 10
	mailHour = time.Hour
	maxRates = 10_000
)

type rateKey struct {
	userID int64
	to     string
	kind   Kind
}

// rate counts mail by recipient and kind, by the hour in which the entries of the log were made.
type rate map[rateKey]struct {
	since time.Time
	n     int
}

// allows counts a mail. last says that none of this kind follows for the rest of the hour.
func (r rate) allows(userID int64, to string, kind Kind, at time.Time) (ok, last bool) {
	if len(r) > maxRates {
		clear(r)
	}
	k := rateKey{userID, to, kind}
	c := r[k]
	if at.Sub(c.since) >= mailHour || at.Before(c.since) {
		c.since, c.n = at, 0
	}
	c.n++
	r[k] = c
	return c.n <= mostMail, c.n == mostMail
}
