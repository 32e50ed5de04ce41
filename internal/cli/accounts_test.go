package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/audit/audittest"
	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/incident"
	"sallyport/internal/notice/mail/mailtest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

// settled writes the settings of a pretend wiki, whose store is a file.
func settled(t *testing.T, change func(*fakewiki.Wiki)) (settings, address string) {
	t.Helper()
	w := fakewiki.New(fakewiki.Options{ID: "pretend"})
	change(w)
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.SetServer(server.URL)
	dir := t.TempDir()
	address = "sqlite:" + filepath.Join(dir, "sallyport.db")
	settings = filepath.Join(dir, "sallyport.toml")
	text := fmt.Sprintf("store = %q\n[wiki]\nurl = %q\nscript_path = \"/w\"\n", address, server.URL)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return settings, address
}

// says runs a command and returns what it prints.
func says(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	if code := Run(t.Context(), args, &out, &err); code != want {
		t.Fatalf("%q ends with %d: %s%s", args, code, out.String(), err.String())
	}
	return out.String(), err.String()
}

func TestTheAuditOfAccountsIsToldAsTextAndAsData(t *testing.T) {
	settings, address := settled(t, func(w *fakewiki.Wiki) {
		w.AddUser("Mara", "mara's password")
		w.AddUser("Ira", "ira's password", "sysop", "interface-admin")
		for title, text := range map[string]string{"User:Ira/common.js": "importScript( 'User:Mara/a.js' );", "User:Mara/a.js": "a();", "MediaWiki:Common.js": "b();"} {
			if _, err := w.Save(title, text, "Ira", "test"); err != nil {
				t.Fatal(err)
			}
		}
	})
	text, progress := says(t, exitOK, "audit", "accounts", "--config", settings)
	for _, want := range []string{
		"1 accounts hold power; 1 could do with less, or with a key.", "remove from sysop: what only that gives was not used for 90 days", "no key: invite the account", "runs 1 scripts by 1 others",
		"ACCOUNT", "interface-admin, sysop",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if !strings.Contains(progress, "1 of 1 accounts") {
		t.Errorf("progress: %s", progress)
	}
	table, _ := says(t, exitOK, "audit", "accounts", "--config", settings, "--format", "csv", "--no-history")
	if !strings.HasPrefix(table, "account,id,groups,keys,last use") || !strings.Contains(table, "\nIra,") || strings.Contains(table, "Mara,") {
		t.Errorf("the table: %s", table)
	}
	data, _ := says(t, exitOK, "audit", "accounts", "--config", settings, "--format", "json")
	var all []incident.Account
	if err := json.Unmarshal([]byte(data), &all); err != nil || len(all) != 1 || len(all[0].Scripts) != 1 {
		t.Errorf("%+v (%v)", all, err)
	}
	db, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if uses, err := db.Uses(t.Context(), "pretend"); err != nil || len(uses) < 3 {
		t.Errorf("kept for serve: %+v (%v)", uses, err)
	}
}

func TestTheLogIsVerifiedAndAHeadKeptElsewhereIsLookedFor(t *testing.T) {
	settings, address := settled(t, func(*fakewiki.Wiki) {})
	db, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Append(t.Context(), "pretend", store.Entry{Kind: "noted", Body: "{}"}, store.Entry{Kind: "noted", Body: "{}"}); err != nil {
		t.Fatal(err)
	}
	entries, err := db.Entries(t.Context(), "pretend", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	out, _ := says(t, exitOK, "audit", "verify", "--config", settings, "--head", entries[0].Hash)
	if !strings.Contains(out, "2 entries") || !strings.Contains(out, "0 problems") || !strings.Contains(out, entries[0].Hash+" is entry 1") {
		t.Error(out)
	}
	if _, problem := says(t, exitBroke, "audit", "verify", "--config", settings, "--head", strings.Repeat("0", 64)); !strings.Contains(problem, "does not hold this hash") {
		t.Error(problem)
	}
}

func TestTheSettingsOfMailReachTheServer(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	_, port, _ := net.SplitHostPort(s.Addr)
	dir := t.TempDir()
	settings := filepath.Join(dir, "sallyport.toml")
	text := fmt.Sprintf("[mail]\nserver = \"smtp://localhost:%s\"\nfrom = \"Door <door@wiki.test>\"\noperators = [\"ops@mail.test\"]\n", port)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(settings)
	if err != nil {
		t.Fatal(err)
	}
	o := audittest.New(t)
	office, err := officeOf(c.Mail, o.Store, o.Site, o.At.Origin, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o.Park("x();", pending.Approve)
	// The office has the computer's clock: what happened in March is too old for mail.
	if err := o.Store.Append(t.Context(), o.Site.ID, store.Entry{Kind: "unapproved", Body: `{"what":"MediaWiki:Common.js"}`, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	c.Mail.User, c.Mail.PasswordFile = "door", filepath.Join(dir, "nothing")
	if _, err := officeOf(c.Mail, o.Store, o.Site, o.At.Origin, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "mail.password_file") {
		t.Errorf("without a password: %v", err)
	}
	if err := office.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := office.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.Taken()
	if len(got) != 1 || got[0].To != "ops@mail.test" || !strings.Contains(got[0].Text, "ALARM") {
		t.Errorf("%+v", got)
	}
}

func TestMailThatWasSetAsideIsListedAndTriedAgain(t *testing.T) {
	settings, address := settled(t, func(*fakewiki.Wiki) {})
	if out, _ := says(t, exitOK, "audit", "mail", "--config", settings); !strings.Contains(out, "No mail was set aside.") {
		t.Error(out)
	}
	db, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	n := store.Notice{Wiki: "pretend", ID: "n", UserID: 7, User: "Ira", To: "ira@mail.test", Kind: "made", Body: "{}", Made: time.Unix(0, 0), Mail: store.MailAside, Tries: 3, Trouble: "the server says 550"}
	if err := db.AddNotices(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	out, _ := says(t, exitOK, "audit", "mail", "--config", settings, "--retry")
	if !strings.Contains(out, "the server says 550") || !strings.Contains(out, "1 are tried again") || strings.Contains(out, "mail.test") {
		t.Error(out)
	}
	if due, err := db.DueNotices(t.Context(), "pretend", time.Now(), 10); err != nil || len(due) != 1 {
		t.Errorf("%+v (%v)", due, err)
	}
}
