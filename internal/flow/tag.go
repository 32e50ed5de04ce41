package flow

import "sallyport/internal/js"

// tagArguments are what the function that tags a template gets: the literal texts, which hold nothing of anybody's, and then
// the values between them (ECMA-262 §13.2.8).
func (e *engine) tagArguments(parts []js.Node) []js.Node {
	args := []js.Node{0}
	for _, p := range parts {
		if e.Kind(p) != js.TemplateText {
			args = append(args, p)
		}
	}
	return args
}
