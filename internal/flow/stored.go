package flow

// stored is the place of what the script keeps in the browser under a name: what is read there is what was written, by this
// script on some other page.
func (e *engine) stored(c *callRecord) ref {
	key := e.constArg(c, 0)
	if e.storage == nil {
		e.storage = map[string]ref{}
	}
	if e.storage[key] == 0 {
		e.storage[key] = e.fresh()
	}
	return e.storage[key]
}

// store models setItem( key, value ) and its like.
func (e *engine) store(c *callRecord) {
	if len(c.args) < 2 {
		return
	}
	slot := e.stored(c)
	e.link(e.arg(c, 1), slot, passOn)
	e.passInside(c.args[1:2], slot, passOn)
}

// recall models getItem( key ) and its like.
func (e *engine) recall(c *callRecord) {
	e.seed(ref(c.node), FromStorage, Anywhere)
	e.link(e.stored(c), ref(c.node), passOn)
}
