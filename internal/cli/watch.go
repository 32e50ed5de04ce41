package cli

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
	"sallyport/internal/writedoor/hook"
)

const (
	watchName  = "door-watch"
	watchPause = 5 * time.Second
	watchGrace = 20 * time.Second
)

// watching compares the wiki's changes with what was approved.
type watching struct {
	*incident.Watcher
	cursors store.Store
	desk    *pending.Desk
}

// watch makes the watcher of a wiki.
func (j *joined) watch(ctx context.Context, db store.Store, settings *config.Config, log *slog.Logger) (*watching, error) {
	policies, err := pending.ReadPolicies(settings.WriteDoor.Tiers)
	if err != nil {
		return nil, err
	}
	site := j.registry.Site
	w := &watching{cursors: db, desk: j.desk}
	w.Watcher = &incident.Watcher{
		Site: site, Changes: j.client, Approvals: j.desk.Made(), Watched: waited(policies), Grace: watchGrace, Now: time.Now, Log: log,
		Alarm: func(f incident.Finding) { w.alarm(ctx, f) },
	}
	if settings.Watch.Reverts() {
		r, err := newReverter(ctx, j.client, site, db, settings)
		if err != nil {
			return nil, err
		}
		w.Writer, w.Account = r, r.account.Name()
	}
	return w, nil
}

// waited says of which pages the policies want an approval. One kind may be of several tiers; then all of them have to.
func waited(policies pending.Policies) func(site *wiki.Site, t wiki.Title, model, user string) bool {
	waits := func(tiers ...writedoor.Tier) bool {
		for _, tier := range tiers {
			if !policies[tier].Waits() {
				return false
			}
		}
		return true
	}
	return func(site *wiki.Site, t wiki.Title, model, user string) bool {
		if !incident.Watched(site, t, model, user) {
			return false
		}
		switch kind := wiki.Code(t, model); {
		case kind.User():
			return waits(writedoor.OthersCode)
		case kind == wiki.SiteHTML:
			return waits(writedoor.RawHTML)
		case kind == wiki.SiteJSON:
			return waits(writedoor.SiteJSON)
		case strings.HasPrefix(t.Key, "Gadget-"):
			return waits(writedoor.Gadget, writedoor.DefaultGadget)
		default:
			return waits(writedoor.SiteCode)
		}
	}
}

// run looks until ctx ends.
func (w *watching) run(ctx context.Context) error {
	begun := false
	for {
		var err error
		if !begun {
			begun, err = w.begin(ctx)
		}
		if begun {
			err = w.look(ctx)
		}
		if err != nil && ctx.Err() == nil {
			w.Log.Warn("changes not compared with approvals", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchPause):
		}
	}
}

// begin goes on where an earlier process stopped.
func (w *watching) begin(ctx context.Context) (bool, error) {
	at, err := w.cursors.Cursor(ctx, w.Site.ID, watchName)
	if err == nil {
		w.Begin(mediawiki.Cursor(at))
	}
	return err == nil, err
}

func (w *watching) look(ctx context.Context) error {
	at, err := w.Look(ctx)
	if err != nil || at == "" {
		return err
	}
	return w.cursors.SetCursor(ctx, w.Site.ID, watchName, string(at))
}

// alarm writes a finding into the log, which people are told of.
func (w *watching) alarm(ctx context.Context, f incident.Finding) {
	if err := w.desk.Unapproved(ctx, f.Change, f.What, f.Undone, f.Why); err != nil {
		w.Log.Error("a change that nobody approved is not in the log", "what", f.What, "err", err)
	}
}

// reverter puts pages back, as an account of the gateway's own.
type reverter struct {
	account *mediawiki.Account
	site    *wiki.Site
	seal    ed25519.PrivateKey // of a wiki that is sealed; nil otherwise
}

func newReverter(ctx context.Context, client *mediawiki.Client, site *wiki.Site, db store.Store, settings *config.Config) (*reverter, error) {
	secret, err := os.ReadFile(settings.Watch.PasswordFile)
	if err != nil {
		return nil, fmt.Errorf("read watch.password_file: %w", err)
	}
	account, err := client.Account(site, settings.Watch.Account, string(secret))
	if err != nil {
		return nil, fmt.Errorf("watch.account: %w", err)
	}
	r := &reverter{account: account, site: site}
	if settings.WriteDoor.Sealed {
		if r.seal, err = sealKey(ctx, db); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// grantLife is how long a sealed wiki takes the grant of one edit.
const grantLife = 2 * time.Minute

// Edit is for [incident.Writer].
func (r *reverter) Edit(ctx context.Context, t wiki.Title, text, summary string) (int64, error) {
	header, value := "", ""
	if r.seal != nil {
		var nonce [16]byte
		_, _ = rand.Read(nonce[:]) // never fails
		grant, err := hook.Grant{
			Wiki: r.site.ID, User: r.account.Name(), Expires: time.Now().Add(grantLife), Nonce: base64.RawURLEncoding.EncodeToString(nonce[:]),
			Changes: []hook.Change{{Op: hook.Save, Title: t, SHA256: hook.Hash(text)}},
		}.Sign(r.seal)
		if err != nil {
			return 0, err
		}
		header, value = hook.Header, grant
	}
	body, err := r.account.Write(ctx, map[string]string{
		"action": "edit", "title": r.site.PrefixedText(t), "text": text, "summary": summary, "bot": "1",
	}, header, value)
	if err != nil {
		return 0, err
	}
	var answer struct {
		Edit struct {
			Result   string
			NewRevID int64
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, err
	}
	if answer.Edit.NewRevID == 0 {
		return 0, errors.New("the wiki saved nothing (" + strconv.Quote(answer.Edit.Result) + ")")
	}
	return answer.Edit.NewRevID, nil
}
