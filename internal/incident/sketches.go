package incident

import (
	"context"
	"sync"
)

// maxSketches bounds the sketches kept of gadgets' pages: about a kilobyte each, at most 8.
const maxSketches = 4096

// sketches keeps sketches of texts, because making one is dear. The zero value is ready; it is safe for concurrent use.
type sketches struct {
	mu   sync.Mutex
	kept *recent[string, *Sketch]
}

func (k *sketches) get(key string) *Sketch {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil {
		k.kept = newRecent[string, *Sketch](maxSketches)
	}
	return k.kept.get(key)
}

// of sketches a source, unless that was done before.
func (k *sketches) of(ctx context.Context, s Source) (Sketch, error) {
	if old := k.get(s.Key); old != nil {
		return *old, nil
	}
	text, err := s.Text(ctx)
	if err != nil {
		return Sketch{}, err
	}
	read := Read(text)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept.put(s.Key, &read)
	return read, nil
}
