package gadget

import "strings"

// A fileKind is what the end of a page's name makes of it.
type fileKind string

const (
	script fileKind = ".js"
	style  fileKind = ".css"
	data   fileKind = ".json"
	vue    fileKind = ".vue"
)

// kindOf reads the suffix; empty for anything a gadget cannot hold.
func kindOf(page string) fileKind {
	for _, k := range []fileKind{script, style, data, vue} {
		if strings.HasSuffix(page, string(k)) {
			return k
		}
	}
	return ""
}

func (d *Definition) holds(k fileKind) bool {
	for _, p := range d.Module.Pages {
		if kindOf(p) == k {
			return true
		}
	}
	return false
}

// IsPackage says whether the gadget is delivered as package files: it asks for that and has a script to begin with
// (Gadget::isPackaged).
func (d *Definition) IsPackage() bool { return d.Settings.Package && d.holds(script) }

// EffectiveType is [TypeStyles] or [TypeGeneral]: what the definition says, else styles for style sheets that come with
// neither scripts nor dependencies (Gadget::getType).
func (d *Definition) EffectiveType() string {
	switch {
	case d.Module.Type != "":
		return d.Module.Type
	case d.holds(style) && !d.holds(script) && len(d.Module.Dependencies) == 0:
		return TypeStyles
	default:
		return TypeGeneral
	}
}

// An effect is a combination of settings that leaves part of a definition without effect. Codes and conditions are those
// of Special:Gadgets.
type effect struct {
	code, pointer, message string
}

func (d *Definition) effects() []effect {
	var out []effect
	add := func(applies bool, code, pointer, message string) {
		if applies {
			out = append(out, effect{code, pointer, message})
		}
	}
	packaged := d.IsPackage()
	styles := d.Module.Type == TypeStyles
	add(d.Settings.RequiresES6 && d.Settings.Default, "es6default", "/settings/requiresES6",
		"requiresES6 has no effect on a gadget that is on by default.")
	add(d.Settings.Package && !packaged, "noentrypoint", "/settings/package",
		"A package begins with its first .js page, and there is none. Add one, or remove package.")
	add(d.holds(data) && !packaged, "json", "/module/pages",
		`Pages that end in .json are only delivered in a package. Set "package": true under settings.`)
	add(d.holds(vue) && !packaged, "vue", "/module/pages",
		`Pages that end in .vue are only delivered in a package. Set "package": true under settings.`)
	add(len(d.Module.CodexIcons) > 0 && !packaged, "icons", "/module/codexIcons",
		`codexIcons are only delivered in a package. Set "package": true under settings.`)
	add(styles && d.holds(script), "scriptsnotallowed", "/module/type",
		`A gadget of type "styles" delivers no scripts. Remove the type, or the .js pages.`)
	add(styles && len(d.Module.Peers) > 0, "stylepeers", "/module/peers",
		`A gadget of type "styles" loads no peers. Remove one of the two.`)
	return out
}
