package flow

import "sallyport/internal/js"

// saysPage knows the parameters that say what is asked for.
func saysPage(name string) bool {
	switch name {
	case "title", "titles", "page", "action":
		return true
	}
	return false
}

// foldQuery is the text that $.param( { name: value } ) gives, as far as the names are known.
func (e *engine) foldQuery(n js.Node, depth int) (Abstract, bool) {
	if n == 0 {
		return Abstract{}, false
	}
	o := e.properties(ref(n))
	if len(o.Fields) == 0 || len(o.Fields) > maxPieces/2 {
		return Abstract{}, false
	}
	var parts []Abstract
	for i, f := range o.Fields {
		before := f.Name + "="
		if i > 0 {
			before = "&" + before
		}
		value := e.foldRef(ref(f.Value), depth+1)
		if len(value.Texts) > 1 && !saysPage(f.Name) { // each would double what is told apart
			value = e.hole(e.holeFor(ref(f.Value)), f.Value)
		}
		parts = append(parts, e.literal(before), value)
	}
	if o.Open {
		parts = append(parts, e.literal("&"), e.hole(SomeText, n))
	}
	return e.joinTexts(parts...), true
}
