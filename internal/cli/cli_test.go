package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sallyport/internal/browser"
	"sallyport/internal/store/storetest/pgtest"
)

func TestMain(m *testing.M) {
	browser.Helper()
	testscript.Main(sharing{m}, map[string]func(){
		"sallyport": func() { os.Exit(Main(context.Background())) },
	})
}

// sharing runs tests that share one PostgreSQL.
type sharing struct{ m *testing.M }

func (s sharing) Run() int { return pgtest.Run(s.m) }

// Each file in testdata/script is a story of somebody at a terminal.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Condition: condition})
}

// condition knows [browser]: whether there is one to run scripts in. Where all tests are asked for there has to be.
func condition(name string) (bool, error) {
	if name != "browser" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	if testing.Short() {
		return false, nil
	}
	_, err := browser.Find()
	if err != nil && os.Getenv("SALLYPORT_TEST_ALL") == "1" {
		return false, err
	}
	return err == nil, nil
}

func TestWithoutABrowserTheOneCommandThatInstallsItIsSaid(t *testing.T) {
	err := tellMissing(fmt.Errorf("start the sealed browser: %w", browser.ErrNotFound))
	if text := err.Error(); !strings.Contains(text, "apt-get install chromium-headless-shell") || strings.Contains(text, "start the sealed browser") {
		t.Error(text)
	}
}
