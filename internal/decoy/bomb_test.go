package decoy

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"runtime"
	"testing"

	"sallyport/internal/trace"
)

// Nobody unfolds what a page sends but the search for secrets, and that is bounded.
func TestABombThatIsSentIsNotUnfolded(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 1 << 10 {
		_, _ = z.Write(zeros)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, nil)
	for _, url := range []string{"https://collect.test/", "https://wiki.test/w/api.php"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		resp, _ := w.ask(http.MethodPost, url, "empty", bomb.String(), "Content-Encoding", "gzip", "Content-Type", "application/octet-stream")
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 512 || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d MiB for %d KiB that hold 1 GiB; status %d", url, used, bomb.Len()>>10, resp.StatusCode)
		} else {
			t.Logf("%s: %d MiB for %d KiB that hold 1 GiB", url, used, bomb.Len()>>10)
		}
	}
	if len(w.of(trace.Request)) != 2 {
		t.Errorf("told are %d requests", len(w.of(trace.Request)))
	}
}
