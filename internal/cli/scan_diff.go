package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/output"
	"sallyport/internal/scan"
)

// compare tells which capabilities the second path has that the first has not, and exits with 3 when there are any.
func (c scanCommand) compare(s streams, told *teller) error {
	o, err := c.options(told)
	if err != nil {
		return err
	}
	var sides [2]states
	for i, path := range c.Paths {
		if sides[i], err = c.side(s, o, path, told); err != nil {
			return err
		}
	}
	told.done()
	changes := output.Changes(sides[0].scripts, sides[1].scripts)
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		err = output.DiffJSON(out, changes)
	} else {
		err = output.DiffText(out, changes)
	}
	if err := errors.Join(err, out.finish(err == nil)); err != nil {
		return err
	}
	if n := sides[0].broken + sides[1].broken; n > 0 {
		return fmt.Errorf("%d of the scripts could not be read", n)
	}
	for _, change := range changes {
		if len(change.Gained) > 0 {
			return exitRequest(exitFindings)
		}
	}
	return nil
}

// states are the scripts of one side: a Handler that keeps what they can do.
type states struct {
	scripts []*finding.Script
	broken  int
	root    string // in a folder, paths count from there
}

func (t *states) Script(s *finding.Script) error {
	path := strings.TrimPrefix(s.Path, t.root)
	t.scripts = append(t.scripts, &finding.Script{Path: path, Capabilities: s.Capabilities})
	return nil
}

func (t *states) Close() error { return nil }

// side reads one side: a saved scan, or whatever a scan takes.
func (c scanCommand) side(s streams, o scan.Options, path string, told *teller) (states, error) {
	var side states
	if strings.HasSuffix(path, ".json") {
		f, err := os.Open(path)
		if err != nil {
			return side, err
		}
		defer f.Close()
		if err = finding.Read(f, side.Script); !errors.Is(err, finding.ErrNotScan) || len(side.scripts) > 0 {
			return side, err
		}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		side.root = filepath.ToSlash(filepath.Clean(path)) + "/"
	}
	sources, err := c.sources([]string{path}, told)
	if err != nil {
		return side, err
	}
	sum, err := scan.Run(s.ctx, o, sources, &side)
	if s.ctx.Err() != nil {
		err = errStopped
	}
	side.broken = sum.Broken
	return side, err
}
