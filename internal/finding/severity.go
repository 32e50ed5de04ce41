package finding

import (
	"fmt"
	"slices"
	"strings"
)

// ParseSeverity reads the name of a severity.
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(severityNames[:], name); i >= 0 {
		return Severity(i), nil
	}
	return Note, fmt.Errorf("severity %q: write one of %s", name, strings.Join(severityNames[:], ", "))
}

// MarshalText makes severities words in JSON.
func (s Severity) MarshalText() ([]byte, error) {
	if s < Note || s > Critical {
		return nil, fmt.Errorf("severity %d does not exist", int(s))
	}
	return []byte(s.String()), nil
}

// UnmarshalText is the way back.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}
