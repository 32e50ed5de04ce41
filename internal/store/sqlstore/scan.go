package sqlstore

import (
	"database/sql"
	"errors"
)

// scan calls row for every row and closes them.
func scan(rows *sql.Rows, row func(*sql.Rows) error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
