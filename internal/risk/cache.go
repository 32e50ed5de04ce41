package risk

import "github.com/maypok86/otter/v2"

// Key is everything that an assessment depends on: two subjects of one key have the same.
type Key struct {
	Path   string // whose page it is decides what a script may do
	SHA256 string // of the text
	Read   string // which reading: the analyser's version, or when it was made; empty for none
	Run    string // which run
	Facts  Facts
}

// Cache remembers assessments. It is safe for concurrent use.
type Cache struct{ known *otter.Cache[Key, Assessment] }

// NewCache remembers so many.
func NewCache(entries int) *Cache {
	return &Cache{otter.Must(&otter.Options[Key, Assessment]{MaximumSize: entries})}
}

// Get returns the assessment of a key. What is not remembered is asked for and judged; an error of subject is returned as it
// is, and nothing remembered. The slices of an assessment are shared: nobody changes them.
func (c *Cache) Get(k Key, subject func() (Subject, error)) (Assessment, error) {
	if a, ok := c.known.GetIfPresent(k); ok {
		return a, nil
	}
	s, err := subject()
	if err != nil {
		return Assessment{}, err
	}
	a := Score(s)
	c.known.Set(k, a)
	return a, nil
}
