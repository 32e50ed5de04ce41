package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/mediawiki"
	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor/hook"
)

type deployCommand struct {
	Wiki       string   `help:"The wiki as people reach it, through Sallyport." required:"" placeholder:"URL"`
	ScriptPath string   `help:"Path of api.php, without a final slash." default:"" placeholder:"PATH"`
	User       string   `help:"The account that deploys; its password is in SALLYPORT_PASSWORD." required:""`
	Key        string   `help:"The private Ed25519 key, registered with sallyport key add." required:"" type:"existingfile"`
	Title      string   `help:"The page of a single file; of several files, what their names are added to, for instance \"MediaWiki:Gadget-\"." required:""`
	Summary    string   `help:"Edit summary." default:"Deployed"`
	Files      []string `arg:"" help:"The files, each one page." type:"existingfile"`
}

// Run saves files as pages, each with a signature over exactly what the wiki will hold.
func (c deployCommand) Run(s streams) error {
	key, err := os.ReadFile(c.Key)
	if err != nil {
		return err
	}
	password := config.Password()
	if password == "" {
		return errors.New("the account's password is expected in SALLYPORT_PASSWORD")
	}
	client := mediawiki.New(c.Wiki, c.ScriptPath, nil, mediawiki.Options{})
	session, err := client.Login(s.ctx, c.User, password)
	if err != nil {
		return err
	}
	site, err := session.Client().Site(s.ctx)
	if err != nil {
		return err
	}
	me, err := client.WhoAmI(s.ctx, session.Cookies())
	if err != nil {
		return err
	}
	for _, file := range c.Files {
		title := c.Title
		if len(c.Files) > 1 {
			title += filepath.Base(file)
		}
		d := deployment{c, site, session, me, key}
		said, err := d.put(s.ctx, file, title)
		if err != nil {
			return fmt.Errorf("deploy %s to %s: %w", file, title, err)
		}
		fmt.Fprintf(s.stdout, "%s  %s\n", title, said)
	}
	return nil
}

type deployment struct {
	deployCommand
	site    *wiki.Site
	session *mediawiki.Session
	me      wiki.User
	key     []byte
}

// put signs and saves one page.
func (d deployment) put(ctx context.Context, file, title string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	t, err := d.site.Parse(title)
	if err != nil {
		return "", err
	}
	heads, err := d.session.Client().Heads(ctx, []wiki.Title{t})
	if err != nil {
		return "", err
	}
	final, err := d.stored(ctx, t, heads[0].Model, string(text))
	if err != nil {
		return "", err
	}
	page := pending.RecordPage{NS: t.NS, Title: t.Key, ID: heads[0].ID, Base: heads[0].Rev, Role: "edited", After: heads[0].Model, SHA256: hook.Hash(final)}
	if heads[0].ID != 0 {
		page.Before = heads[0].Model
	}
	record := pending.Record{
		Version: 1, Wiki: d.site.ID, UserID: d.me.ID, User: d.me.Name, Operation: "edit", Pages: []pending.RecordPage{page},
		Summary: d.Summary, Nonce: rand.Text(), Expires: time.Now().Add(10 * time.Minute).Unix(),
	}
	signed, err := record.Text()
	if err != nil {
		return "", err
	}
	id, signature, err := passkey.SignSSH(d.key, pending.Challenge(signed))
	if err != nil {
		return "", err
	}
	rev, err := d.session.With(pending.SignedHeader, pending.WriteSigned(signed, id, signature)).Edit(ctx, t, string(text), d.Summary)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("revision %d", rev), nil
}

// stored is what the wiki makes of a text when it saves it.
func (d deployment) stored(ctx context.Context, t wiki.Title, model, text string) (string, error) {
	body, err := d.session.Client().Raw(ctx, map[string]string{
		"action": "parse", "onlypst": "1", "contentmodel": model, "title": d.site.PrefixedText(t), "text": text,
	}, "")
	if err != nil {
		return "", err
	}
	var answer struct{ Parse struct{ Text string } }
	return answer.Parse.Text, json.Unmarshal(body, &answer)
}
