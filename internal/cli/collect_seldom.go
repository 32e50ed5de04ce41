package cli

import "runtime/debug"

// collectSeldom makes the garbage collector run less often than Go's default. A busy gateway and a long scan make garbage at
// a high rate on a small heap, and would spend a tenth of their time on it. From half a gibibyte on, the default's thrift
// returns. An operator's own GOGC is left alone. Percent is how much garbage may stand beside what lives: 100 is Go's default.
func collectSeldom(percent int) {
	if before := debug.SetGCPercent(percent); before != 100 {
		debug.SetGCPercent(before)
		return
	}
	debug.SetMemoryLimit(512 << 20)
}
