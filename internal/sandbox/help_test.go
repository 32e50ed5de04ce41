package sandbox

import (
	"errors"
	"os"
	"sync"
	"testing"

	"sallyport/internal/browser"
)

func TestMain(m *testing.M) {
	browser.Helper()
	os.Exit(m.Run())
}

// proofs is one self-test for all tests of this package.
var proofs = sync.OnceValue(func() *browser.Proof { return &browser.Proof{} })

// proofFor skips a test where there is no browser.
func proofFor(t testing.TB) *browser.Proof {
	t.Helper()
	if _, err := browser.Find(); err != nil {
		if os.Getenv("SALLYPORT_TEST_ALL") == "1" || !errors.Is(err, browser.ErrNotFound) {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return proofs()
}

// takesLong leaves a test out where only short ones are wanted.
func takesLong(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs a browser for a minute or more; leave -short out")
	}
}
