package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/link"
	"sallyport/internal/mediawiki"
	"sallyport/internal/scan"
	"sallyport/internal/wiki"
)

// near is the wiki whose scripts are analysed: where those are found that a script names. Nil has none.
type near struct {
	site   *wiki.Site
	client *mediawiki.Client

	mu    sync.Mutex
	since time.Time
	look  func(context.Context) link.Find
	away  time.Time // when the wiki last did not answer
}

const (
	// nearFor is how long what others name is remembered: jobs that come together name the same scripts.
	nearFor = time.Minute
	// nearPatience is how long the wiki may take to hand one out, and nearPause how long it is left alone when it does not. A
	// script is analysed without the others then.
	nearPatience, nearPause = 5 * time.Second, 30 * time.Second
)

// find finds what a page of a wiki names.
func (n *near) find(ctx context.Context, id string) link.Find {
	if n == nil || n.site.ID != id {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Since(n.since) > nearFor {
		n.since, n.look = time.Now(), scan.Companions(briefly{n.client, n}, n.site)
	}
	return n.look(ctx)
}

// briefly asks a wiki that may not answer.
type briefly struct {
	scan.Wiki
	n *near
}

var errAway = errors.New("the wiki did not answer a moment ago")

func (b briefly) Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	b.n.mu.Lock()
	away := time.Since(b.n.away) < nearPause
	b.n.mu.Unlock()
	if away {
		return nil, errAway
	}
	ctx, cancel := context.WithTimeout(ctx, nearPatience)
	defer cancel()
	pages, err := b.Wiki.Pages(ctx, titles)
	if errors.Is(err, mediawiki.ErrUnavailable) {
		b.n.mu.Lock()
		b.n.away = time.Now()
		b.n.mu.Unlock()
	}
	return pages, err
}

// library holds what a script names, directly and by way of others. Reading it finds out.
func (n *near) library(ctx context.Context, all *decoy.Library, id, path, text string) {
	find := n.find(ctx, id)
	if find == nil {
		return
	}
	theAnalysis().analyse(path, []byte(text), func(from string, ref link.Ref) (string, []byte, bool) {
		name, src, ok := find(from, ref)
		if ok {
			all.Add(n.title(name), string(src))
		}
		return name, src, ok
	})
}

// title is a page's title as a wiki in English has it, which is what the sandbox pretends to be.
func (n *near) title(path string) string {
	if n == nil {
		return path
	}
	t, err := n.site.Parse(path)
	if err != nil {
		return path
	}
	name := n.site.Namespaces[t.NS].Canonical
	if name == "" {
		return path
	}
	return fmt.Sprintf("%s:%s", name, strings.ReplaceAll(t.Key, "_", " "))
}

// host is the wiki's name on the net; empty when it has none that a script would know.
func (n *near) host() string {
	if n == nil {
		return ""
	}
	u, err := url.Parse(n.site.Server)
	if err != nil || u.Port() != "" || net.ParseIP(u.Hostname()) != nil || !strings.Contains(u.Hostname(), ".") {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
