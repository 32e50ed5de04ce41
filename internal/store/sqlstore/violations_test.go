package sqlstore_test

import (
	"testing"

	"sallyport/internal/collect"
	"sallyport/internal/collect/collecttest"
	"sallyport/internal/store/storetest/pgtest"
)

func TestWhatBrowsersReportIsKeptInSQLite(t *testing.T) {
	collecttest.Run(t, func(t *testing.T) collect.Store { return open(t, newFile(t)) })
}

func TestWhatBrowsersReportIsKeptInPostgreSQL(t *testing.T) {
	collecttest.Run(t, func(t *testing.T) collect.Store { return open(t, pgtest.Start(t)) })
}
