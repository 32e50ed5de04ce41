package pattern

// focus narrows hits to what metavariables are bound to. A list gives one hit for each.
func (r *run) focus(found []hit, metavars []int) []hit {
	var out []hit
	for _, h := range found {
		for _, v := range metavars {
			x, ok := h.env.get(v)
			if !ok || !r.step() {
				continue
			}
			n := hit{start: max(h.start, x.start), end: min(h.end, x.end), env: h.env, node: x.node, focused: true}
			if n.start > n.end || n.start == n.end && x.kind == aList {
				continue
			}
			out = append(out, n)
		}
	}
	return r.distinct(out)
}
