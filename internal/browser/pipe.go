package browser

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync"
)

// maxMessage bounds one message of the browser: a screenshot or a script's text, in bytes.
const maxMessage = 64 << 20

// pipe carries messages that end in a NUL byte, as --remote-debugging-pipe has them.
type pipe struct {
	r  *bufio.Reader
	mu sync.Mutex // one message at a time
	w  io.Writer
}

func newPipe(r io.Reader, w io.Writer) *pipe {
	return &pipe{r: bufio.NewReaderSize(r, 1<<16), w: w}
}

func (p *pipe) write(message []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.w.Write(append(message, 0))
	return err
}

// read returns the next message. It is the caller's to keep. One that is too long comes as an empty one.
func (p *pipe) read() ([]byte, error) {
	var message []byte
	for long := false; ; {
		part, err := p.r.ReadSlice(0)
		if long = long || len(message)+len(part) > maxMessage; long {
			message = nil
		} else {
			message = append(message, part...)
		}
		switch {
		case err == nil:
			return bytes.TrimSuffix(message, []byte{0}), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}
