package bench

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// scanRounds is how often every scanner reads the corpus.
const scanRounds = 3

// measured is what one scanner did, a figure per round.
type measured struct {
	scanner
	cpu, start    series // CPU seconds for the corpus, and of that what a single line costs
	speed         series // MB per CPU second, without the start
	found, unread int
}

// How fast every rule reads real scripts, against what else reads scripts for trouble.
func BenchmarkSallyScanSpeed(b *testing.B) {
	all := samples(b)
	need(b, "npm", "npm")
	scratch := b.TempDir()
	corpus := lay(b, filepath.Join(scratch, "corpus"), all)
	tiny := lay(b, filepath.Join(scratch, "tiny"), []sample{{"tiny.js", []byte("document.title = 'a';\n")}})

	r := begin(b, "Scan: %d scripts, %.2f MB, on one core; CPU seconds of the whole process, the start taken off for MB/s",
		len(all), megabytes(all))
	field := []*measured{{scanner: ourselves(build(b))}}
	for _, p := range peers() {
		s, err := p.install(b, filepath.Join(scratch, p.name), all)
		if err != nil {
			r.note("%s is not measured: %v", p.name, err)
			continue
		}
		field = append(field, &measured{scanner: s})
	}
	for round := range scanRounds {
		for n := range field {
			m := field[(n+round)%len(field)]
			m.measure(b, r, corpus, tiny, megabytes(all))
		}
	}
	r.speeds(field, len(all), megabytes(all))
	r.print()
}

// ourselves writes to a pipe that is read, as everybody else does.
func ourselves(program string) scanner {
	return scanner{
		name: "sallyport, all rules",
		command: func(dir string) []string {
			return []string{program, "scan", "--quiet", "--no-cache", "--format", "json", filepath.Join(dir, "js")}
		},
		reports: func(said []byte) (found, unread int, err error) {
			var report struct {
				Scripts []struct {
					Goal     string
					Findings []struct{}
				}
			}
			err = json.Unmarshal(said, &report)
			for _, s := range report.Scripts {
				found += len(s.Findings)
				if s.Goal == "opaque" {
					unread++
				}
			}
			return found, unread, err
		},
	}
}

// measure adds a round. A scanner that does not run is left out from then on.
func (m *measured) measure(b *testing.B, r *report, corpus, tiny string, mb float64) {
	b.Helper()
	if m.command == nil {
		return
	}
	var cost [2]float64
	for i, dir := range []string{tiny, corpus} {
		s, err := spend(b, filepath.Dir(dir), []string{"GOMAXPROCS=1"}, oneCore(m.command(dir)))
		if err == nil {
			m.found, m.unread, err = m.reports(s.said)
		}
		if err != nil {
			r.note("%s is not measured: %v", m.name, err)
			m.command, m.speed = nil, nil
			return
		}
		cost[i] = s.cpu.Seconds()
	}
	m.start, m.cpu = append(m.start, cost[0]), append(m.cpu, cost[1])
	m.speed = append(m.speed, mb/(cost[1]-cost[0]))
}

func (r *report) speeds(field []*measured, files int, mb float64) {
	ours := field[0]
	if ours.speed == nil {
		r.print()
		r.Fatal("sallyport was not measured")
	}
	field = slices.DeleteFunc(field, func(m *measured) bool { return m.speed == nil })
	for _, m := range field {
		r.row(m.name, "MB per CPU second", m.speed)
		r.row("", "CPU seconds in all", m.cpu)
		r.row("", "of them to start", m.start)
		unread := fmt.Sprintf("%d scripts not parsed", m.unread)
		if m.unread < 0 {
			unread = "never says what it could not parse"
		}
		r.note("  %-42s%d reports, %s", "", m.found, unread)
	}
	perSecond := ours.speed.median() * float64(files) / mb
	r.goal("sallyport, all rules", "MB/cpu-s", ours.speed.median(), "MB per CPU second", "≥ 25")
	r.goal("sallyport, all rules", "files/cpu-s", perSecond, "scripts per CPU second", "")
	r.note("no peer follows data from where it enters to where it does harm; what their reports say of a place:")
	for _, m := range field[1:] {
		judges := m.judges
		if judges == "" {
			judges = "nothing: where a pattern of ours matches, which is no report that can be compared"
		}
		r.note("  %-42s%s", m.name, judges)
		r.ratio("sallyport vs "+m.name, "x-"+strings.Fields(m.name)[0], ours.speed.to(m.speed), "")
	}
	if best := fastest(field[1:]); best != nil {
		r.ratio("sallyport vs the fastest whose reports can be compared, "+best.name, "x-peer", ours.speed.to(best.speed), "≥ 5")
	}
}

// fastest is the quickest of the peers that judge, and report anything at all, or nil.
func fastest(field []*measured) (best *measured) {
	for _, m := range field {
		if m.found > 0 && m.judges != "" && (best == nil || m.speed.median() > best.speed.median()) {
			best = m
		}
	}
	return best
}
