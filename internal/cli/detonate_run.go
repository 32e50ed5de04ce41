package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"sallyport/internal/sandbox"
	"sallyport/internal/scan"
	"sallyport/internal/story"
	"sallyport/internal/trace"
)

// scanInput is a script that is still to be read.
type scanInput = scan.Input

// maxScript bounds a script that is run, in bytes.
const maxScript = 5 << 20

func readInput(ctx context.Context, in scanInput) (string, error) {
	f, err := in.Open(ctx)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxScript+1))
	if err == nil && len(text) > maxScript {
		err = fmt.Errorf("longer than %d MB: not run", maxScript>>20)
	}
	return string(text), err
}

// runs says whether a path is a script's, by its name; what has no ending that says otherwise is taken for one.
func runs(name string) bool {
	name, _, _ = strings.Cut(name, "?")
	switch strings.ToLower(path.Ext(name)) {
	case ".css", ".json", ".vue", ".ts", ".less", ".html", ".mjs", ".md":
		return false
	}
	return true
}

// detonate runs all scripts that are named. Each has a browser of its own. keep, if any, gets the log.
func (c *detonation) detonate(ctx context.Context, paths []string, told *teller, keep *trace.Writer) (*detonated, error) {
	scripts, broken, err := c.gather(ctx, paths, told)
	if err != nil {
		return nil, err
	}
	o, err := c.options()
	if err != nil {
		return nil, err
	}
	bar := &runBar{t: told, scripts: len(scripts)}
	o.Progress = bar.run
	box, err := sandbox.New(o)
	if err != nil {
		return nil, err
	}
	out := &detonated{pictures: map[string][]story.Picture{}, texts: map[string]string{}, broken: broken}
	reports := make([]*trace.Report, len(scripts))
	logs := make([]*trace.Log, len(scripts))
	var mu sync.Mutex
	var first error
	each(c.jobs(), len(scripts), func(i int) {
		s := scripts[i]
		r, err := box.Run(ctx, sandbox.Script{Path: s.path, Title: c.titleFor(len(scripts)), Text: s.text})
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			first = cmp.Or(first, err)
			return
		}
		reports[i], logs[i] = r.Report, r.Log
		out.document.Isolation = string(r.Isolation.Level)
		out.texts[s.path] = s.text
		for _, p := range r.Pictures {
			out.pictures[s.path] = append(out.pictures[s.path], story.Picture{Caption: p.Caption, PNG: p.PNG})
		}
		bar.done()
	})
	if first != nil {
		return nil, first
	}
	if ctx.Err() != nil {
		return nil, errStopped
	}
	out.document.Runs = slices.DeleteFunc(reports, func(r *trace.Report) bool { return r == nil })
	return out, writeLogs(keep, logs)
}

func (c *detonation) titleFor(scripts int) string {
	if scripts == 1 {
		return c.Title
	}
	return ""
}

// each calls do for 0…n-1, so many at once.
func each(at, n int, do func(int)) {
	var group sync.WaitGroup
	queue := make(chan int)
	for range min(at, n) {
		group.Go(func() {
			for i := range queue {
				do(i)
			}
		})
	}
	for i := range n {
		queue <- i
	}
	close(queue)
	group.Wait()
}

func writeLogs(keep *trace.Writer, logs []*trace.Log) error {
	if keep == nil {
		return nil
	}
	logs = slices.DeleteFunc(logs, func(l *trace.Log) bool { return l == nil })
	for _, run := range trace.Merge(logs...).Runs {
		for _, e := range run.Events {
			if err := keep.Write(*e); err != nil {
				return err
			}
		}
	}
	return nil
}

// runBar shows how far the runs are: a bar a person can read from across the room, with what has run of the script.
type runBar struct {
	t       *teller
	scripts int

	mu       sync.Mutex
	finished int
}

const barWidth = 24

func (b *runBar) run(p sandbox.Progress) {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	if !b.t.draws || time.Since(b.t.drawn) < 100*time.Millisecond {
		return
	}
	b.t.drawn = time.Now()
	b.mu.Lock()
	at := b.finished + 1
	b.mu.Unlock()
	full := 0
	if p.Expected > 0 {
		full = min(barWidth, barWidth*p.Runs/p.Expected)
	}
	coverage := 0
	if p.All > 0 {
		coverage = 100 * p.Ran / p.All
	}
	fmt.Fprintf(b.t.w, "\r\x1b[K[%s%s] script %d of %d, %d of %d runs, %d %% of its functions", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), at, b.scripts, p.Runs, p.Expected, coverage)
}

func (b *runBar) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finished++
}
