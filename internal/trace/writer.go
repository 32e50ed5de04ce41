package trace

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Writer writes a log, one JSON object a line, as things happen. Several goroutines may write at once.
type Writer struct {
	mu sync.Mutex
	w  io.Writer
}

// NewWriter returns a Writer to w. Each event is one call of w.Write.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write adds an event. Fields that are too long are cut, and Data.Cut says by how much.
func (w *Writer) Write(e Event) error {
	e.V = Version
	line, err := json.Marshal(shortened(e))
	if err != nil {
		return fmt.Errorf("write %s event of run %d: %w", e.Kind, e.Run, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the event log: %w", err)
	}
	return nil
}
