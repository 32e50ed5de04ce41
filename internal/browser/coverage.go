package browser

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// Coverage is which functions of which scripts have run since the context was opened, for scripts that have an address or were
// made by eval, in order of address. ContextOptions.Coverage must be set. What ran in documents that left the page by themselves,
// and in workers that have ended, is counted as far as the browser still knows of it.
func (c *Context) Coverage(ctx context.Context) ([]Script, error) {
	if err := c.collect(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Script
	for _, s := range c.coverage {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b Script) int { return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// collect adds up what has run since the last time.
func (c *Context) collect(ctx context.Context) error {
	for _, t := range c.all() {
		if err := c.collectFrom(ctx, t); err != nil && t == c.page {
			return err
		}
	}
	return nil
}

func (c *Context) collectFrom(ctx context.Context, t *target) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var answer struct {
		Result []struct {
			ScriptID  string `json:"scriptId"`
			URL       string `json:"url"`
			Functions []struct {
				Name   string `json:"functionName"`
				Ranges []struct {
					Start int `json:"startOffset"`
					End   int `json:"endOffset"`
					Count int `json:"count"`
				} `json:"ranges"`
			} `json:"functions"`
		} `json:"result"`
	}
	if err := c.call(ctx, t, "Profiler.takePreciseCoverage", nil, &answer); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range answer.Result {
		id := t.prefix + s.ScriptID
		script := c.coverage[id]
		if script == nil {
			script = &Script{ID: id, URL: s.URL}
			c.coverage[id] = script
		}
		counts := map[Function]int{}
		for _, f := range script.Functions {
			counts[Function{Name: f.Name, Start: f.Start, End: f.End}] = f.Count
		}
		for _, f := range s.Functions {
			if len(f.Ranges) > 0 {
				r := f.Ranges[0]
				counts[Function{Name: f.Name, Start: r.Start, End: r.End}] += r.Count
			}
		}
		script.Functions = script.Functions[:0]
		for f, n := range maps.All(counts) {
			f.Count = n
			script.Functions = append(script.Functions, f)
		}
		slices.SortFunc(script.Functions, func(a, b Function) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	}
	return nil
}
