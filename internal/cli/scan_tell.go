package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"sallyport/internal/output"
	"sallyport/internal/scan"
)

// teller talks to the person at the terminal: a line of progress that is drawn over, and remarks that stay. Several
// goroutines talk at once.
type teller struct {
	w     io.Writer
	quiet bool
	draws bool // w is a terminal that is not busy with results

	mu    sync.Mutex
	drawn time.Time // when the line was drawn; zero when there is none
}

func (t *teller) progress(sum scan.Summary) {
	if !t.draws {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.drawn) < 100*time.Millisecond {
		return
	}
	t.drawn = time.Now()
	of := ""
	if sum.Expected > sum.Scripts {
		of = fmt.Sprintf(" of %d", sum.Expected)
	}
	fmt.Fprintf(t.w, "\r\x1b[Kscripts: %d%s, findings: %d", sum.Scripts, of, sum.Findings())
}

// count shows how many of something are done.
func (t *teller) count(what string, done, of int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.draws || time.Since(t.drawn) < 100*time.Millisecond {
		return
	}
	t.drawn = time.Now()
	fmt.Fprintf(t.w, "\r\x1b[K%s: %d of %d", what, done, of)
}

// remark says something that is no result. Names in it come from strangers.
func (t *teller) remark(text string) {
	if t.quiet {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wipe()
	fmt.Fprintf(t.w, "sallyport: %s\n", output.Visible(text))
}

// done takes the line of progress away.
func (t *teller) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wipe()
}

func (t *teller) wipe() {
	if !t.drawn.IsZero() {
		fmt.Fprint(t.w, "\r\x1b[K")
	}
	t.drawn = time.Time{}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
