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
