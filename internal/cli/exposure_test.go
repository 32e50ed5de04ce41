package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

func TestTheCommandSaysWhoWasServedAText(t *testing.T) {
	w := newWard(t)
	rev := w.save("User:Mara/x.js", "one();", "Mara")
	w.save("User:Mara/x.js", "two();", "Mara")
	ira := w.wiki.AddUser("Rita", "rita's password", "sysop")
	noor := w.wiki.AddUser("Omar", "omar's password")
	db, err := sqlstore.Open(t.Context(), w.db)
	w.ok(err)
	now := time.Now().Truncate(time.Minute)
	one, two := store.DigestOf("one();"), store.DigestOf("two();")
	site := w.wiki.Site().ID
	w.ok(db.SaveExposures(t.Context(),
		store.Exposure{Wiki: site, Title: "User:Mara/x.js", Digest: one, Minute: now.Add(-time.Hour), People: []int64{store.Nobody, min(ira.ID, noor.ID), max(ira.ID, noor.ID)}},
		store.Exposure{Wiki: site, Title: "User:Mara/x.js", Digest: two, Minute: now.Add(-time.Minute), People: []int64{noor.ID}},
		store.Exposure{Wiki: site, Minute: now.Add(-time.Minute), Missed: 2}))
	w.ok(db.Close())
	for script, want := range map[string][]string{
		"user:Mara/x.js":                            {"2 accounts were served it", "1 of them with power", "People who were not logged in", "2 times something", string(one), string(two), "Rita", "has power", "Omar"},
		"User:Mara/x.js@" + rev:                     {"2 accounts", "2 times"},
		"User:Mara/x.js@" + string(two)[:16]:        {"1 accounts", "Omar"},
		"@" + string(two):                           {"1 accounts", "Omar"},
		"User:Mara/x.js@" + string(one) + "":        {"2 accounts"},
		"User:Mara/x.js@" + strings.Repeat("0", 64): {"0 accounts were served it"},
	} {
		got := w.run(exitOK, "exposure", "--config", w.config, script)
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("of %s it does not say %q:\n%s", script, part, got)
			}
		}
	}
	if got := w.run(exitOK, "exposure", "--config", w.config, "--format", "csv", "--from", now.Add(-5*time.Minute).UTC().Format(time.RFC3339), "User:Mara/x.js"); strings.Count(got, "\n") != 2 || !strings.Contains(got, "Omar,false,") {
		t.Errorf("as a table, of the last minutes:\n%s", got)
	}
	var answer struct {
		Schema string
		People []struct{ Name string }
	}
	w.ok(json.Unmarshal([]byte(w.run(exitOK, "exposure", "--config", w.config, "--format", "json", "User:Mara/x.js")), &answer))
	if answer.Schema != "sallyport.exposure/1" || len(answer.People) != 2 || answer.People[0].Name != "Rita" {
		t.Errorf("%+v", answer)
	}
	for _, script := range []string{"[]", "@", "User:Mara/x.js@xyz", "@" + string(one)[:20], "User:Mara/x.js@0123456789abcdef", "User:Ira/y.js@" + rev} {
		w.run(exitBroke, "exposure", "--config", w.config, script)
	}
}
