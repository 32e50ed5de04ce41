package sandbox

import (
	"context"
	"encoding/json"
	"slices"

	"sallyport/internal/gate"
)

// cover counts which functions of the script ran.
func (v *visit) cover(ctx context.Context) {
	scripts, err := v.c.Coverage(ctx)
	if err != nil {
		return
	}
	index, shift := v.u.index, 0
	if v.u.wrapped {
		shift = len(wrapBefore)
	}
	if v.made != nil {
		index = v.rewrittenIndex()
	}
	ran := map[int]bool{}
	address := v.decoy.ScriptURL()
	for _, s := range scripts {
		if s.URL != address {
			continue
		}
		for _, f := range s.Functions {
			if f.Count == 0 {
				continue
			}
			if i, ok := index[[2]int{f.Start - shift, f.End - shift}]; ok {
				ran[i] = true
			} else if f.Start == 0 {
				ran[0] = true
			}
		}
	}
	for i := range ran {
		v.out.ran = append(v.out.ran, i)
	}
	slices.Sort(v.out.ran)
}

// rewrittenIndex is where the functions stand in the rewritten text: they are the same ones in the same order.
func (v *visit) rewrittenIndex() map[[2]int]int {
	out := map[[2]int]int{}
	for i, f := range gate.Read([]byte(v.made.Text), gate.Options{Name: v.u.Title}).Functions() {
		if i < len(v.u.functions) {
			out[[2]int{f.Start, f.End}] = i
		}
	}
	return out
}

func inJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(text)
}

func jsonInto(raw []byte, into any) error { return json.Unmarshal(raw, into) }

// storageScript puts values into local storage before anything else of a site runs. A document without an origin has none, and says so by
// an exception.
func storageScript(values map[string]string) string {
	return "emit => { try { if (typeof localStorage === 'object' && window.top === window) { const v = " + inJSON(values) + "; for (const k in v) { if (localStorage.getItem(k) === null) localStorage.setItem(k, v[k]); } } } catch (e) {} }"
}
