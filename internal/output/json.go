package output

import (
	"bufio"
	"fmt"
	"io"

	"sallyport/internal/finding"
)

// NewJSON returns the format for programs: one document of the form [finding.Schema], a script a line.
func NewJSON(w io.Writer) finding.Handler { return &document{w: bufio.NewWriter(w)} }

type document struct {
	w     *bufio.Writer
	begun bool
}

func (d *document) Script(s *finding.Script) error {
	b, err := s.MarshalJSON()
	if err != nil {
		return err
	}
	return d.Line(b)
}

// Line writes a script that was spelled before.
func (d *document) Line(json []byte) error {
	d.separate()
	_, err := d.w.Write(json)
	return err
}

func (d *document) separate() {
	if d.begun {
		fmt.Fprint(d.w, ",\n")
		return
	}
	d.begun = true
	fmt.Fprint(d.w, `{"schema":"`+finding.Schema+`","scripts":[`+"\n")
}

func (d *document) Close() error {
	if !d.begun {
		d.separate()
	}
	fmt.Fprint(d.w, "\n]}\n")
	return d.w.Flush()
}
