// Package incident notices that code has begun to spread through a wiki, stops it, and says afterwards who may do what.
//
//	code served to sessions ──┐
//	writes as they arrive  ───┴─► Breaker ──► hold code writes · user code off for sessions · alarm
//	recent changes ─────────────► Watcher ──► a change of code that nobody approved: alarm, and by policy undone
//	rights as they are used ────► Usage ────► Audit: which accounts hold more than they need
//
// A [Breaker] decides from what it is handed and nothing else: no clock, no network, bounded memory. A [Guard] turns
// classified requests into what it is handed. What an outbreak is, and what honest people do that looks like one, is written
// at [Breaker.Saw].
package incident
