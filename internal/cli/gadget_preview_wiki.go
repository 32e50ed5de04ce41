package cli

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/fakewiki"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

//go:embed gadget_preview.js
var reloadingThere string

var aBoot = regexp.MustCompile(base + `/boot/[0-9a-z]+\.js`)

// onWiki shows the folder's gadgets on a real wiki, to whoever opens it here, until it is stopped. A pretend wiki keeps the files; the real one
// is shown, with the bootstrap put in, and is told of nothing.
func (c gadgetPreview) onWiki(s streams) error {
	if c.As == "" {
		return errors.New("--wiki needs --as NAME: the account whose user space the folder is, and as whom you log in there")
	}
	if host, _, err := net.SplitHostPort(c.Listen); err != nil || host != "localhost" && !loopback(host) {
		return fmt.Errorf("--listen %q: with --wiki it is an address of this computer alone, for instance 127.0.0.1:8080: you are logged in there", c.Listen)
	}
	upstream, err := c.wikiAt(s.ctx)
	if err != nil {
		return err
	}
	files, seen := os.DirFS(c.Dir), map[string]string{}
	begin := func(w *fakewiki.Wiki) error {
		w.AddUser(c.As, opens)
		_, err := saveChanged(w, c.As, files, seen)
		return err
	}
	dev := devCommand{Listen: "127.0.0.1:0", ConfirmListen: "127.0.0.1:0", Verbose: c.Verbose}
	return dev.run(s, begin, func(ctx context.Context, d *pretending) error {
		on, err := switchOnAll(ctx, d, c.As)
		if err != nil {
			return err
		}
		if on == 0 {
			return errNoGadget(c.Dir)
		}
		work, ctx := errgroup.WithContext(ctx)
		here, err := c.show(ctx, work, d, upstream)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.stdout, "Your %d gadgets run at %s for %s, once you have logged in there, and for nobody else. Nothing is saved on the wiki.\n"+
			"Save a file, and open pages load again. Press Ctrl-C to stop.\n", on, here, c.As)
		work.Go(func() error { return c.follow(ctx, s, d, c.As, files, seen) })
		return work.Wait()
	})
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// wikiAt asks the wiki at an address, which may have a script path, whether it is one, and how it spells the account's name.
func (c *gadgetPreview) wikiAt(ctx context.Context) (*url.URL, error) {
	u, err := url.Parse(c.Wiki)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("--wiki %q: write the address that api.php is below, for instance https://wiki.example/w", c.Wiki)
	}
	path := strings.TrimSuffix(u.Path, "/")
	u.Path = ""
	site, err := mediawiki.New(u.String(), path, nil, mediawiki.Options{}).Site(ctx)
	if err != nil {
		return nil, fmt.Errorf("--wiki %q: %w", c.Wiki, err)
	}
	account, err := site.ParseIn(c.As, wiki.NSUser)
	if err != nil || account.NS != wiki.NSUser || account.IsSubpage() {
		return nil, fmt.Errorf("--as %q is not the name of an account", c.As)
	}
	c.As = account.Text()
	return u, nil
}

// show serves the real wiki at c.Listen, with what our own addresses answer for the pretend one.
func (c gadgetPreview) show(ctx context.Context, work *errgroup.Group, d *pretending, upstream *url.URL) (string, error) {
	listeners, err := listen(ctx, "127.0.0.1:0", c.Listen)
	if err != nil {
		return "", err
	}
	inner, front := listeners[0], listeners[1]
	here := &url.URL{Scheme: "http", Host: front.Addr().String()}
	own := http.NewServeMux()
	own.Handle("/", d.handler)
	// A wiki that has us in front of it already sends a bootstrap of its own. It is not for this preview.
	boot := string(aBoot.Find(d.tag))
	own.HandleFunc("GET "+base+"/boot/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	})
	own.HandleFunc("GET "+base+"/preview/boot.js", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = boot
		d.handler.ServeHTTP(w, r)
	})
	own.HandleFunc("GET "+base+"/preview/reload.js", func(w http.ResponseWriter, r *http.Request) {
		c.tell(w, r, d, "text/javascript", func(version string) string { return strings.Replace(reloadingThere, "VERSION", version, 1) })
	})
	own.HandleFunc("GET "+base+"/preview/version", func(w http.ResponseWriter, r *http.Request) {
		c.tell(w, r, d, "text/plain", func(version string) string { return version })
	})
	log := slog.New(slog.DiscardHandler)
	handler := gateway.New(gateway.Options{
		Upstream: &url.URL{Scheme: "http", Host: inner.Addr().String()}, Base: base, Own: own, Log: log,
		Tag: []byte(strings.Replace(string(d.tag), boot, base+"/preview/boot.js", 1) + `<script src="` + base + `/preview/reload.js"></script>`),
	})
	work.Go(func() error { return serveHTTP(ctx, inner, gateway.Elsewhere(upstream, here), log) })
	work.Go(func() error { return serveHTTP(ctx, front, handler, log) })
	return here.String() + "/", nil
}

// tell answers with something about the gadgets as they are.
func (c gadgetPreview) tell(w http.ResponseWriter, r *http.Request, d *pretending, kind string, say func(version string) string) {
	version, err := versionOf(r.Context(), d, c.As)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, say(version)) // the reader went away
}

// versionOf changes when anything changes of what somebody's gadgets are made of.
func versionOf(ctx context.Context, d *pretending, name string) (string, error) {
	me, err := d.registry.User(ctx, name)
	if err != nil {
		return "", err
	}
	on, err := d.registry.Enabled(ctx, me)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, e := range on {
		g, err := d.registry.Gadget(ctx, e.Choice.Gadget)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&all, g.Module, g.Key)
	}
	return string(store.DigestOf(all.String())), nil
}
