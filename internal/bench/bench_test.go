// Package bench measures Sallyport against what people would use instead, and prints ratios.
//
// Everything that is compared runs on this machine, in one run, in interleaved rounds; a ratio is the median of the
// rounds' own ratios, because what else the machine does at the moment slows both sides alike. Processor time is that of
// the server's processes alone, as /proc has it: user and kernel mode, children included. Requests come from wrk, which
// shares the cores with the servers: where it is the limit, the ratio of processor time says more than that of requests.
//
//	make bench
package bench

import (
	"os"
	"testing"

	"sallyport/internal/browser"
)

// roleVar makes this test binary one of the servers of a benchmark, in a process of its own: see roles.
const roleVar = "SALLYPORT_BENCH_ROLE"

func TestMain(m *testing.M) {
	browser.Helper()
	if role := os.Getenv(roleVar); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

// need returns where a program is. Without it the benchmark is skipped, or fails when SALLYPORT_TEST_ALL=1.
func need(b *testing.B, program, debianPackage string) string {
	b.Helper()
	path, err := lookPath(program)
	switch {
	case err == nil:
	case os.Getenv("SALLYPORT_TEST_ALL") == "1":
		b.Fatalf("%s is needed (apt-get install %s): %v", program, debianPackage, err)
	default:
		b.Skipf("needs %s, of Debian's package %s", program, debianPackage)
	}
	return path
}
