package sandbox

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/decoy"
)

// Package files of gadgets are functions of require, module and exports; alone they are served as such. Files that a script requires are
// registered first and run when they are wanted. What is not at hand is something that can be called, read and gone through, and is
// nothing.
const (
	wrapBefore = "(function(require,module,exports){"
	wrapAfter  = `})((function(){
var files=window.__files||{},done={},nothing=new Proxy(function(){},{get:function(t,k){return k===Symbol.toPrimitive?function(){return"";}:k===Symbol.iterator?function(){return[][k]();}:k==="then"?undefined:k==="prototype"?t[k]:nothing;},apply:function(){return nothing;},construct:function(){return nothing;}});
function of(names){return function(n){var i=names[n],f,m;
if(i===undefined){if(/^\.\.?\//.test(n)){return nothing;}return mw.loader.require(n);}
if(!done[i]){f=files[i];m=done[i]={exports:{}};f[0](of(f[1]),m,m.exports);}
return done[i].exports;};}
delete window.__files;return of(NAMES);}()),window.__m={exports:{}},window.__m.exports);delete window.__m;`
)

// wrapEnd closes what wrapBefore opened.
func wrapEnd(requires map[string]int) string {
	if requires == nil {
		requires = map[string]int{}
	}
	return "\n" + strings.Replace(wrapAfter, "NAMES", inJSON(requires), 1)
}

// wrap is a companion as it is served: in a function, when it counts on what ResourceLoader's has. One that looks whether it is in such a
// function defines its names for everybody when it is not.
func wrap(text string) string {
	if !wrapped(text) || guarded.MatchString(text) {
		return text
	}
	return wrapBefore + text + "\n})(function(n){return mw.loader.require(n);},{exports:{}},{});"
}

var (
	packaged = regexp.MustCompile(`(?:^|[^.\w$])(?:module\.exports|exports\.[\w$]|require\s*\()`)
	guarded  = regexp.MustCompile(`typeof\s+(?:module|exports|require)\b`)
)

// wrapped says whether a script counts on require or module.exports.
func wrapped(text string) bool { return packaged.MatchString(text) }

var requireCall = regexp.MustCompile(`\brequire\(\s*(?:'([^'\n]{1,200})'|"([^"\n]{1,200})")\s*\)`)

// required are the names that a script requires.
func required(text string) []string {
	var out []string
	for _, m := range requireCall.FindAllStringSubmatch(text, 200) {
		if name := m[1] + m[2]; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// packageFiles are the files that a script requires, and those that they require, each registered under its number.
type packageFiles struct {
	c     *companions
	index map[string]int // by name in the library
}

// require gives the numbers of the files that a script requires, by what it calls them.
func (p *packageFiles) require(from, text string) map[string]int {
	out := map[string]int{}
	for _, name := range required(text) {
		if !strings.HasPrefix(name, ".") {
			continue
		}
		f, ok := p.find(path.Join(path.Dir(from), name))
		switch {
		case f.Text == p.c.s.Text: // the script itself, which runs in the end
			continue
		case !ok:
			p.miss(path.Join(path.Dir(from), name))
			continue
		}
		n, had := p.index[f.Name]
		if !had {
			if len(p.c.out) >= maxCompanions || p.c.size+len(f.Text) > maxTogether {
				continue
			}
			n = len(p.index)
			p.index[f.Name] = n
			p.c.had[f.Text] = true
			p.c.size += len(f.Text)
			p.register(n, f)
		}
		out[name] = n
	}
	return out
}

// register adds a file as a companion that puts itself where require looks.
func (p *packageFiles) register(n int, f decoy.File) {
	names := p.require(f.Name, f.Text)
	text := f.Text
	if path.Ext(f.Name) == ".json" {
		text = "module.exports=" + strings.TrimSpace(text)
	}
	p.c.out = append(p.c.out, decoy.Companion{
		Title: p.c.titleOf(f.Name), Require: true,
		Text: "(window.__files=window.__files||{})[" + strconv.Itoa(n) + "]=[function(require,module,exports){" + text + "\n}," + inJSON(names) + "];",
	})
}

// miss notes a file that is required and not at hand.
func (p *packageFiles) miss(name string) {
	if len(p.c.out) < maxCompanions {
		p.c.out = append(p.c.out, decoy.Companion{Title: p.c.titleOf(name), Require: true, Missing: true})
	}
}

// find is the file at hand that a name leads to: of those whose path ends so, the nearest.
func (p *packageFiles) find(name string) (best decoy.File, ok bool) {
	for _, f := range p.c.box.o.Library.Files() {
		plain := strings.TrimSuffix(f.Name, ".js")
		if plain != strings.TrimSuffix(name, ".js") && !strings.HasSuffix(name, "/"+f.Name) && !strings.HasSuffix(name, "/"+plain) && !strings.HasSuffix(plain, "/"+strings.TrimSuffix(name, ".js")) {
			continue
		}
		if !ok || len(f.Name) > len(best.Name) {
			best, ok = f, true
		}
	}
	return best, ok
}
