package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"sallyport/internal/finding"
	"sallyport/internal/queue"
	"sallyport/internal/scan"
)

// scanKind is the kind of jobs that `sallyport scan` would do; their results are [finding.Script] as JSON.
const scanKind = "scan"

// scanner reads scripts, together with those they name as these are at the time.
type scanner struct {
	analysis analysis
	near     *near
}

func (s scanner) version() string { return version() + s.analysis.version }

// analyser does the jobs.
func (s scanner) analyser(slots int) queue.Analyser {
	return queue.Analyser{Kind: scanKind, Version: s.version(), Slots: slots, Analyse: s.analyse}
}

func (s scanner) analyse(ctx context.Context, j queue.Job, text string) ([]byte, error) {
	source := scan.Source{Known: 1, Each: func(ctx context.Context, yield func(scan.Input) error) error {
		return yield(scan.Input{Path: j.Path, Find: s.near.find(ctx, j.Wiki), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader([]byte(text))), nil
		}})
	}}
	var kept only
	if _, err := scan.Run(ctx, scan.Options{Analyse: s.analysis.analyse, Jobs: 1}, []scan.Source{source}, &kept); err != nil {
		return nil, err
	}
	if kept.script == nil {
		return nil, errors.New("the scan said nothing")
	}
	return json.Marshal(kept.script)
}

// only is a handler of one script.
type only struct{ script *finding.Script }

func (o *only) Script(s *finding.Script) error {
	o.script = s
	return nil
}

func (o *only) Close() error { return nil }
