package entry

import "slices"

// Shadowed lists rules that can never decide, because an earlier one fits whenever they do; each with the earlier one.
func (rs *Rules) Shadowed() map[string]string {
	found := map[string]string{}
	for i := range rs.list {
		for j := range i {
			if rs.list[j].covers(&rs.list[i]) {
				found[rs.list[i].Name] = rs.list[j].Name
				break
			}
		}
	}
	return found
}

// covers says whether r fits whatever o fits. It may miss some.
func (r *Rule) covers(o *Rule) bool {
	return within(r.Kinds, o.Kinds) && within(r.Authors, o.Authors) && within(r.Review, o.Review) && within(r.Runners, o.Runners) && within(r.Rights, o.Rights) &&
		same(r.Own, o.Own) && same(r.Pinned, o.Pinned) &&
		(!r.Unread || o.Unread) && (r.ScoreFrom <= o.ScoreFrom) &&
		r.People <= o.People && (r.PeopleTo == 0 || o.PeopleTo > 0 && o.PeopleTo <= r.PeopleTo) &&
		r.coversAbilities(o)
}

func (r *Rule) coversAbilities(o *Rule) bool {
	if len(r.Capabilities) == 0 && !r.Gained {
		return true
	}
	if len(o.Capabilities) == 0 && !o.Gained {
		return false
	}
	least := func(c string) int {
		if c == "" {
			return 1
		}
		return slices.Index(certainties, c)
	}
	return r.Gained == o.Gained && within(r.Capabilities, o.Capabilities) && within(r.Targets, o.Targets) && (!r.Unasked || o.Unasked) &&
		least(r.Certainty) <= least(o.Certainty)
}

// within says whether a condition holds wherever a narrower one does; an empty one always holds.
func within(wide, narrow []string) bool {
	if len(wide) == 0 {
		return true
	}
	return len(narrow) > 0 && !slices.ContainsFunc(narrow, func(w string) bool { return !slices.Contains(wide, w) })
}

func same(wide, narrow *bool) bool { return wide == nil || narrow != nil && *wide == *narrow }
