package cli

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/fakewiki"
)

func TestTheBreakerIsPulledAndResetWhileTheWikiIsDown(t *testing.T) {
	wiki := httptest.NewServer(fakewiki.New(fakewiki.Options{}))
	dir := t.TempDir()
	file := filepath.Join(dir, "sallyport.toml")
	text := fmt.Sprintf("store = %q\n[wiki]\nurl = %q\nscript_path = \"/w\"\n[breaker.numbers]\npressed = 7\n", "sqlite:"+filepath.Join(dir, "sallyport.db"), wiki.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := Run(t.Context(), append([]string{"breaker"}, append(args, "--config", file)...), &out, &errs); code != exitOK {
			t.Fatalf("%q: %d\n%s", args, code, errs.String())
		}
		return out.String()
	}
	if got := run("status"); !strings.Contains(got, "Nothing is held.") || !strings.Contains(got, "pressed        7") {
		t.Errorf("at first: %s", got)
	}
	wiki.Close()
	run("pull", "--by", "Ira", "--why", "a worm")
	if got := run("status"); !strings.Contains(got, "Pulled") || !strings.Contains(got, "Ira pulled it: a worm") {
		t.Errorf("pulled: %s", got)
	}
	if got := run("status", "--json"); !strings.Contains(got, `"dark": true`) {
		t.Errorf("as JSON: %s", got)
	}
	run("reset")
	if got := run("status"); !strings.Contains(got, "Nothing is held.") || !strings.Contains(got, "Ira pulled it") {
		t.Errorf("reset: %s", got)
	}
}
