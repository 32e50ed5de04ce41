package phpform

import (
	"iter"
	"math"
	"slices"
	"strconv"
)

// Value is a string, or an array when List is set.
type Value struct {
	Text string
	List *Values
}

// Values is a PHP array that keeps its order. Keys are strings; PHP makes numbers of those that look like one, which
// changes nothing for whoever looks them up.
type Values struct {
	keys []string
	by   map[string]Value
	ints intKeys
}

// Lookup finds a value. A nil Values has none.
func (v *Values) Lookup(key string) (Value, bool) {
	if v == nil {
		return Value{}, false
	}
	value, ok := v.by[key]
	return value, ok
}

// Get finds a string. Arrays count as absent, as they do for WebRequest::getRawVal.
func (v *Values) Get(key string) (string, bool) {
	value, ok := v.Lookup(key)
	return value.Text, ok && value.List == nil
}

// Text is [Values.Get] for whoever takes absent and empty for the same.
func (v *Values) Text(key string) string {
	text, _ := v.Get(key)
	return text
}

// Set puts a string, at the end when the key is new.
func (v *Values) Set(key, text string) { v.Put(key, Value{Text: text}) }

// Delete removes a key.
func (v *Values) Delete(key string) {
	if _, ok := v.Lookup(key); ok {
		delete(v.by, key)
		v.keys = slices.DeleteFunc(v.keys, func(k string) bool { return k == key })
	}
}

// Len is how many keys there are at the top.
func (v *Values) Len() int {
	if v == nil {
		return 0
	}
	return len(v.keys)
}

// All walks over the keys in PHP's order.
func (v *Values) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v == nil {
			return
		}
		for _, key := range v.keys {
			if !yield(key, v.by[key]) {
				return
			}
		}
	}
}

// Clone copies the top; arrays below are shared.
func (v *Values) Clone() *Values {
	out := &Values{}
	for key, value := range v.All() {
		out.Put(key, value)
	}
	return out
}

// Put puts a string or an array, at the end when the key is new.
func (v *Values) Put(key string, value Value) {
	if v.by == nil {
		v.by = map[string]Value{}
	}
	if _, ok := v.by[key]; !ok {
		v.keys = append(v.keys, key)
		v.ints.saw(key)
	}
	v.by[key] = value
}

// list returns the array under a key. What else stood there is replaced, in its place.
func (v *Values) list(key string) *Values {
	if value, ok := v.by[key]; ok && value.List != nil {
		return value.List
	}
	list := &Values{}
	v.Put(key, Value{List: list})
	return list
}

// intKeys knows the key the next a[]= gets.
type intKeys struct {
	next     int64
	negative bool // versions differ in what follows a negative key
	full     bool // nothing follows the largest
}

func (n *intKeys) saw(key string) {
	i, err := strconv.ParseInt(key, 10, 64)
	switch {
	case err != nil || strconv.FormatInt(i, 10) != key || i == math.MinInt64:
	case i < 0:
		n.negative = true
	case i == math.MaxInt64:
		n.full = true
	case i >= n.next:
		n.next = i + 1
	}
}
