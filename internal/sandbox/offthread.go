package sandbox

import (
	"context"
	"regexp"
	"time"
)

// offThread finds scripts that leave work to another thread, which the page's own clock knows nothing of: keys that are made of passwords.
var offThread = regexp.MustCompile(`\bsubtle\s*\.|\[\s*['"\x60]subtle['"\x60]\s*\]|PBKDF2`)

// mostOffThread is how long such work is waited for, in real time.
const mostOffThread = 600 * time.Millisecond

// await waits for work on other threads, and then lets the page go on.
func (v *visit) await(ctx context.Context) error {
	if v.u == nil || !offThread.MatchString(v.u.Text) {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(mostOffThread):
	}
	return v.pass(ctx, time.Second)
}
