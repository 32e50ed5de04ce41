package culprit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/finding"
	"sallyport/internal/store"
	"sallyport/internal/trace"
)

// Run refreshes at every tick until the context ends.
func (f *Finder) Run(ctx context.Context, tick <-chan time.Time) error {
	for {
		if err := f.Refresh(ctx); err != nil && ctx.Err() == nil {
			f.o.Log.Warn("which script names which server is not known anew", "err", err)
		}
		select {
		case <-tick:
		case <-ctx.Done():
			return nil
		}
	}
}

// Refresh reads which gadgets there are and which servers their pages name.
func (f *Finder) Refresh(ctx context.Context) error {
	names, hosts, read := map[int64]string{}, map[string][]string{}, map[store.Digest][]string{}
	for offset := 0; offset < maxGadgets; {
		list, total, err := f.o.Gadgets.List(ctx, store.Query{Sort: "title", Offset: offset, Limit: 500})
		if err != nil {
			return err
		}
		for _, g := range list {
			name := readable(g.Title)
			names[g.PageID] = name
			found, err := f.named(ctx, g.Files, read)
			if err != nil {
				return fmt.Errorf("read what %s names: %w", g.Title, err)
			}
			for _, host := range found {
				if !slices.Contains(hosts[host], name) {
					hosts[host] = append(hosts[host], name)
				}
			}
		}
		if offset += len(list); len(list) == 0 || offset >= total {
			break
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.names, f.hosts, f.read, f.budget = names, hosts, read, lookups
	return nil
}

// named lists the servers that pages name. What a text names is read once.
func (f *Finder) named(ctx context.Context, titles []string, read map[store.Digest][]string) (all []string, err error) {
	pages, err := f.o.Known.Pages(ctx, f.o.Site.ID, titles)
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		if p.Digest == "" {
			continue
		}
		f.mu.Lock()
		found, ok := f.read[p.Digest]
		f.mu.Unlock()
		if !ok {
			if found, ok, err = f.scanned(ctx, p.Digest); err != nil {
				return nil, err
			}
		}
		if ok {
			read[p.Digest] = found
		}
		all = append(all, found...)
	}
	return all, nil
}

// scanned reads the servers out of the newest analysis of a text; ok is false while there is none.
func (f *Finder) scanned(ctx context.Context, d store.Digest) (found []string, ok bool, err error) {
	results, err := f.o.Known.Results(ctx, f.o.Site.ID, d)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, false, err
	}
	i := slices.IndexFunc(results, func(r store.Result) bool { return r.Kind == "scan" })
	if i < 0 {
		return nil, false, nil
	}
	s := &finding.Script{}
	if json.Unmarshal([]byte(results[i].Body), s) != nil {
		return nil, true, nil // of another version; the next analysis says it again
	}
	for _, row := range trace.Inventory([]trace.Sight{{Path: s.Path, Static: s.Capabilities, Report: &trace.Report{}}}) {
		if row.Kind == "host" && !strings.Contains(row.Target, "*") {
			found = append(found, row.Target)
		}
	}
	return found, true, nil
}
