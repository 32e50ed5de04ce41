package collect

import (
	"context"
	"slices"
	"sync"

	"sallyport/internal/violation"
)

// Memory is a [Store] that forgets everything when the program ends: for tests and for trying things out.
type Memory struct {
	mu   sync.Mutex
	rows map[violation.Key]*violation.Row
	ids  map[string]violation.Day
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{rows: map[violation.Key]*violation.Row{}, ids: map[string]violation.Day{}}
}

// Keep implements [Store].
func (m *Memory) Keep(_ context.Context, b violation.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, again := m.ids[b.ID]; again {
		return nil
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		if m.rows[r.Key] == nil {
			m.rows[r.Key] = &violation.Row{Key: r.Key}
		}
		m.rows[r.Key].Add(r)
		m.ids[b.ID] = max(m.ids[b.ID], r.Day)
	}
	return nil
}

// Rows implements [Store].
func (m *Memory) Rows(_ context.Context, wiki string, since violation.Day) ([]violation.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []violation.Row
	for _, r := range m.rows {
		if r.Wiki == wiki && r.Day >= since {
			list = append(list, *r)
		}
	}
	return violation.Fold(slices.Clip(list), func(*violation.Key) {}), nil
}

// Forget implements [Store].
func (m *Memory) Forget(_ context.Context, wiki string, before violation.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.rows {
		if k.Wiki == wiki && k.Day < before {
			delete(m.rows, k)
		}
	}
	for id, day := range m.ids {
		if day < before {
			delete(m.ids, id)
		}
	}
	return nil
}
