package bench

import (
	"fmt"
	"path/filepath"
	"testing"
)

// A flood of invented hosts, each from another network, as somebody with a botnet would send it, and between them readers
// who report one host that is real.
func BenchmarkSallyCSPFlood(b *testing.B) {
	const few, many, readers = 50_000, 600_000, 200
	store := "sqlite:" + filepath.Join(b.TempDir(), "reports.db")
	server := startRole(b, roleCollect, store, limitsVar+"=default")
	flood := func(from, to int) {
		(&poster{addr: server.addr, path: signedPath(), next: func(n int) (body, header string) {
			if n += from; n%1000 == 0 {
				return legacyReport("https://real.test/x.js", "", "default-src 'self'", n), fmt.Sprintf("X-From: 198.51.%d.1\r\nX-User: reader %[1]d\r\n", n/1000%readers)
			}
			return legacyReport(fmt.Sprintf("https://h%d.invented.test/x.js", n), "", "default-src 'self'", n), fmt.Sprintf("X-From: 10.%d.%d.1\r\nX-User: %d\r\n", n>>8&255, n&255, n)
		}}).send(b, to-from)
	}
	flood(0, few)
	early := server.resident()
	flood(few, many)
	late := server.resident()

	server.ask()
	server.end(b)
	hosts, people := map[string]bool{}, 0
	for _, row := range storedReports(b, store) {
		hosts[row.Blocked] = true
		if row.Blocked == "https://real.test" {
			people = row.Users.Count()
		}
	}

	r := begin(b, "Flood: %d reports of as many invented hosts, from 65,536 networks and as many accounts, default limits", many)
	r.note("%.1f MB resident after %d, %.1f MB after %d", early, few, late, many)
	r.ratio("memory, the whole flood vs its first twelfth", "x-flood", late/early, "≤ 1.25")
	r.note("%d hosts kept; the real one, reported by %d readers meanwhile, has %d people", len(hosts), readers, people)
	r.goal("readers of the real host who are counted", "%-counted", 100*float64(people)/readers, "%", "≥ 95")
	r.print()
}
