package storetest

import (
	"bytes"
	"strings"
	"sync"
)

// small is cursors and secrets.
func small() []behaviour {
	return []behaviour{
		{"a cursor that was never set is empty", func(s subject) {
			value, err := s.Cursor(s.ctx, s.wiki, "changes")
			s.ok(err)
			s.equal("cursor", value, "")
			_, err = s.Cursor(s.ctx, s.wiki, "no\x00name")
			s.ok(err)
		}},
		{"a cursor stands where it was set last, each for itself", func(s subject) {
			s.ok(s.SetCursor(s.ctx, s.wiki, "changes", "2026-03-05T12:30:15Z|99"))
			s.ok(s.SetCursor(s.ctx, s.wiki, "changes", "2026-03-05T12:30:16Z|100"))
			s.ok(s.SetCursor(s.ctx, s.wiki, "log", "7"))
			s.ok(s.SetCursor(s.ctx, "other."+s.wiki, "changes", "8"))
			value, err := s.Cursor(s.ctx, s.wiki, "changes")
			s.ok(err)
			s.equal("cursor", value, "2026-03-05T12:30:16Z|100")
			s.refused("no name", s.SetCursor(s.ctx, s.wiki, "", "1"))
			s.refused("too long", s.SetCursor(s.ctx, s.wiki, "changes", strings.Repeat("x", 1<<20+1)))
			s.refused("NUL", s.SetCursor(s.ctx, s.wiki, "changes", "1\x00"))
		}},
		{"a secret is 32 random bytes, the same at every call", func(s subject) {
			first, err := s.Secret(s.ctx, s.wiki+" csrf")
			s.ok(err)
			s.equal("length", len(first), 32)
			kept := bytes.Clone(first)
			clear(first) // it is the caller's own copy
			second, err := s.Secret(s.ctx, s.wiki+" csrf")
			s.ok(err)
			s.equal("secret", second, kept)
			other, err := s.Secret(s.ctx, s.wiki+" other")
			s.ok(err)
			if bytes.Equal(other, kept) {
				s.t.Error("two names have the same secret")
			}
			_, err = s.Secret(s.ctx, "")
			s.refused("no name", err)
		}},
		{"a cursor may be as long as what was seen around it", func(s subject) {
			long := strings.Repeat("123456789,", 1<<16)
			s.ok(s.SetCursor(s.ctx, s.wiki, "changes", long))
			value, err := s.Cursor(s.ctx, s.wiki, "changes")
			s.ok(err)
			s.equal("cursor", value, long)
		}},
		{"all who ask for a secret at once get the same", func(s subject) {
			var mu sync.Mutex
			seen := map[string]bool{}
			s.together(16, func(int) error {
				secret, err := s.Secret(s.ctx, s.wiki)
				mu.Lock()
				defer mu.Unlock()
				seen[string(secret)] = true
				return err
			})
			s.equal("secrets", len(seen), 1)
		}},
	}
}
