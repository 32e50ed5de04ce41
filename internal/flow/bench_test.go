package flow

import (
	"syscall"
	"testing"
	"time"

	"sallyport/internal/corpustest"
	"sallyport/internal/js"
)

// BenchmarkAnalyse reads and analyses the corpus. Compare with -cpu 1.
func BenchmarkAnalyse(b *testing.B) {
	files := corpustest.Files(b, ".js")
	size := 0
	for _, f := range files {
		size += len(f.Text)
	}
	b.SetBytes(int64(size))
	start := cpu()
	for b.Loop() {
		for _, f := range files {
			Analyse(js.Parse(f.Text, js.Options{Name: f.Name}), Options{})
		}
	}
	b.ReportMetric(float64(size)*float64(b.N)/1e6/(cpu()-start).Seconds(), "MB/cpu-s")
}

// cpu is the time that all cores spent on this process.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkParse is the part of [BenchmarkAnalyse] that is not ours.
func BenchmarkParse(b *testing.B) {
	files := corpustest.Files(b, ".js")
	size := 0
	for _, f := range files {
		size += len(f.Text)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, f := range files {
			js.Parse(f.Text, js.Options{Name: f.Name})
		}
	}
}
