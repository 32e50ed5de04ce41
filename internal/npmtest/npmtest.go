// Package npmtest fetches npm packages for tests that compare with what other people wrote.
package npmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Package fetches a package into a temporary folder and gives the folder of its files. The test is skipped when there is no
// npm, or fails when SALLYPORT_TEST_ALL is set.
func Package(t testing.TB, name, version string) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := exec.LookPath("npm"); err != nil {
		Missing(t, "npm is not installed")
	}
	cmd := exec.Command("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", name+"@"+version)
	if out, err := cmd.CombinedOutput(); err != nil {
		Missing(t, "npm cannot fetch "+name+": "+string(out))
	}
	return filepath.Join(dir, "node_modules", name)
}

// Missing skips a test that lacks something, or fails it when SALLYPORT_TEST_ALL is set.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("SALLYPORT_TEST_ALL") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}
