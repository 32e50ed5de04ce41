package flow

import "sallyport/internal/js"

// maxSent bounds the values that are told apart of those sent with an event.
const maxSent = 4

// channel is where the values arrive that are sent with an event or through a hook of a name, whoever listens.
func (e *engine) channel(kind, name string) []ref {
	if name == "" {
		return e.few()
	}
	if e.channels == nil {
		e.channels = map[string][]ref{}
	}
	key := kind + " " + name
	if e.channels[key] == nil {
		e.channels[key] = e.few()
	}
	return e.channels[key]
}

func (e *engine) few() []ref {
	out := make([]ref, maxSent)
	for i := range out {
		out[i] = e.fresh()
	}
	return out
}

// send models what sends values: the arguments from one on.
func (e *engine) send(c *callRecord, to []ref, from int) {
	for i := from; i < len(c.args) && i-from < len(to); i++ {
		e.link(ref(c.args[i]), to[i-from], asIs)
	}
}

// hookName is the name in mw.hook( name ).add( … ).
func (e *engine) hookName(c *callRecord) string {
	for at, steps := c.object, 0; e.Kind(at) == js.Call && steps < 8; at, steps = e.Object(e.Callee(at)), steps+1 {
		if name, ok := e.Constant(e.Arg(at, 0)); ok {
			return name
		}
	}
	return ""
}
