package sqlstore

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Connections of one process: enough to keep a server busy, few enough for ten gateways on a server's default hundred.
const postgresConns = 8

// openPostgres prepares a pool; the first statement connects.
func openPostgres(address string) (*Store, dialect, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, dialect{}, err
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "sallyport"
	}
	// Gateways that start together take turns at the schema, looking again every second for a minute.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return nil, dialect{}, err
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(postgresConns)
	db.SetMaxIdleConns(postgresConns)
	db.SetConnMaxIdleTime(5 * time.Minute) // let go of a server that was replaced
	return &Store{writer: db, reader: db}, dialect{name: goose.DialectPostgres, locker: locker}, nil
}

// collided says that a transaction lost against another one and may win when it is tried again: PostgreSQL errors
// serialization_failure, deadlock_detected, and unique_violation, which here only ever means that two transactions
// inserted the same row.
func collided(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == "40001" || e.Code == "40P01" || e.Code == "23505"
}
