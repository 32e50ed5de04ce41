package bench

import (
	"os/exec"
	"path/filepath"
	"testing"

	"sallyport/internal/addrtest"
)

// taker is a server that takes reports.
type taker struct {
	name            string
	server          *process
	legacy, batches string // where it wants what report-uri asks for, and report-to
}

// What a POST costs a collector, ours and the usual one (testdata/cspcollector), each on one core: the usual one writes a log
// into a file, ours rows into SQLite. "net/http" answers without reading: no collector that it serves costs less.
func BenchmarkSallyCSPCollect(b *testing.B) {
	takers := []taker{
		{"net/http, unread", startRole(b, roleUnread, ""), "/", "/"},
		{"the usual collector", startUsual(b), "/csp", "/reports"},
		{"sallyport", startRole(b, roleCollect, "sqlite:"+filepath.Join(b.TempDir(), "reports.db")), signedPath(), signedPath()},
	}
	r := begin(b, "Reports: CPU-µs a POST. 500 made-up bodies of the shapes in internal/collect/testdata, over 8 connections")
	for _, load := range []struct {
		name, metric, goal  string
		hosts, batch, posts int
	}{
		{"one report, policy of 15 hosts", "x-report", "≤ 0.5", 15, 0, 40_000},
		{"one report, policy of 150 hosts", "x-report-150", "≤ 0.25", 150, 0, 24_000},
		{"ten reports, policy of 10 hosts", "x-batch", "≤ 0.2", 10, 10, 12_000},
		{"ten reports, policy of 150 hosts", "x-batch-150", "≤ 0.2", 150, 10, 4000},
	} {
		bodies := reportBodies(load.hosts, load.batch)
		cost := make([]series, len(takers))
		for round := range rounds {
			for n := range takers {
				i := (n + round) % len(takers)
				cost[i] = append(cost[i], takers[i].each(b, bodies, load.batch > 0, load.posts))
			}
		}
		r.note("%s (%d bytes)", load.name, len(bodies[0]))
		for i, t := range takers {
			r.row("  "+t.name, "CPU-µs", cost[i])
		}
		r.ratio("sallyport vs the usual", load.metric, cost[2].to(cost[1]), load.goal)
	}
	r.print()
}

// each is the server's processor time for a POST, in microseconds.
func (t taker) each(b *testing.B, bodies []string, batch bool, posts int) float64 {
	b.Helper()
	path := t.legacy
	if batch {
		path = t.batches
	}
	load := &poster{addr: t.server.addr, path: path, next: inTurn(bodies)}
	load.send(b, posts/10)
	before := t.server.spent(b)
	answered := load.send(b, posts)
	return float64((t.server.spent(b) - before).Nanoseconds()) / 1000 / float64(answered)
}

// startUsual builds the usual collector and starts it.
func startUsual(b *testing.B) *process {
	b.Helper()
	program := filepath.Join(b.TempDir(), "cspcollector")
	if out, err := exec.Command("go", "build", "-o", program, "./testdata/cspcollector").CombinedOutput(); err != nil {
		b.Fatalf("build the usual collector: %v\n%s", err, out)
	}
	addr := addrtest.Address(b)
	return start(b, addr, []string{"GOMAXPROCS=1"}, program, addr, program+".log")
}
