package trace

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What can be wrong with a log. Errors of a [Reader] name the line.
var (
	ErrVersion  = errors.New("the log is of another version than this program knows")
	ErrLine     = errors.New("the line is no event")
	ErrTooLong  = fmt.Errorf("a line is longer than %d bytes", MaxLine)
	ErrCutOff   = errors.New("the log is cut off: its last line has no end")
	ErrTooLarge = fmt.Errorf("the log has more than %d events", maxEvents)
)

// maxEvents bounds what [Read] keeps in memory.
const maxEvents = 1_000_000

// Reader reads a log as strangers may have written it.
type Reader struct {
	r    *bufio.Reader
	line int
}

// NewReader returns a Reader of r.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, MaxLine)} }

// Next is the next event, or io.EOF at the end of the log. Empty lines do not count. After another error the log is
// not worth reading on.
func (r *Reader) Next() (Event, error) {
	for {
		r.line++
		line, err := r.r.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return Event{}, io.EOF
		case errors.Is(err, io.EOF):
			err = ErrCutOff
		case errors.Is(err, bufio.ErrBufferFull):
			err = ErrTooLong
		case err == nil && strings.TrimSpace(string(line)) == "":
			continue
		}
		var e Event
		if err == nil {
			e, err = parse(line)
		}
		if err != nil {
			return Event{}, fmt.Errorf("read the event log, line %d: %w", r.line, err)
		}
		return e, nil
	}
}

func parse(line []byte) (Event, error) {
	var version struct{ V *int }
	if err := json.Unmarshal(line, &version); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrLine, err)
	}
	if version.V == nil || *version.V != Version {
		return Event{}, fmt.Errorf("%w (%d)", ErrVersion, Version)
	}
	var e Event
	if err := json.Unmarshal(line, &e); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrLine, err)
	}
	switch {
	case e.Run < 1:
		return Event{}, fmt.Errorf("%w: runs are numbered from 1", ErrLine)
	case e.Kind == "":
		return Event{}, fmt.Errorf("%w: it has no kind", ErrLine)
	case e.Stage != "" && e.Stage.weight() == 0:
		return Event{}, fmt.Errorf("%w: there is no stage %.40q", ErrLine, e.Stage)
	}
	return shortened(e), nil
}

// Read reads a whole log.
func Read(r io.Reader) (*Log, error) {
	in := NewReader(r)
	var events []Event
	for {
		e, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return NewLog(events), nil
		case err != nil:
			return nil, err
		case len(events) == maxEvents:
			return nil, ErrTooLarge
		}
		events = append(events, e)
	}
}
