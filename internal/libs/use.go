package libs

import (
	"path"
	"slices"
	"strings"
)

// Use is how a script uses a file.
type Use struct {
	Address   string `json:"address"` // on the wiki's origin
	Integrity string `json:"integrity"`
	// Line is for a user script or a gadget: JavaScript, or CSS for fonts and pictures.
	Line string `json:"line"`
	// Require is for a script that a userscript manager runs; empty for what is no script.
	Require string `json:"require,omitempty"`
}

// Best is the file that most people want: the one the package names for browsers, else the smallest build of its name, else
// its style sheet. ok is false for a library of which nothing can be said.
func (l *Library) Best() (f File, ok bool) {
	name := path.Base(l.Name)
	for _, wanted := range []string{l.Main, "dist/" + name + ".min.js", "dist/" + name + ".js", name + ".min.js", name + ".js", "dist/" + name + ".min.css", "dist/" + name + ".css", "index.js"} {
		if i := slices.IndexFunc(l.Files, func(f File) bool { return f.Path == wanted && wanted != "" }); i >= 0 {
			return l.Files[i], true
		}
	}
	for _, ending := range []string{".min.js", ".js", ".mjs", ".css", ".woff2"} {
		if i := slices.IndexFunc(l.Files, func(f File) bool { return strings.HasSuffix(f.Path, ending) }); i >= 0 {
			return l.Files[i], true
		}
	}
	return File{}, false
}

// Use says how a file is used from scripts of the wiki whose mirror is below a path that ends in a slash; origin is the wiki's.
func (l *Library) Use(origin, base string, f File) Use {
	address := base + l.Name + "@" + l.Version + "/" + f.Path
	u := Use{Address: origin + address, Integrity: f.Integrity}
	switch path.Ext(f.Path) {
	case ".js", ".cjs":
		u.Line = "mw.loader.getScript( '" + address + "' ).then( function () { /* … */ } );"
		u.Require = "// @require " + u.Address + "#" + f.Integrity
	case ".mjs":
		u.Line = "import( '" + address + "' ).then( function ( library ) { /* … */ } );"
	case ".css":
		u.Line = "mw.loader.load( '" + address + "', 'text/css' );"
	case ".json", ".map", ".wasm", ".md", ".txt", "":
		u.Line = "fetch( '" + address + "', { integrity: '" + f.Integrity + "' } )"
	default:
		u.Line = "url( '" + address + "' )"
	}
	return u
}

// Bytes is the size of all files.
func (l *Library) Bytes() (sum int) {
	for _, f := range l.Files {
		sum += f.Bytes
	}
	return sum
}
