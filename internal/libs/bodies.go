package libs

import (
	"github.com/maypok86/otter/v2"
)

// maxBodies is how much of what is asked for stays unpacked, in bytes.
const maxBodies = 64 << 20

// bodies keeps files by their integrity: what two versions share is kept once.
type bodies struct{ cache *otter.Cache[string, []byte] }

func newBodies() bodies {
	return bodies{otter.Must(&otter.Options[string, []byte]{
		MaximumWeight: maxBodies,
		Weigher:       func(_ string, b []byte) uint32 { return uint32(len(b)) + 64 },
	})}
}

func (b bodies) get(integrity string, unpack func() ([]byte, error)) ([]byte, error) {
	if body, ok := b.cache.GetIfPresent(integrity); ok {
		return body, nil
	}
	body, err := unpack()
	if err == nil {
		b.cache.Set(integrity, body)
	}
	return body, err
}
