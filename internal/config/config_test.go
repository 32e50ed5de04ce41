package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDefaultIsValid(t *testing.T) {
	c, err := Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen == "" || len(c.Gadgets.Suffixes) == 0 {
		t.Errorf("default.toml leaves settings empty: %+v", c)
	}
}

func TestGoodFilesLoad(t *testing.T) {
	for _, file := range glob(t, "testdata/good/*.toml") {
		if _, err := Load(file); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Each bad file has a .want beside it: a line a mistake, all of which one message must name.
func TestBadFilesAreToldEveryMistake(t *testing.T) {
	for _, file := range glob(t, "testdata/bad/*.toml") {
		_, err := Load(file)
		if err == nil {
			t.Errorf("%s loads", file)
			continue
		}
		want, readErr := os.ReadFile(strings.TrimSuffix(file, ".toml") + ".want")
		if readErr != nil {
			t.Fatal(readErr)
		}
		for line := range strings.Lines(string(want)) {
			if line = strings.TrimSpace(line); !strings.Contains(err.Error(), line) {
				t.Errorf("%s: the message lacks %q:\n%v", file, line, err)
			}
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s", pattern)
	}
	return files
}

func TestTheBusIsBesideTheStoreAndRulesBesideTheSettings(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ text, bus string }{
		{`store = "sqlite:/var/lib/sallyport/store.db"`, "embedded:/var/lib/sallyport/sallyport-bus"},
		{`store = "sqlite:store.db"`, "embedded:sallyport-bus"},
		{"store = \"sqlite:/a/store.db\"\nbus = \"embedded:/b/bus\"", "embedded:/b/bus"},
		{"store = \"sqlite:/a/store.db\"\nbus = \"embedded:\"", "embedded:"},
		{`store = "postgres://db/wiki"`, "embedded:sallyport-bus"},
		{"store = \"sqlite:/a/store.db\"\nbus = \"nats://here:4222\"", "nats://here:4222"},
	} {
		file := filepath.Join(dir, "sallyport.toml")
		if err := os.WriteFile(file, []byte(c.text+"\n[analysis]\nrules = [\"rules\", \"/etc/rules\"]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		if got.Bus != c.bus || got.Analysis.Rules[0] != filepath.Join(dir, "rules") || got.Analysis.Rules[1] != "/etc/rules" {
			t.Errorf("%s: bus %s, rules %v", c.text, got.Bus, got.Analysis.Rules)
		}
	}
}
