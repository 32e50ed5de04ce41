package web

import (
	"time"

	"sallyport/internal/rollout"
	"sallyport/internal/violation"
)

// chart is how many people met a blocked host on each day: a picture, and the same in numbers.
type chart struct {
	Days  []chartDay
	Most  int
	Top   time.Time // the day of the most
	Width int
}

// chartDay is a day, with the bars of the picture in its units.
type chartDay struct {
	Day          time.Time
	People       int // whose browser reported anything
	Blocked      int // who were really refused something
	X            int
	Y, H, YB, HB int
}

// Sizes of the picture: a day's width with the gap, a bar's width, and the height.
const (
	chartDayWidth = 20
	chartHeight   = 100
)

// chartOf draws the days that reports are kept for. Who is no operator does not see days on which few people met anything.
func chartOf(rows []violation.Row, now time.Time, all bool) chart {
	seen := map[violation.Day][2]int{}
	count := func(rows []violation.Row, which int) {
		for _, r := range violation.Fold(rows, func(k *violation.Key) { *k = violation.Key{Day: k.Day, Noise: k.Noise} }) {
			if n := r.Users.Count(); r.Noise == violation.None && (all || n >= fewPeople) {
				day := seen[r.Day]
				day[which] = n
				seen[r.Day] = day
			}
		}
	}
	count(rows, 0)
	var refused []violation.Row
	for _, r := range rows {
		if !r.ReportOnly {
			refused = append(refused, r)
		}
	}
	count(refused, 1)
	c := chart{Width: rollout.Days * chartDayWidth}
	today := violation.DayOf(now)
	for i := range rollout.Days {
		d := today - violation.Day(rollout.Days-1-i)
		one := chartDay{Day: time.Unix(int64(d)*86400, 0).UTC(), People: seen[d][0], Blocked: seen[d][1], X: i * chartDayWidth}
		if one.People > c.Most {
			c.Most, c.Top = one.People, one.Day
		}
		c.Days = append(c.Days, one)
	}
	for i := range c.Days {
		d := &c.Days[i]
		if c.Most > 0 {
			d.H, d.HB = d.People*chartHeight/c.Most, d.Blocked*chartHeight/c.Most
		}
		d.Y, d.YB = chartHeight-d.H, chartHeight-d.HB
	}
	return c
}
