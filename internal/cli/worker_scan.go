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

// scanner does them.
func scanner(slots int) queue.Analyser {
	return queue.Analyser{Kind: scanKind, Version: version(), Slots: slots, Analyse: scanText}
}

// scanText reads one script, on its own: a result belongs to a text, and what it names may change.
func scanText(ctx context.Context, j queue.Job, text string) ([]byte, error) {
	source := scan.One(j.Path, func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader([]byte(text))), nil
	})
	var kept only
	if _, err := scan.Run(ctx, scan.Options{Analyse: theAnalysis().analyse, Jobs: 1}, []scan.Source{source}, &kept); err != nil {
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
