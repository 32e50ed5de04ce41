package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/mediawiki"
	"sallyport/internal/scan"
)

// sources sorts what was named: files go together, the rest keeps its order behind them.
func (c scanCommand) sources(paths []string, told *teller) (all []scan.Source, err error) {
	var files []string
	for _, path := range paths {
		title, onWiki := strings.CutPrefix(path, "wiki:")
		switch {
		case path == "-":
			all = append(all, scan.One("stdin", c.standardInput))
		case onWiki:
			client, err := c.wiki(title)
			if err != nil {
				return nil, err
			}
			all = append(all, scan.Pages(client, title, told.remark))
		case strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://"):
			all = append(all, scan.One(path, func(ctx context.Context) (io.ReadCloser, error) { return fetch(ctx, path) }))
		default:
			files = append(files, path)
		}
	}
	if len(files) > 0 {
		all = append([]scan.Source{scan.Files(files, told.remark)}, all...)
	}
	for _, dump := range c.Dump {
		all = append(all, scan.Dump(dump, told.remark))
	}
	return all, nil
}

func (c scanCommand) standardInput(context.Context) (io.ReadCloser, error) {
	if c.stdin != nil {
		return io.NopCloser(c.stdin), nil
	}
	return io.NopCloser(os.Stdin), nil
}

func (c scanCommand) wiki(title string) (*mediawiki.Client, error) {
	if c.Config == "" {
		return nil, fmt.Errorf("wiki:%s: --config FILE says which wiki", title)
	}
	settings, err := config.Load(c.Config)
	if err != nil {
		return nil, err
	}
	return mediawiki.New(settings.Wiki.URL, settings.Wiki.ScriptPath, &http.Client{}, mediawiki.Options{Timeout: 20 * time.Second}), nil
}

const (
	fetchMost    = 5 << 20
	fetchTimeout = 20 * time.Second
)

// fetch gets the text of a wiki page by its address, or of anything else that is no HTML.
func fetch(ctx context.Context, address string) (io.ReadCloser, error) {
	raw, err := rawAddress(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, raw, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "Sallyport")
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server says %s", resp.Status)
	case kind == "text/html":
		return nil, errors.New("the server answers with HTML: is this the address of a script?")
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, fetchMost+1))
	if err == nil && len(text) > fetchMost {
		err = fmt.Errorf("the answer is longer than %d MB", fetchMost>>20)
	}
	return io.NopCloser(bytes.NewReader(text)), err
}

// rawAddress asks for a page's text instead of its view. Addresses that say what they want, and load.php, stay.
func rawAddress(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Fragment = ""
	q := u.Query()
	if !q.Has("action") && !strings.HasSuffix(u.Path, "/load.php") {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&action=raw", "&")
	}
	return u.String(), nil
}
