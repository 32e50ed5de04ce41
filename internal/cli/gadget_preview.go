package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"sallyport/internal/fakewiki"
	"sallyport/internal/gadget"
	"sallyport/internal/store"
)

type gadgetPreview struct {
	Dir           string `arg:"" help:"The folder of your user space, with NAME.gadget in it." default:"." type:"existingdir"`
	Listen        string `help:"Where the wiki answers; port 0 takes a free one." default:"127.0.0.1:8080" placeholder:"ADDR"`
	ConfirmListen string `help:"Where approvals are given; port 0 takes a free one." default:"127.0.0.1:8081" placeholder:"ADDR"`
	Wiki          string `help:"Run them in a real wiki instead, in your own browser only: the address that its api.php is below." placeholder:"URL"`
	As            string `help:"Your account there." placeholder:"NAME"`
	Verbose       bool   `short:"v" help:"Log requests and changes to standard error."`
}

// Whose user space the folder is on the pretend wiki.
const (
	previewer = "You"
	opens     = "you-open" // no secret: it is the pretend wiki's
)

// Bounds on a folder that is previewed.
const (
	maxPreviewed = 500     // files
	maxPreview   = 2 << 20 // bytes of one
)

// reloading has open pages of the previewer load again when a page of theirs was saved.
const reloading = `// Pages load again when a file of the folder changes.
mw.loader.using( 'mediawiki.api' ).then( () => {
	let last;
	setInterval( () => new mw.Api().get( { list: 'usercontribs', ucuser: 'You', uclimit: 1, ucprop: 'ids' } ).then( ( answer ) => {
		const now = answer.query.usercontribs.length && answer.query.usercontribs[ 0 ].revid;
		if ( last !== undefined && now !== last ) {
			location.reload();
		}
		last = now;
	} ), 1000 );
} );
`

// Run shows the folder's gadgets on a pretend wiki, switched on for You, or on a real one, until it is stopped.
func (c gadgetPreview) Run(s streams) error {
	if c.Wiki != "" {
		return c.onWiki(s)
	}
	files := os.DirFS(c.Dir)
	seen := map[string]string{}
	begin := func(w *fakewiki.Wiki) error {
		w.AddUser(previewer, opens)
		if err := furnish(w); err != nil {
			return err
		}
		if _, err := w.Save("User:"+previewer+"/common.js", reloading, previewer, "Loads pages again"); err != nil {
			return err
		}
		_, err := saveChanged(w, previewer, files, seen)
		return err
	}
	dev := devCommand{Listen: c.Listen, ConfirmListen: c.ConfirmListen, Verbose: c.Verbose}
	return dev.run(s, begin, func(ctx context.Context, d *pretending) error {
		on, err := switchOnAll(ctx, d, previewer)
		if err != nil {
			return err
		}
		if on == 0 {
			return errNoGadget(c.Dir)
		}
		fmt.Fprintf(s.stdout, "Your %d gadgets run at %s/ for %s, password %s.\nSave a file, and open pages load again. Press Ctrl-C to stop.\n", on, d.wiki, previewer, opens)
		return c.follow(ctx, s, d, previewer, files, seen)
	})
}

func errNoGadget(dir string) error {
	return fmt.Errorf("%s has no definition in it: a gadget begins with NAME.gadget, and sallyport gadget new writes one", dir)
}

// lookEvery is how often the folder is looked at.
const lookEvery = 500 * time.Millisecond

// follow saves what changes in the folder, until ctx ends.
func (c gadgetPreview) follow(ctx context.Context, s streams, d *pretending, name string, files fs.FS, seen map[string]string) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		saved, err := saveChanged(d.pretend, name, files, seen)
		if len(saved) > 0 {
			d.registry.Poke()
		}
		for _, title := range saved {
			fmt.Fprintf(s.stdout, "%s  saved %s\n", time.Now().Format(time.TimeOnly), title)
		}
		if err != nil {
			fmt.Fprintf(s.stderr, "sallyport: %v\n", err)
		}
		if _, err := switchOnAll(ctx, d, name); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// saveChanged saves the files that are not as they were, and says which pages those are.
func saveChanged(w *fakewiki.Wiki, user string, files fs.FS, seen map[string]string) (saved []string, err error) {
	count := 0
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(path.Base(name), ".") && d.IsDir():
			return fs.SkipDir
		case !d.Type().IsRegular() || strings.HasPrefix(path.Base(name), "."):
			return nil
		}
		if count++; count > maxPreviewed {
			return fmt.Errorf("the folder has more than %d files: preview your user space alone", maxPreviewed)
		}
		info, err := d.Info()
		if err != nil || info.Size() > maxPreview {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if errors.Is(err, fs.ErrNotExist) { // between listing and reading
			return nil
		}
		if err != nil || seen[name] == string(text) {
			return err
		}
		title := "User:" + user + "/" + name
		if _, err := w.Save(title, string(text), user, "From a file"); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		seen[name] = string(text)
		saved = append(saved, title)
		return nil
	})
	return saved, err
}

// switchOnAll switches on what the previewer does not have on yet, and says how many gadgets are theirs.
func switchOnAll(ctx context.Context, d *pretending, user string) (int, error) {
	rows, _, err := d.registry.List(ctx, store.Query{Owner: user, Limit: 500})
	if err != nil {
		return 0, err
	}
	me, err := d.registry.User(ctx, user)
	if err != nil {
		return 0, err
	}
	on, err := d.registry.Enabled(ctx, me)
	if err != nil {
		return 0, err
	}
	had := map[int64]bool{}
	for _, e := range on {
		had[e.Choice.Gadget] = true
	}
	count := 0
	for _, row := range rows {
		if !strings.HasSuffix(row.Title, gadget.DefaultSuffix) {
			continue
		}
		count++
		if !had[row.PageID] {
			if err := d.registry.SwitchOn(ctx, me.UserID, row.PageID); err != nil {
				return 0, err
			}
		}
	}
	return count, nil
}
