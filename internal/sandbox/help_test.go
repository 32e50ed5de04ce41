package sandbox

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
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

var theDay = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// oneWiki has looks at different scripts share what is seen without any: the sandbox whose memory they take, and its people.
func oneWiki(t testing.TB) (*Sandbox, []decoy.Persona) {
	t.Helper()
	people := decoy.People("Abcdef", theDay)
	first, err := New(Options{Now: theDay, People: people})
	if err != nil {
		t.Fatal(err)
	}
	return first, people
}
