package config

import "fmt"

// Exposure says for how long it is remembered who was served which script.
type Exposure struct {
	Days int `toml:"days"` // 0: not at all
}

func (e *Exposure) check() (errs []error) {
	if e.Days < 0 || e.Days > 3650 {
		errs = append(errs, fmt.Errorf("exposure.days = %d: write 0 to 3650", e.Days))
	}
	return errs
}
