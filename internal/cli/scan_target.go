package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// target is where results go: standard output, or a file that takes its name when it is complete, so that a baseline is
// never half a scan.
type target struct {
	io.Writer
	file *os.File
	name string // what the file is called in the end; empty when it is called so already
}

func create(name string, stdout io.Writer) (*target, error) {
	if name == "" {
		return &target{Writer: stdout}, nil
	}
	t := &target{name: name}
	now := name + ".part"
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		now, t.name = name, "" // a device or a pipe keeps its place
	}
	f, err := os.OpenFile(now, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644) //nolint:gosec // a report is for others to read, like any file
	if err != nil {
		return nil, fmt.Errorf("write results: %w", err)
	}
	t.Writer, t.file = f, f
	return t, nil
}

func (t *target) finish(complete bool) error {
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	if t.name == "" {
		return err
	}
	if complete && err == nil {
		return os.Rename(t.file.Name(), t.name)
	}
	return errors.Join(err, os.Remove(t.file.Name()))
}
