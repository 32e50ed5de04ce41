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

// storeOfDatabase is how a store of IndexedDB is called, whatever it was asked of.
const storeOfDatabase = "objectStore()"

// databaseCall models a store of IndexedDB (https://www.w3.org/TR/IndexedDB/#object-store-interface): all of them are one, and what
// is read is the result of a request.
func (e *engine) databaseCall(c *callRecord, method string) {
	if e.database == 0 {
		e.database = e.fresh()
		e.seed(e.database, FromStorage, Anywhere)
	}
	switch method {
	case "put", "add":
		e.link(e.arg(c, 0), e.database, passOn)
		e.passInside(c.args[:min(1, len(c.args))], e.database, passOn)
	case "get", "getAll", "openCursor":
		request := e.made(objectFact, c.node)
		e.learn(ref(c.node), request)
		e.link(e.database, e.field(request, e.name("result")), passOn)
	}
}
