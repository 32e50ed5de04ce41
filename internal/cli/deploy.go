package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	d := deployment{c, site, session, me, key}
	var all []*deployed
	for _, file := range c.Files {
		title := c.Title
		if len(c.Files) > 1 {
			title += filepath.Base(file)
		}
		one, err := d.read(s.ctx, file, title)
		if err != nil {
			return fmt.Errorf("deploy %s to %s: %w", file, title, err)
		}
		all = append(all, one)
	}
	if err := d.sign(all); err != nil {
		return err
	}
	for _, one := range all {
		rev, err := d.session.With(pending.SignedHeader, one.signed).Edit(s.ctx, one.title, one.text, c.Summary)
		if err != nil {
			return fmt.Errorf("deploy %s to %s: %w", one.file, d.site.PrefixedText(one.title), err)
		}
		fmt.Fprintf(s.stdout, "%s  revision %d\n", d.site.PrefixedText(one.title), rev)
	}
	return nil
}

// deployed is a file and the page it becomes.
type deployed struct {
	file, text string
	title      wiki.Title
	record     pending.Record
	signed     string // value of [pending.SignedHeader]
}

type deployment struct {
	deployCommand
	site    *wiki.Site
	session *mediawiki.Session
	me      wiki.User
	key     []byte
}

// read computes what a file becomes.
func (d deployment) read(ctx context.Context, file, title string) (*deployed, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t, err := d.site.Parse(title)
	if err != nil {
		return nil, err
	}
	heads, err := d.session.Client().Heads(ctx, []wiki.Title{t})
	if err != nil {
		return nil, err
	}
	final, err := d.stored(ctx, t, heads[0].Model, string(text))
	if err != nil {
		return nil, err
	}
	page := pending.RecordPage{NS: t.NS, Title: t.Key, ID: heads[0].ID, Base: heads[0].Rev, Role: "edited", After: heads[0].Model, SHA256: hook.Hash(final)}
	if heads[0].ID != 0 {
		page.Before = heads[0].Model
	}
	return &deployed{file: file, text: string(text), title: t, record: pending.Record{
		Version: 1, Wiki: d.site.ID, UserID: d.me.ID, User: d.me.Name, Operation: "edit", Pages: []pending.RecordPage{page},
		Summary: d.Summary, Nonce: rand.Text(), Expires: time.Now().Add(10 * time.Minute).Unix(),
	}}, nil
}

// maxSigned bounds the header that carries a signature, in bytes: servers take lines of 8 KB.
const maxSigned = 7000

// sign makes one signature over all pages, or as few as fit into a header.
func (d deployment) sign(all []*deployed) error {
	if len(all) == 1 {
		return d.signPart(all, false)
	}
	for rest := all; len(rest) > 0; {
		part := rest[:min(len(rest), pending.MaxSet)]
		for {
			if err := d.signPart(part, true); err != nil {
				return err
			}
			if len(part) == 1 || !slices.ContainsFunc(part, func(one *deployed) bool { return len(one.signed) > maxSigned }) {
				break
			}
			part = part[:(len(part)+1)/2]
		}
		rest = rest[len(part):]
	}
	return nil
}

func (d deployment) signPart(part []*deployed, together bool) error {
	set := pending.SetRecord{Version: 1, Wiki: d.site.ID, UserID: d.me.ID, User: d.me.Name, Expires: part[0].record.Expires}
	records := make([]string, len(part))
	for i, one := range part {
		line, err := pending.NewSetLine(pending.SignedID(one.record.Nonce), &one.record)
		if err != nil {
			return err
		}
		set.Changes = append(set.Changes, line)
		if records[i], err = one.record.Text(); err != nil {
			return err
		}
	}
	text, challenge := "", pending.Challenge(records[0])
	if together {
		var err error
		if text, err = set.Text(); err != nil {
			return err
		}
		challenge = pending.SetChallenge(text)
	}
	id, signature, err := passkey.SignSSH(d.key, challenge)
	if err != nil {
		return err
	}
	for i, one := range part {
		one.signed = pending.WriteSigned(records[i], id, signature, text)
	}
	return nil
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
