package fakewiki

import (
	"fmt"
	"time"
)

// Person is what a wiki knows of somebody besides name and groups.
type Person struct {
	Email        string
	Edits        int
	Registered   time.Time
	GlobalGroups []string // of a wiki farm: wgGlobalGroups
	Temp         bool     // a temporary account
	Options      map[string]string
}

// Describe fills in what is known of somebody who is registered.
func (w *Wiki) Describe(name string, p Person) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.accountNamed(name)
	if a == nil {
		return fmt.Errorf("describe %q: %w", name, ErrNoUser)
	}
	a.Email, a.Edits, a.GlobalGroups, a.Temp = p.Email, p.Edits, p.GlobalGroups, p.Temp
	if !p.Registered.IsZero() {
		a.Registration = p.Registered.UTC()
	}
	for k, v := range p.Options {
		a.Options[k] = v
	}
	return nil
}
