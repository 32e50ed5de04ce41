package flow

import "sallyport/internal/js"

// isComponent knows the objects that Vue makes components of (https://vuejs.org/api/options-state.html), by their properties.
func (e *engine) isComponent(n js.Node) bool {
	sure, likely := false, 0
	for _, p := range e.List(n) {
		if e.Kind(p) != js.Property {
			continue
		}
		switch name, _ := e.KeyName(p); name {
		case "methods", "computed":
			sure = sure || e.Kind(e.Value(p)) == js.Object
		case "data":
			if e.Kind(e.Value(p)) == js.Function {
				likely++
			}
		case "template", "mounted", "created", "props", "setup", "components":
			likely++
		}
	}
	return sure || likely > 1
}

// component gives the functions of a component one object as this, which has what data() gives, the computed values and the
// methods.
func (e *engine) component(n js.Node, f fact) {
	if !e.isComponent(n) {
		return
	}
	for _, p := range e.List(n) {
		if e.Kind(p) != js.Property {
			continue
		}
		switch name, _ := e.KeyName(p); name {
		case "data":
			if v := e.Value(p); e.Kind(v) == js.Function {
				e.watch(e.funcs[e.funcAt[v]].ret, copyInto, 0, ref(n))
			}
		case "methods", "computed", "watch":
			if e.Kind(e.Value(p)) != js.Object {
				continue
			}
			for _, m := range e.List(e.Value(p)) {
				e.partOfComponent(m, f, name == "computed")
			}
		}
	}
}

// partOfComponent joins one method or computed value with its component.
func (e *engine) partOfComponent(m js.Node, f fact, computed bool) {
	v := e.Value(m)
	if e.Kind(m) != js.Property || e.Kind(v) != js.Function {
		return
	}
	if !e.Is(v, js.IsArrow) {
		e.learn(e.thisOf(v), f)
	}
	name, ok := e.keyName(m)
	switch {
	case !ok:
	case computed:
		e.link(e.funcs[e.funcAt[v]].ret, e.field(f, name), asIs)
		e.funcs[e.funcAt[v]].called = true
	default:
		e.link(ref(v), e.field(f, name), asIs)
	}
}

// vueCall models the functions of Vue that call what they are given as the page loads.
func (e *engine) vueCall(id uint32, name string) bool {
	c := &e.calls[id]
	switch name {
	case "Vue.onBeforeMount", "Vue.onMounted", "Vue.onActivated", "Vue.nextTick", "Vue.watchEffect":
		e.handler(e.arg(c, 0), callback{place: c.place, call: id})
		return true
	case "Vue.createMwApp", "Vue.createApp": // handed in by name: an object that stands in the call is looked through anyway
		for _, stage := range []string{"setup", "beforeCreate", "created", "beforeMount", "mounted"} {
			h := e.fresh()
			e.watch(e.arg(c, 0), readField, e.name(stage), h)
			e.handler(h, callback{unknown: true, this: e.arg(c, 0), place: c.place, call: id})
		}
	}
	return false
}
