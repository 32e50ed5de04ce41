package js

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// npm fetches a package into a temporary folder and gives the folder of its files.
func npm(t *testing.T, name, version string) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := exec.LookPath("npm"); err != nil {
		missing(t, "npm is not installed")
	}
	cmd := exec.Command("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", name+"@"+version)
	if out, err := cmd.CombinedOutput(); err != nil {
		missing(t, "npm cannot fetch "+name+": "+string(out))
	}
	return filepath.Join(dir, "node_modules", name)
}

func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("SALLYPORT_TEST_ALL") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}
