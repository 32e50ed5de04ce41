package fakewiki

import (
	"encoding/json"
	"fmt"
	"io"
)

// Dump writes everything the wiki knows as one JSON document: pages with their revisions, people, changes. Who is logged
// in is not part of it.
func (w *Wiki) Dump(out io.Writer) error {
	w.mu.Lock()
	text, err := json.MarshalIndent(&w.db, "", "\t")
	w.mu.Unlock()
	if err != nil {
		return fmt.Errorf("dump wiki: %w", err)
	}
	if _, err := out.Write(text); err != nil {
		return fmt.Errorf("dump wiki: %w", err)
	}
	return nil
}

// Restore puts a dump in place of everything the wiki knows. After an error the wiki is as it was.
func (w *Wiki) Restore(in io.Reader) error {
	db := newDatabase()
	if err := json.NewDecoder(in).Decode(&db); err != nil {
		return fmt.Errorf("restore wiki: %w", err)
	}
	for id, p := range db.Pages {
		if p == nil || p.ID != id || len(p.Revisions) == 0 {
			return fmt.Errorf("restore wiki: page %d is not whole", id)
		}
	}
	for id, a := range db.Accounts {
		if a == nil || a.ID != id {
			return fmt.Errorf("restore wiki: account %d is not whole", id)
		}
		if a.Options == nil {
			a.Options = map[string]string{}
		}
	}
	db.index()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.db, w.sessions = db, map[string]*session{}
	return nil
}
