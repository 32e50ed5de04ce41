package pending_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// Whatever a program sends as its approval, nothing is approved by it that no registered key signed.
func FuzzWhatProgramsSendAsApproval(f *testing.F) {
	e := base64.RawURLEncoding.EncodeToString
	record := `{"sallyport":1,"wiki":"testwiki","user_id":7,"user":"Ira","operation":"edit","pages":[],"summary":"","nonce":"0123456789abcdef","expires":1772712600}`
	f.Add(e([]byte(record)) + "." + e([]byte("SHA256:x")) + "." + e([]byte("s")))
	f.Add(pending.WriteSigned(record, "k", nil, `{"sallyport_set":1,"wiki":"w","user_id":7,"user":"Ira","changes":[{"id":"a","pages":[],"record":""}],"expires":1}`))
	f.Add("..")
	f.Add("...")
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, header string) {
		c, err := w.desk.ParkSigned(t.Context(), pending.Arrival{Operation: edit("x"), Policy: pending.Approve, Actor: ira, Ask: w.w.ask}, header)
		if err == nil {
			t.Fatalf("parked as %s", c.State)
		}
		a := pending.Approval{Record: header, Set: header}
		if _, err := a.Signed("id"); header != "" && err == nil && !strings.Contains(header, `"id":"id"`) {
			t.Error("a set that does not name the change is taken")
		}
	})
}

// Words that were shown come back from a browser's form as they were, so that the signature over them holds.
func FuzzWhatIsSaid(f *testing.F) {
	for _, seed := range []string{"why?", " a\r\nb\rc\n", "\xff", "\u202e\x00", strings.Repeat("é", 2001)} {
		f.Add(seed)
	}
	w := newWorld(f)
	until := time.Unix(1772712600, 0)
	f.Fuzz(func(t *testing.T, words string) {
		s, record, err := w.desk.ToSay("id", pending.Comment, words, until)
		if err != nil {
			if !errors.Is(err, pending.ErrSaid) {
				t.Error(err)
			}
			return
		}
		sent := strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(s.Words) // HTML, constructing the form data set
		again, second, err := w.desk.ToSay("id", pending.Comment, sent, until)
		if err != nil || second != record || again.Words != s.Words {
			t.Errorf("%q came back as %q: %v", s.Words, again.Words, err)
		}
	})
}

// A set names each change once, and every change that it names is bound to its record.
func TestASetIsBoundToTheRecordsItNames(t *testing.T) {
	r := pending.Record{Version: 1, Wiki: "w", Nonce: "n"}
	record, err := r.Text()
	if err != nil {
		t.Fatal(err)
	}
	line, err := pending.NewSetLine("a", &r)
	if err != nil {
		t.Fatal(err)
	}
	other := line
	other.SHA256 = string(store.DigestOf("x"))
	for name, c := range map[string]struct {
		lines []pending.SetLine
		good  bool
	}{
		"once": {[]pending.SetLine{line}, true}, "not at all": {nil, false}, "twice": {[]pending.SetLine{line, line}, false},
		"another record": {[]pending.SetLine{other}, false}, "both": {[]pending.SetLine{other, line}, false},
	} {
		set := pending.SetRecord{Version: 1, Wiki: "w", Changes: c.lines}
		text, err := set.Text()
		if err != nil {
			t.Fatal(err)
		}
		a := pending.Approval{Record: record, Set: text}
		if _, err := a.Signed("a"); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
		a.Set = strings.Replace(text, "{", "{ ", 1)
		if _, err := a.Signed("a"); err == nil {
			t.Errorf("%s, spelled in another way: taken", name)
		}
	}
}
