package outbreak

import (
	"context"
	"net/url"
	"strings"
	"time"
)

// deletes is how many pages the model deletes at each visit of somebody who may.
const deletes = 3

// infect is the model: the requests that the script of March 2026 made in the name of whoever ran it.
func (p *person) infect(ctx context.Context) error {
	if _, again := p.ran[p]; !again {
		p.ran[p] = p.Clock.Now()
		p.last = p.Clock.Now()
	}
	for _, page := range p.targets() {
		p.Clock.set(p.Clock.Now().Add(200 * time.Millisecond))
		now, err := p.raw(ctx, page)
		if err != nil {
			return err
		}
		if strings.Contains(now, mark) {
			continue
		}
		if _, err := p.write(ctx, url.Values{"action": {"edit"}, "title": {page}, "appendtext": {line}}); err != nil {
			return err
		}
	}
	return p.destroy(ctx)
}

// targets are the pages it wants to be in.
func (p *person) targets() []string {
	var pages []string
	if p.privileged {
		pages = append(pages, "MediaWiki:Common.js")
	}
	pages = append(pages, p.own("common.js"))
	if p.Way == Scripts {
		pages = append(pages, p.own("tool.js"))
	}
	return pages
}

// destroy deletes articles, where the person may.
func (p *person) destroy(ctx context.Context) error {
	if !p.privileged {
		return nil
	}
	for range deletes {
		p.Clock.set(p.Clock.Now().Add(200 * time.Millisecond))
		article := p.articles[p.r.IntN(len(p.articles))]
		if _, err := p.write(ctx, url.Values{"action": {"delete"}, "title": {article}}); err != nil {
			return err
		}
	}
	return nil
}
