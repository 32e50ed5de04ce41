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

	"sallyport/internal/output"
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
	bar := &runBar{t: told, scripts: len(scripts), looked: map[string]sandbox.Progress{}}
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

// runBar shows how far the runs are: a bar a person can read from across the room, with what has run of the scripts.
type runBar struct {
	t       *teller
	scripts int

	mu       sync.Mutex
	finished int
	looked   map[string]sandbox.Progress // of each script that was begun
}

const barWidth = 24

func (b *runBar) run(p sandbox.Progress) {
	b.mu.Lock()
	b.looked[p.Path] = p
	line := b.line()
	b.mu.Unlock()
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	if !b.t.draws || time.Since(b.t.drawn) < 100*time.Millisecond {
		return
	}
	b.t.drawn = time.Now()
	fmt.Fprintf(b.t.w, "\r\x1b[K%s", line)
}

// line sums up all scripts that were begun; what the others need is not known yet.
func (b *runBar) line() string {
	var runs, expected, ran, functions int
	share := 0.0
	for _, p := range b.looked {
		runs, expected, ran, functions = runs+p.Runs, expected+max(p.Expected, p.Runs), ran+p.Ran, functions+p.All
		share += float64(p.Runs) / float64(max(p.Expected, p.Runs, 1))
	}
	full := int(barWidth * share / float64(b.scripts))
	coverage := 0
	if functions > 0 {
		coverage = 100 * ran / functions
	}
	return fmt.Sprintf("[%s%s] %d of %s, %d of %d runs, %d %% of the functions", strings.Repeat("█", full), strings.Repeat("░", barWidth-full),
		b.finished, output.Plural(b.scripts, "script"), runs, expected, coverage)
}

func (b *runBar) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finished++
}
