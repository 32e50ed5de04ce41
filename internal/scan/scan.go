// Package scan reads scripts from wherever they are and hands what an analysis says about each to an output.
//
// A [Source] names scripts: files and folders, a dump of a wiki, pages of a live one. [Run] reads and analyses them on all
// cores, a bounded number of bytes at a time, and passes them on in the order of the sources, so that two runs give the
// same bytes. Between analysis and output stand a cache by content hash, the baseline and the operator's suppressions:
//
//	sources ──► read ──► cache or analyse ──► baseline ──► suppressions ──► finding.Handler
//
// What cannot be read is an opaque script with a finding, never a gap.
package scan

import (
	"cmp"
	"context"
	"io"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/link"
)

// Analyser says what is to be said about one script; find gives those it names, and may be nil. It is pure, several
// goroutines call it at once, and src is only lent to it.
type Analyser func(path string, src []byte, find link.Find) *finding.Script

// Input is one script that is still to be read.
type Input struct {
	Path string // how people name it: a file, a page, an address
	Size int64  // in bytes, as far as known beforehand
	Open func(context.Context) (io.ReadCloser, error)
	Find link.Find // the scripts it names; nil when they are not to be had
}

// Source names scripts, always in the same order.
type Source struct {
	Known int // how many there will be; 0 when that is not known beforehand
	// Each hands them out. Its errors are yield's or the context's: a script that is missing or broken is an input that
	// does not open.
	Each func(ctx context.Context, yield func(Input) error) error
}

// One is a source of a single script.
func One(path string, open func(context.Context) (io.ReadCloser, error)) Source {
	return Source{Known: 1, Each: func(_ context.Context, yield func(Input) error) error {
		return yield(Input{Path: path, Open: open})
	}}
}

// failing is a source that may break off: where it does stands a script of that path that cannot be read.
func failing(path string, each func(ctx context.Context, yield func(Input) error) error) Source {
	return Source{Each: func(ctx context.Context, yield func(Input) error) error {
		var stopped error
		err := each(ctx, func(in Input) error {
			stopped = yield(in)
			return stopped
		})
		if stopped == nil && ctx.Err() == nil && err != nil {
			return yield(missing(path, err))
		}
		return cmp.Or(stopped, ctx.Err())
	}}
}

// missing is an input that does not open.
func missing(path string, err error) Input {
	return Input{Path: path, Open: func(context.Context) (io.ReadCloser, error) { return nil, err }}
}

// given is an input that was read already.
func given(path, text string) Input {
	return Input{Path: path, Size: int64(len(text)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

// Options say how to scan. Analyse is required.
type Options struct {
	Analyse      Analyser
	Jobs         int           // scripts analysed at once; one a core when 0
	Cache        *Cache        // nil: analyse everything
	Baseline     *Baseline     // nil: every finding is news
	Suppressions *Suppressions // nil: nothing is accepted
	Progress     func(Summary) // told after each script, from one goroutine; may be nil
}

// Summary counts what a scan found.
type Summary struct {
	Scripts    int
	Expected   int                       // how many scripts there will be, as far as sources know
	Severities [finding.Critical + 1]int // findings that count, by severity
	Opaque     int                       // scripts that could not be analysed, unless that is known or accepted
	Broken     int                       // scripts that could not even be read
	Cached     int                       // scripts whose analysis came from the cache
}

// Fails says whether a finding counts that is at least this bad. What could not be analysed is as bad as can be.
func (s *Summary) Fails(least finding.Severity) bool {
	n := s.Opaque
	for _, found := range s.Severities[least:] {
		n += found
	}
	return n > 0
}

// Findings is how many findings count.
func (s *Summary) Findings() (n int) {
	for _, found := range s.Severities {
		n += found
	}
	return n
}

func (s *Summary) add(t *task) {
	s.Scripts++
	news := false
	for severity, n := range t.tally.severities {
		s.Severities[severity] += n
		news = news || n > 0
	}
	if t.tally.opaque && news {
		s.Opaque++
	}
	if t.broken {
		s.Broken++
	}
	if t.cached {
		s.Cached++
	}
}
