package collect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"sync"
	"time"
)

// signatureAge is how long a page may stay in a cache or a window and still report.
const signatureAge = 31 * 24 * time.Hour

// Sign makes the value of v in a report address, "?v=…" and nothing else: the policy's version and the hour, signed. Whoever wants to
// report has to have been given a page first. The version has letters, digits, - and _.
func (c *Collector) Sign(version string) string { return sign(c.o.Key, version, c.o.Clock()) }

func sign(key []byte, version string, now time.Time) string {
	text := version + "." + strconv.FormatInt(now.Unix()/3600, 36)
	return text + "." + tag(key, text)
}

// signatures knows the addresses we have signed.
type signatures struct {
	key  []byte
	mu   sync.Mutex
	seen map[string]time.Time // when each was signed
}

// maxSeen bounds the signatures that need not be computed again: readers of a few hours share a few.
const maxSeen = 1024

// good says whether the query of an address is one that Sign was used for, not too long ago.
func (s *signatures) good(query string, now time.Time) bool {
	value, ok := strings.CutPrefix(query, "v=")
	if !ok || len(value) > 200 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.seen[value]
	if !ok {
		if at, ok = verify(s.key, value); !ok {
			return false
		}
		if s.seen == nil || len(s.seen) >= maxSeen {
			s.seen = map[string]time.Time{}
		}
		s.seen[value] = at
	}
	age := now.Sub(at)
	return age >= -time.Hour && age <= signatureAge
}

// verify says whether Sign made a value, and when.
func verify(key []byte, value string) (at time.Time, ok bool) {
	i := strings.LastIndexByte(value, '.')
	if i < 0 || !hmac.Equal([]byte(tag(key, value[:i])), []byte(value[i+1:])) {
		return time.Time{}, false
	}
	hour, err := strconv.ParseInt(value[strings.LastIndexByte(value[:i], '.')+1:i], 36, 64)
	return time.Unix(hour*3600, 0), err == nil
}

func tag(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("report address " + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:12])
}
