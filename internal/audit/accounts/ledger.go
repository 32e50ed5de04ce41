package accounts

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"sallyport/internal/incident"
	"sallyport/internal/store"
)

// Flushed is how often what was seen is kept. What the gateway saw since is lost when the machine stops; what is in the
// wiki's own logs is read again.
const Flushed = time.Minute

const (
	// surveyed is how often the wiki is looked through.
	surveyed = 6 * time.Hour
	// again is the pause after a survey that failed; each further one is twice as long.
	again = 5 * time.Minute
	// since is the name under which the moment is kept from which on everything was seen.
	since = "usage-since"
)

// LedgerStore is what a ledger is kept in.
type LedgerStore interface {
	store.Uses
	Cursor(ctx context.Context, wiki, name string) (string, error)
	SetCursor(ctx context.Context, wiki, name, value string) error
}

// Ledger remembers which right was used when, beyond the process. It is safe for concurrent use, and several processes may
// keep theirs in one store: of two uses the later one stays.
type Ledger struct {
	Usage *incident.Usage

	store LedgerStore
	wiki  string
	now   func() time.Time

	mu   sync.Mutex
	kept map[incident.Use]bool
}

// OpenLedger takes up what was kept.
func OpenLedger(ctx context.Context, s LedgerStore, wiki string, now func() time.Time) (*Ledger, error) {
	l := &Ledger{Usage: incident.NewUsage(2*maxAccounts, now()), store: s, wiki: wiki, now: now, kept: map[incident.Use]bool{}}
	return l, l.Refresh(ctx)
}

// Refresh takes in what other processes have kept since.
func (l *Ledger) Refresh(ctx context.Context) error {
	rows, err := l.store.Uses(ctx, l.wiki)
	if err != nil {
		return err
	}
	text, err := l.store.Cursor(ctx, l.wiki, since)
	if err != nil {
		return err
	}
	from := l.Usage.Since()
	if t, err := time.Parse(time.RFC3339, text); err == nil && t.Before(from) {
		from = t
	}
	uses := make([]incident.Use, len(rows))
	for i, r := range rows {
		uses[i] = incident.Use{User: r.UserID, Name: r.Name, Page: r.Page, At: r.At}
	}
	l.Usage.Restore(uses, from)
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.kept)
	for _, u := range uses {
		l.kept[u] = true
	}
	return nil
}

// Flush keeps what is new.
func (l *Ledger) Flush(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var rows []store.Use
	var fresh []incident.Use
	for _, u := range l.Usage.Rows() {
		if u.At = u.At.UTC().Truncate(time.Microsecond); u.User > 0 && !l.kept[u] {
			fresh = append(fresh, u)
			rows = append(rows, store.Use{Wiki: l.wiki, UserID: u.User, Name: u.Name, Page: u.Page, At: u.At})
		}
	}
	if err := l.store.SaveUses(ctx, rows...); err != nil {
		return err
	}
	for _, u := range fresh {
		l.kept[u] = true
	}
	return l.store.SetCursor(ctx, l.wiki, since, l.Usage.Since().UTC().Format(time.RFC3339))
}

// Board shows the newest report of a wiki, and has it made anew from time to time.
type Board struct {
	Ledger *Ledger
	Survey *Survey // with the ledger's usage
	Log    *slog.Logger

	mu     sync.Mutex
	report *Report
}

// Report is the newest report; nil when none was made yet.
func (b *Board) Report() *Report {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.report
}

// Run keeps what is seen, and looks through the wiki, until ctx ends. What was seen last is kept then.
func (b *Board) Run(ctx context.Context) error {
	var next time.Time
	pause := again
	for ctx.Err() == nil {
		if now := b.Ledger.now(); !now.Before(next) {
			next = now.Add(surveyed)
			if err := b.Look(ctx); err != nil && ctx.Err() == nil {
				b.Log.Warn("accounts that hold power not looked through", "err", err, "again", pause.String())
				next, pause = now.Add(pause), min(2*pause, surveyed)
			} else {
				pause = again
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(Flushed):
		}
		if err := b.Ledger.Flush(ctx); err != nil && ctx.Err() == nil {
			b.Log.Warn("uses of rights not kept; again in a minute", "err", err)
		}
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return b.Ledger.Flush(end)
}

// Look makes a report now.
func (b *Board) Look(ctx context.Context) error {
	if err := b.Ledger.Refresh(ctx); err != nil {
		return err
	}
	report, err := b.Survey.Run(ctx, true)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.report = report
	b.mu.Unlock()
	now := b.Ledger.now()
	return errors.Join(b.Ledger.Flush(ctx), b.Ledger.store.ForgetUses(ctx, b.Ledger.wiki, now.Add(-incident.Unused)))
}
