// Package storetest holds a store to what package store promises, one sentence at a time.
//
// [Run] asks everything that one open store can be asked. [RunDurable] asks what must survive a restart and what must hold
// between several processes on one database.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/store"
)

// behaviour is one promise: its name is a sentence.
type behaviour struct {
	name  string
	check func(s subject)
}

// subject is a store under test with a wiki to oneself: behaviours share the store, as the wikis of a farm do.
type subject struct {
	store.Store
	t    *testing.T
	ctx  context.Context
	wiki string
}

// Run checks every behaviour on one store, all at the same time. open is called once and closes the store in its cleanup.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	s := open(t)
	all := slices.Concat(agreements(), texts(), pages(), gadgets(), gallery(), search(), choices(), accounts(), small(), analyses(), approvals(), incidents(), people(), notices(), grants(), policies(), requests(), reviews(), scripts(), trials(), stays(), switches(), exposures())
	for i, b := range all {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			b.check(subject{Store: s, t: t, ctx: t.Context(), wiki: fmt.Sprintf("wiki%d.example", i)})
		})
	}
}

// epoch is when the tests take place.
var epoch = time.Date(2026, 3, 5, 12, 30, 15, 123456000, time.UTC)

// after is a moment some seconds into the tests.
func after(seconds int) time.Time {
	return epoch.Add(time.Duration(seconds) * time.Second)
}

// ok ends the test on an error.
func (s subject) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// equal compares.
func (s subject) equal(what string, got, want any) {
	s.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// missing wants the error of a row that is not there.
func (s subject) missing(what string, err error) {
	s.t.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		s.t.Errorf("%s: error %v, want one that is store.ErrNotFound", what, err)
	}
}

// refused wants an error that is about the input.
func (s subject) refused(what string, err error) {
	s.t.Helper()
	if err == nil {
		s.t.Errorf("%s: accepted, want an error", what)
	} else if errors.Is(err, store.ErrNotFound) {
		s.t.Errorf("%s: error %v, want one that says what is wrong with it", what, err)
	}
}

// together runs do n times at once and waits.
func (s subject) together(n int, do func(i int) error) {
	s.t.Helper()
	var wait sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-begin
			if err := do(i); err != nil {
				s.t.Errorf("one of %d at once: %v", n, err)
			}
		})
	}
	close(begin)
	wait.Wait()
}

// unkeepable are names that no store keeps.
func unkeepable() map[string]string {
	long := make([]byte, 1025)
	for i := range long {
		long[i] = 'a'
	}
	return map[string]string{
		"a NUL byte":      "User:Mara/do\x00it.js",
		"invalid UTF-8":   "User:Mara/do\xffit.js",
		"more than 1 KiB": string(long),
	}
}
