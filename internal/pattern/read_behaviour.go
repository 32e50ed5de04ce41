package pattern

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport/internal/capability"
)

var triggers = []capability.Trigger{capability.OnLoad, capability.OnTimer, capability.OnClick, capability.OnConfirmation}

// behaviours reads the list of a rule of mode behaviour.
func (d *door) behaviours(f field, r *Rule) {
	r.behaviours = []behaviour{}
	for _, n := range d.list(f.value, f.name) {
		r.behaviours = append(r.behaviours, d.behaviour(n))
	}
}

func (d *door) behaviour(n *yaml.Node) (b behaviour) {
	for _, f := range d.fields(n, "an entry of behaviour") {
		switch f.name {
		case "capability":
			b.names = d.capabilities(f)
		case "target":
			text, _ := d.text(f)
			var err error
			if b.target, err = compile(text, ""); err != nil {
				d.wrong(f.value, "%v", err)
			}
		case "how":
			b.how = d.texts(f)
		case "trigger":
			for _, text := range d.texts(f) {
				t := capability.Trigger(text)
				if !slices.Contains(triggers, t) {
					d.wrong(f.value, "trigger %s is not known: there are %s", clip(text), join(triggers))
				}
				b.triggers = append(b.triggers, t)
			}
		case "certain":
			b.sure = d.flag(f)
		default:
			d.refuse(f, "an entry of behaviour", "capability", "target", "how", "trigger", "certain")
		}
	}
	if b.names == nil {
		d.wrong(n, "an entry of behaviour needs capability: one of %s", join(capability.Names()))
	}
	return b
}

func (d *door) capabilities(f field) (out []capability.Name) {
	for _, text := range d.texts(f) {
		name := capability.Name(text)
		if !slices.Contains(capability.Names(), name) {
			d.wrong(f.value, "capability %s is not known: there are %s", clip(text), join(capability.Names()))
		}
		out = append(out, name)
	}
	return out
}

func join[T ~string](list []T) string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}
