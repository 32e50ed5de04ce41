package sqlstore

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/store"
	"sallyport/internal/store/storetest/pgtest"
)

// asked is what a page view and the gallery ask all the time.
func asked(t *testing.T) map[string]listing {
	t.Helper()
	all := map[string]listing{
		"Choices":       {rows: selectChoices, args: []any{"w", 1}},
		"Users":         {rows: selectUsers, args: []any{"w", 1}},
		"Gadgets":       {rows: fmt.Sprintf(selectGadgets, marks(2, 2)), args: []any{"w", 1, 2}},
		"GadgetByTitle": {rows: selectGadgetByTitle, args: []any{"w", "t"}},
		"GadgetsUsing":  {rows: selectGadgetsUsing, args: []any{"w", "t"}},
		"Pages":         {rows: fmt.Sprintf(selectPages, marks(2, 2)), args: []any{"w", "t", "u"}},
		"Text":          {rows: selectText, args: []any{"d"}},
		"Account":       {rows: selectAccount, args: []any{"w", "n"}},
		"list size":     {rows: selectGallerySize, args: []any{"w"}},
		"NoticesOf":     {rows: selectNotices, args: []any{"w", 1, 10}},
		"DueNotices":    {rows: selectDue, args: []any{"w", 1, 10}},
		"Approved":      {rows: fmt.Sprintf(lastApproved, marks(2, 2)), args: []any{"w", "t", "u"}},
		"ApprovedTexts": {rows: approvedTexts, args: []any{"w", "t", 3}},
		"Review":        {rows: selectReview, args: []any{"w", "t", "d"}},
		"WaitingTexts":  {rows: waitingReviews, args: []any{"w", 10}},
		"SwitchedOff":   {rows: switchedOff, args: []any{"w"}},
		"LastSwitches":  {rows: lastSwitches, args: []any{"w", 10}},
		"Exposures":     {rows: selectExposures + ofText + roomlessAlso, args: []any{"w", 1, 2, "d"}},
		"Exposures of":  {rows: selectExposures + ofPage + roomlessAlso, args: []any{"w", 1, 2, "t"}},
		"Trials":        {rows: selectTrials, args: []any{"w", 1}},
		"Agreements":    {rows: selectAgreements, args: []any{"w", 1}},
		"Acceptances":   {rows: selectAcceptances, args: []any{"w", 1}},
		"Stays":         {rows: selectStays, args: []any{"w", 1, "d"}},
		"Uses":          {rows: selectUses, args: []any{"w"}},
		"Results":       {rows: selectResults, args: []any{"d", "w"}},
		"FailuresOf":    {rows: selectFailuresOf, args: []any{"d", "w"}},
		"Settled":       {rows: selectSettled, args: jobKey(store.Job{})},
		"Requests":      {rows: listRequests, args: []any{"w", 10, "granted"}},
		"open Requests": {rows: listOpenRequests, args: []any{"w", 10}},
		"RequestsOf":    {rows: listRequestsOf, args: []any{"w", 1, 10}},
		"Askers":        {rows: selectAskers, args: []any{"w", "id"}},
		"Reported":      {rows: violationsByBlocked, args: []any{"w", 1, "https://a.test"}},
		"Reported by":   {rows: violationsBySource, args: []any{"w", 1, "User:A/a.js"}},
	}
	for _, q := range []store.Query{{}, {Sort: "title"}, {Sort: "saved"}, {Owner: "Mara"}} {
		p, err := plan("w", q)
		if err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("List by %q of %q", q.Sort, q.Owner)] = p
	}
	return all
}

// explain runs EXPLAIN and returns the last column of its rows.
func explain(t *testing.T, db *sql.DB, explain string, p listing) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), explain+" "+p.rows, p.args...)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	err = scan(rows, func(rows *sql.Rows) error {
		row := make([]any, len(columns))
		for i := range row {
			row[i] = new(any)
		}
		err := rows.Scan(row...)
		fmt.Fprintln(&text, *row[len(row)-1].(*any))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestSQLiteLooksNothingUpWithoutAnIndex(t *testing.T) {
	s := full(t, "", 2000)
	for name, p := range asked(t) {
		got := explain(t, s.reader, "EXPLAIN QUERY PLAN", p)
		if !strings.Contains(got, "USING") || strings.Contains(strings.ReplaceAll(got, "SCAN p\n", ""), "SCAN") {
			t.Errorf("%s goes through a whole table:\n%s", name, got)
		}
	}
}

func TestPostgreSQLLooksNothingUpWithoutAnIndex(t *testing.T) {
	s := full(t, pgtest.Start(t), 20_000)
	if _, err := s.writer.ExecContext(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	for name, p := range asked(t) {
		got := explain(t, s.reader, "EXPLAIN", p)
		for _, table := range []string{"gadget", "gadget_title", "gallery", "page", "body", "choice"} {
			if strings.Contains(got, "Seq Scan on "+table+" ") {
				t.Errorf("%s goes through the whole of %s:\n%s", name, table, got)
			}
		}
	}
}

func TestTheGalleryIsReadInTheOrderOfAnIndex(t *testing.T) {
	s := full(t, "", 2000)
	for q, index := range map[store.Query]string{
		{}: "gallery_by_users", {Sort: "title"}: "gallery_by_title", {Sort: "saved"}: "gallery_by_saved",
		{Owner: "Mara"}: "gallery_by_owner",
	} {
		p, err := plan("w", q)
		if err != nil {
			t.Fatal(err)
		}
		got := explain(t, s.reader, "EXPLAIN QUERY PLAN", p)
		t.Logf("%+v:\n%s", q, got)
		if !strings.Contains(got, index) {
			t.Errorf("%+v does not use %s:\n%s", q, index, got)
		}
	}
}

func TestANewerSchemaIsNotTouched(t *testing.T) {
	for name, address := range map[string]string{"SQLite": "sqlite:" + t.TempDir() + "/x.db", "PostgreSQL": pgtest.Start(t)} {
		s := full(t, address, 0)
		_, err := s.writer.ExecContext(t.Context(), "INSERT INTO sallyport_schema (version_id, is_applied) VALUES (999, TRUE)")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), address); err == nil || !strings.Contains(err.Error(), "newer Sallyport") {
			t.Errorf("%s: error %v, want one that asks for a newer Sallyport", name, err)
		}
	}
}
