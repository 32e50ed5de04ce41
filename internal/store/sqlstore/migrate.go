package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// dialect is what goose must know about a database: its name, and how processes that start together take turns.
type dialect struct {
	name   goose.Dialect
	locker lock.SessionLocker // nil: they do not, and the late ones try again
	late   func(error) bool   // whether this error comes of being late; nil with a locker
}

// Tries at the schema for those that are late, and the pause between them.
const (
	migrateTries = 20
	migratePause = 50 * time.Millisecond
)

// migrate brings the schema up to date.
//
// Without a locker two processes may both find a table missing, and the slower one fails to create it. All a migration
// does is in one transaction, so the slower one looks again and finds the work done.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	for try := 1; ; try++ {
		err := migrateOnce(ctx, db, d)
		if err == nil || d.late == nil || !d.late(err) || try == migrateTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(migratePause):
		}
	}
}

func migrateOnce(ctx context.Context, db *sql.DB, d dialect) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{
		goose.WithSlog(slog.New(slog.DiscardHandler)),
		goose.WithDisableGlobalRegistry(true),
		goose.WithTableName("sallyport_schema"),
	}
	if d.locker != nil {
		options = append(options, goose.WithSessionLocker(d.locker))
	}
	provider, err := goose.NewProvider(d.name, db, files, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring schema up to date: %w", err)
	}
	has, knows, err := provider.GetVersions(ctx)
	if err == nil && has > knows {
		err = fmt.Errorf("its schema is version %d, this program knows %d: use a newer Sallyport", has, knows)
	}
	return err
}
