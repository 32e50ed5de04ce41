package scan

import (
	"sync"

	"sallyport/internal/link"
)

// lookups are what an analysis asked about other scripts, and what it got: it holds as long as they are answered the same.
type lookups []lookup

type lookup struct {
	From string    `json:"from"`
	Kind link.Kind `json:"kind"`
	Name string    `json:"name"`
	Path string    `json:"path"`
	Hash string    `json:"hash"` // of the text; "" for a script that was not to be had
}

// record is a find that keeps what it is asked, where somebody wants to know.
func (l *lookups) record(find link.Find) link.Find {
	if find == nil || l == nil {
		return find
	}
	var mu sync.Mutex
	return func(from string, ref link.Ref) (string, []byte, bool) {
		path, text, ok := find(from, ref)
		mu.Lock()
		defer mu.Unlock()
		*l = append(*l, lookup{from, ref.Kind, ref.Name, path, answer(text, ok)})
		return path, text, ok
	}
}

// hold says whether every question is answered as it was.
func (l lookups) hold(find link.Find) bool {
	for _, was := range l {
		if find == nil {
			return false
		}
		path, text, ok := find(was.From, link.Ref{Kind: was.Kind, Name: was.Name})
		if path != was.Path || answer(text, ok) != was.Hash {
			return false
		}
	}
	return true
}

func answer(text []byte, ok bool) string {
	if !ok {
		return ""
	}
	return hash(string(text))
}
