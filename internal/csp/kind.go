package csp

// Kind says what a page tries to do.
type Kind int

// Kinds. Those from Script to Prefetch fetch an address.
const (
	Script Kind = iota // <script src>, import, worklet, importScripts
	Style              // <link rel=stylesheet>, @import
	Image              // also icons
	Font
	Media   // <audio>, <video>, <track>
	Object  // <object>, <embed>
	Frame   // <iframe>, and wherever it goes later
	Connect // fetch, XMLHttpRequest, WebSocket, EventSource, sendBeacon, ping
	Manifest
	Worker         // workers of every sort
	Prefetch       // <link rel=prefetch>
	Form           // where a form is sent
	Base           // <base href>
	Ancestor       // URL is a page that frames this one
	InlineScript   // <script>…</script>
	Handler        // onclick=…
	JavaScriptURL  // javascript:…
	Speculation    // <script type=speculationrules>
	InlineStyle    // <style>…</style>
	StyleAttribute // style=…
	Eval           // eval, new Function, setTimeout with a string
	WasmEval       // WebAssembly.compile and its like
	kinds
)

var kindNames = [kinds]string{"script", "style", "image", "font", "media", "object", "frame", "connect", "manifest", "worker",
	"prefetch", "form", "base", "ancestor", "inline-script", "handler", "javascript-url", "speculation", "inline-style",
	"style-attribute", "eval", "wasm-eval"}

// String is a short name, for instance "inline-script".
func (k Kind) String() string { return kindNames[k] }

var kindDirectives = [kinds]string{"script-src-elem", "style-src-elem", "img-src", "font-src", "media-src", "object-src",
	"frame-src", "connect-src", "manifest-src", "worker-src", "default-src", "form-action", "base-uri", "frame-ancestors",
	"script-src-elem", "script-src-attr", "script-src-elem", "script-src-elem", "style-src-elem", "style-src-attr",
	"script-src", "script-src"}

// Directive is the name browsers put into their reports as effective directive (CSP3 §6.8.1, §6.8.2).
func (k Kind) Directive() string { return kindDirectives[k] }

// inline says whether a text of the page itself is meant, not an address.
func (k Kind) inline() bool { return k >= InlineScript && k <= StyleAttribute }

// runs says whether it runs script in the page, which a sandbox without allow-scripts stops.
func (k Kind) runs() bool {
	return k == Script || k >= InlineScript && k <= Speculation || k == Eval || k == WasmEval
}

// KindOf reads a report's effective directive and blocked address ("inline", "eval", "wasm-eval", or an address) back into
// a kind. ok is false for a directive that blocks no request.
func KindOf(directive, blocked string) (k Kind, ok bool) {
	switch {
	case blocked == "eval":
		return Eval, true
	case blocked == "wasm-eval":
		return WasmEval, true
	case blocked == "inline":
		return inlineOf(directive)
	}
	switch directive { // names of older browsers
	case "script-src":
		return Script, true
	case "style-src":
		return Style, true
	case "child-src":
		return Frame, true
	}
	for k := Script; k <= Ancestor; k++ {
		if kindDirectives[k] == directive {
			return k, true
		}
	}
	return 0, false
}

func inlineOf(directive string) (Kind, bool) {
	switch directive {
	case "script-src", "script-src-elem", "default-src":
		return InlineScript, true
	case "script-src-attr":
		return Handler, true
	case "style-src", "style-src-elem":
		return InlineStyle, true
	case "style-src-attr":
		return StyleAttribute, true
	}
	return 0, false
}
