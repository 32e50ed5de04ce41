package collect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
)

// rotation is how long the same person is the same number. After it a new key makes all numbers anew; counts over a
// change count people who were there before and after twice.
const rotation = 30 * 24 * time.Hour

// people turns names and addresses into numbers that only the secret could turn back by trying, and not even that once it
// is thrown away.
type people struct {
	secret []byte
	mu     sync.Mutex
	period int64
	key    []byte
	known  map[string]uint64 // numbers of this period
}

// maxKnown bounds the numbers that need not be computed again.
const maxKnown = 8192

func (p *people) user(wiki, name string, now time.Time) uint64 {
	return p.number(now, "user", wiki, name)
}

// network is the number of an address's neighbourhood: 24 bits of IPv4, 48 of IPv6.
func (p *people) network(a netip.Addr, now time.Time) uint64 {
	a = a.Unmap()
	size := 48
	if a.Is4() {
		size = 24
	}
	prefix, err := a.Prefix(size)
	if err != nil {
		return 0
	}
	b, _ := prefix.Addr().MarshalBinary()
	return p.number(now, "network", string(b))
}

func (p *people) number(now time.Time, words ...string) uint64 {
	var space [128]byte
	text := space[:0]
	for _, w := range words {
		text = binary.AppendUvarint(text, uint64(len(w)))
		text = append(text, w...)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn(now)
	n, ok := p.known[string(text)]
	if !ok {
		mac := hmac.New(sha256.New, p.key)
		mac.Write(text)
		n = binary.BigEndian.Uint64(mac.Sum(nil)) | 1 // 0 means nobody
		if len(p.known) >= maxKnown {
			clear(p.known)
		}
		p.known[string(text)] = n
	}
	return n
}

// turn makes a new key when a period has begun.
func (p *people) turn(now time.Time) {
	period := now.UnixNano() / int64(rotation)
	if p.key == nil || p.period != period {
		mac := hmac.New(sha256.New, p.secret)
		mac.Write(binary.BigEndian.AppendUint64([]byte("people "), uint64(period)))
		p.period, p.key, p.known = period, mac.Sum(nil), map[string]uint64{}
	}
}
