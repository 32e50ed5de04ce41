package browser

import "os/exec"

// candidates, best first: the headless shell costs a third of the full browser's time and makes no calls of its own. Debian's
// own paths come before its wrapper scripts, which would stand between us and the process we watch.
var candidates = []string{
	"/usr/lib/chromium/chromium-headless-shell", "chromium-headless-shell", "chrome-headless-shell",
	"/usr/lib/chromium/chromium", "chromium", "chromium-browser", "google-chrome",
}

// Find returns the path of the best Chromium installed, or [ErrNotFound].
func Find() (string, error) {
	for _, name := range candidates {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNotFound
}
