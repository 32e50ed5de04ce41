package sqlstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/store/storetest/pgtest"
)

// childStore tells a copy of this test program to write to a store until it is killed, instead of testing.
const childStore = "SALLYPORT_TEST_CHILD_STORE"

func TestMain(m *testing.M) {
	if address := os.Getenv(childStore); address != "" {
		fmt.Println("the child ends:", writeForever(address))
		os.Exit(1)
	}
	os.Exit(pgtest.Run(m))
}

// writeForever goes on where the last child was killed and says what it has been told is kept.
func writeForever(address string) error {
	ctx := context.Background()
	s, err := sqlstore.Open(ctx, address)
	if err != nil {
		return err
	}
	before, err := s.Users(ctx, "wiki", 5)
	if err != nil {
		return err
	}
	for i := int64(before + 1); ; i++ {
		text := fmt.Sprint("text ", i)
		p := store.Page{Wiki: "wiki", Title: text, PageID: i, Digest: store.DigestOf(text)}
		if err := s.SavePage(ctx, p, text); err != nil {
			return err
		}
		if err := s.Choose(ctx, store.Choice{Wiki: "wiki", UserID: i, Gadget: 5, Since: time.Unix(i, 0)}); err != nil {
			return err
		}
		fmt.Printf("kept %d\n", i)
	}
}

func TestAKilledProcessLosesNothingItAcknowledged(t *testing.T) {
	address := newFile(t)
	kept := 0
	for range 3 { // each child goes on from what the last one left
		kept = killedAfter(t, address, kept+300)
	}
	s := open(t, address)
	on := 0
	for i := range kept {
		text := fmt.Sprint("text ", i+1)
		if got, err := s.Text(t.Context(), store.DigestOf(text)); err != nil || got != text {
			t.Fatalf("text %d of %d acknowledged: %q (%v)", i+1, kept, got, err)
		}
		pages, err := s.Pages(t.Context(), "wiki", []string{text})
		if err != nil || len(pages) != 1 {
			t.Fatalf("page %d of %d acknowledged: %v (%v)", i+1, kept, pages, err)
		}
	}
	for user := range int64(kept + 2) { // one more may have been kept without a word
		choices, err := s.Choices(t.Context(), "wiki", user)
		if err != nil {
			t.Fatal(err)
		}
		on += len(choices)
	}
	if users, err := s.Users(t.Context(), "wiki", 5); err != nil || users != on || on < kept {
		t.Errorf("%d users (%v), %d choices, %d acknowledged", users, err, on, kept)
	}
	t.Logf("%d acknowledged rows of three killed processes are there", kept)
}

// killedAfter starts a child, kills it once it acknowledged some rows, and returns how many there are.
func killedAfter(t *testing.T, address string, rows int) (kept int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childStore+"="+address)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() { // to the end: what it said before it died counts
		n, found := strings.CutPrefix(lines.Text(), "kept ")
		if !found {
			t.Errorf("the child says %q", lines.Text())
			continue
		}
		if _, err := fmt.Sscan(n, &kept); err != nil {
			t.Error(err)
		}
		if kept == rows {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
	if kept < rows {
		t.Errorf("the child acknowledged %d rows, want at least %d", kept, rows)
	}
	return kept
}
