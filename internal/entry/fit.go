package entry

import (
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/capability"
)

// misfit says which of a rule's conditions does not hold; empty when all do. The cheap ones come first.
func (r *Rule) misfit(s *Script, u *Use, tier Runner) string {
	switch {
	case len(r.Kinds) > 0 && !slices.Contains(r.Kinds, string(s.Kind)):
		return "it is a " + string(s.Kind)
	case len(r.Runners) > 0 && !slices.Contains(r.Runners, string(tier)):
		return "the reader is " + string(tier)
	case r.Own != nil && *r.Own != u.Own:
		return map[bool]string{true: "it is the reader's own", false: "it is somebody else's"}[u.Own]
	case r.Pinned != nil && *r.Pinned != u.Pinned:
		return map[bool]string{true: "it is pinned", false: "it is not pinned"}[u.Pinned]
	case len(r.Review) > 0 && !slices.Contains(r.Review, string(s.Review)):
		return "its review is " + string(s.Review)
	case len(r.Authors) > 0 && !slices.Contains(r.Authors, string(s.Author)):
		return "its author is " + string(s.Author)
	case s.People < r.People || r.PeopleTo > 0 && s.People >= r.PeopleTo:
		return fmt.Sprintf("%d people run it", s.People)
	case r.Unread && s.Read:
		return "it has been read"
	case r.ScoreFrom > 0 && !s.Read:
		return "nobody has read it, so it has no score"
	case s.Score < r.ScoreFrom:
		return fmt.Sprintf("its score is %d", s.Score)
	case len(r.Rights) > 0 && !slices.ContainsFunc(r.Rights, func(right string) bool { return slices.Contains(u.Rights, right) }):
		return "the reader holds none of these rights"
	}
	return r.unable(s, u)
}

// unable is misfit for what the script can do.
func (r *Rule) unable(s *Script, u *Use) string {
	if len(r.Capabilities) == 0 && !r.Gained {
		return ""
	}
	among, what := s.Capabilities, "it can do nothing of that"
	if r.Gained {
		among, what = u.Gained, "nothing of that is new"
	}
	for _, c := range among {
		if r.names(&c) {
			return ""
		}
	}
	return what
}

// names says whether a capability is one that the rule is about.
func (r *Rule) names(c *capability.Capability) bool {
	if len(r.Capabilities) > 0 && !slices.Contains(r.Capabilities, string(c.Name)) {
		return false
	}
	least := r.Certainty
	if least == "" {
		least = string(capability.Likely)
	}
	if slices.Index(certainties, string(c.Certainty)) < slices.Index(certainties, least) {
		return false
	}
	if r.Unasked && c.Trigger != capability.OnLoad && c.Trigger != capability.OnTimer {
		return false
	}
	return len(r.Targets) == 0 || slices.ContainsFunc(r.Targets, func(pattern string) bool { return could(pattern, c.Target) })
}

// could says whether a target may be one that a pattern means, in which * stands for anything. A target that the analysis knows in
// part only (`User:<name>/common.js`, or not at all) may be any: a rule with targets never allows.
func could(pattern, target string) bool {
	if target == "" || strings.Contains(target, "<") {
		return true
	}
	parts := strings.Split(pattern, "*")
	last := len(parts) - 1
	if last == 0 {
		return pattern == target
	}
	rest, ok := strings.CutPrefix(target, parts[0])
	for _, part := range parts[1:last] {
		if !ok {
			return false
		}
		_, rest, ok = strings.Cut(rest, part)
	}
	return ok && strings.HasSuffix(rest, parts[last])
}
