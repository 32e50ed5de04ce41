package rollout

import (
	"maps"
	"slices"
	"strings"
)

// copy is a state that can be changed while others read this one. What pointers lead to is replaced, never changed.
func (s *State) copy() *State {
	c := *s
	if s.Rollout != nil {
		r := *s.Rollout
		c.Rollout = &r
	}
	c.Marks, c.Past, c.Noise = slices.Clone(s.Marks), slices.Clone(s.Past), maps.Clone(s.Noise)
	return &c
}

// bounded is text that can be kept.
func bounded(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	return strings.ToValidUTF8(s[:min(len(s), maxText)], "")
}
