package cli

import (
	"context"
	"log/slog"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/config"
	"sallyport/internal/mediawiki"
	"sallyport/internal/notice"
	"sallyport/internal/notice/mail"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// officeOf makes the place from which people are told what happens.
func officeOf(m config.Mail, db store.Store, site *wiki.Site, confirm string, log *slog.Logger) (*notice.Office, error) {
	o := notice.Options{Site: site, Store: db, Confirm: confirm, Operators: m.Operators, Log: log}
	if m.Enabled() {
		password, err := m.Password()
		if err != nil {
			return nil, err
		}
		server, err := mail.New(mail.Options{Server: m.Server, User: m.User, Password: password, From: m.From})
		if err != nil {
			return nil, err
		}
		o.Post = server
	}
	return notice.New(o)
}

// boardOf makes what remembers which right was used when, and looks through the accounts that hold power.
func boardOf(ctx context.Context, p parts, client *mediawiki.Client, site *wiki.Site) (*accounts.Board, error) {
	ledger, err := accounts.OpenLedger(ctx, p.store, site.ID, time.Now)
	if err != nil {
		return nil, err
	}
	return &accounts.Board{Ledger: ledger, Log: p.log, Survey: &accounts.Survey{
		Site: site, Wiki: client, Store: p.store, Analyse: rule.Analyse, Usage: ledger.Usage, Now: time.Now,
	}}, nil
}
