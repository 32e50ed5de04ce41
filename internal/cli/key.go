package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"text/tabwriter"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/confirm"
	"sallyport/internal/mediawiki"
	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

type keyCommand struct {
	Invite keyInvite `cmd:"" help:"Print a one-time address at which somebody makes a passkey. Hand it over in person, or by a way the wiki has no part in."`
	Add    keyAdd    `cmd:"" help:"Register a machine's Ed25519 key, with which sallyport deploy signs."`
	List   keyList   `cmd:"" help:"List the keys that may approve."`
	Revoke keyRevoke `cmd:"" help:"Revoke a key; it approves nothing from now on."`
}

// onStore is what commands share that work on the store beside a running serve.
type onStore struct {
	Config string `help:"The settings file that serve has." required:"" type:"path" placeholder:"FILE"`
}

// open opens the store and asks the wiki what it is.
func (o onStore) open(ctx context.Context) (*config.Config, store.Store, *mediawiki.Client, *wiki.Site, error) {
	settings, err := config.Load(o.Config)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	db, err := sqlstore.Open(ctx, settings.Store)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	p := parts{wikiURL: settings.Wiki.URL, scriptPath: settings.Wiki.ScriptPath, store: db}
	client := mediawiki.New(p.wikiURL, p.scriptPath, &http.Client{}, mediawiki.Options{})
	site, err := siteOf(ctx, client, p)
	if err != nil {
		return nil, nil, nil, nil, errors.Join(err, db.Close())
	}
	return settings, db, client, site, nil
}

// account finds a person.
func account(ctx context.Context, client *mediawiki.Client, name string) (wiki.User, error) {
	users, err := client.Users(ctx, []string{name})
	if err != nil {
		return wiki.User{}, err
	}
	if users[0].ID == 0 {
		return wiki.User{}, fmt.Errorf("nobody on the wiki is called %q", name)
	}
	return users[0], nil
}

type keyInvite struct {
	onStore
	User string        `arg:"" help:"The account's name on the wiki."`
	For  time.Duration `help:"How long the address holds." default:"24h"`
}

func (c keyInvite) Run(s streams) error {
	settings, db, client, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	address, err := invite(s.ctx, db, client, site.ID, c.User, settings.Confirm(), time.Now().Add(c.For))
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s\n", address)
	fmt.Fprintf(s.stderr, "Holds once, until %s. Whoever opens it can approve changes as %s: hand it over in person.\n", time.Now().Add(c.For).UTC().Format("2006-01-02 15:04 UTC"), c.User)
	return nil
}

// invite keeps a permission to add a key and returns its address.
func invite(ctx context.Context, db store.Store, client *mediawiki.Client, site, name, origin string, expires time.Time) (string, error) {
	user, err := account(ctx, client, name)
	if err != nil {
		return "", err
	}
	i, path := confirm.NewInvite(site, user.ID, user.Name, "operator", expires)
	return origin + path, db.SaveInvite(ctx, i)
}

type keyAdd struct {
	onStore
	User string `arg:"" help:"The account that deploys, as whom the machine logs in."`
	File string `arg:"" help:"The public key, for instance id_ed25519.pub." type:"existingfile"`
}

func (c keyAdd) Run(s streams) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	public, err := passkey.ReadSSHPublic(text)
	if err != nil {
		return err
	}
	_, db, client, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	user, err := account(s.ctx, client, c.User)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Second)
	key := store.Key{
		Wiki: site.ID, ID: public.ID, Kind: "ssh", UserID: user.ID, User: user.Name, Label: public.Comment, Public: public.Public, Added: now, Counts: now,
	}
	if _, err := db.Key(s.ctx, site.ID, key.ID); err == nil {
		return fmt.Errorf("key %s is registered already", key.ID)
	}
	entry, err := pending.KeyAdded(key, "operator")
	if err != nil {
		return err
	}
	if err := db.SaveKey(s.ctx, key, entry); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s may deploy as %s.\n", key.ID, key.User)
	return nil
}

type keyList struct {
	onStore
}

func (c keyList) Run(s streams) error {
	_, db, _, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	keys, err := db.Keys(s.ctx, site.ID, 0)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "USER\tKIND\tADDED\tSTATE\tLABEL\tID\n")
	for _, k := range keys {
		state := "good"
		if !k.Revoked.IsZero() {
			state = "revoked " + k.Revoked.Format(time.DateOnly)
		} else if !k.Good(time.Now()) {
			state = "from " + k.Counts.Format("2006-01-02 15:04 UTC")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%q\t%s\n", k.User, k.Kind, k.Added.Format(time.DateOnly), state, k.Label, k.ID)
	}
	return w.Flush()
}

type keyRevoke struct {
	onStore
	ID string `arg:"" help:"The key, as sallyport key list shows it."`
}

func (c keyRevoke) Run(s streams) error {
	_, db, _, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	key, err := db.Key(s.ctx, site.ID, c.ID)
	if err != nil {
		return err
	}
	key.Revoked = time.Now().UTC().Truncate(time.Second)
	entry, err := pending.KeyRevoked(key)
	if err != nil {
		return err
	}
	if err := db.SaveKey(s.ctx, key, entry); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "Revoked: a %s key of %s.\n", key.Kind, key.User)
	return nil
}
