package incident

import "container/list"

// recent is a map that forgets what was not asked for longest once it is full.
type recent[K comparable, V any] struct {
	most  int
	byKey map[K]*list.Element
	order *list.List // newest first
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, byKey: map[K]*list.Element{}, order: list.New()}
}

// get returns what is kept under a key, and the zero value when nothing is.
func (r *recent[K, V]) get(key K) V {
	e, ok := r.byKey[key]
	if !ok {
		var none V
		return none
	}
	r.order.MoveToFront(e)
	return e.Value.(*entry[K, V]).value
}

func (r *recent[K, V]) put(key K, value V) {
	if e, ok := r.byKey[key]; ok {
		e.Value.(*entry[K, V]).value = value
		r.order.MoveToFront(e)
		return
	}
	if r.order.Len() >= r.most {
		last := r.order.Back()
		delete(r.byKey, last.Value.(*entry[K, V]).key)
		r.order.Remove(last)
	}
	r.byKey[key] = r.order.PushFront(&entry[K, V]{key, value})
}

// or returns what is kept under a key, making it first where nothing is.
func (r *recent[K, V]) or(key K, fresh func() V) V {
	if _, ok := r.byKey[key]; !ok {
		r.put(key, fresh())
	}
	return r.get(key)
}
