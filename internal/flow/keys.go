package flow

// keysAt is the place of the names that are computed for the fields of an object.
func (e *engine) keysAt(f fact) ref {
	s := e.site(f)
	if s.keys == 0 {
		s.keys = e.fresh()
		for _, t := range s.copies {
			if e.isSite(t) {
				e.link(s.keys, e.keysAt(t), passOn)
			}
		}
	}
	return s.keys
}

// writeKeyFact lets the key of object[key] = value reach the keys of the object.
func (e *engine) writeKeyFact(f fact, key ref) {
	if k := e.facts.info[f].kind; k == objectFact || k == arrayFact || k == instFact {
		e.link(key, e.keysAt(f), passOn)
	}
}

// keysOf lets labels of an object reach its keys: whoever fills a table with foreign data names its columns too.
func (e *engine) keysOf(from, to ref) {
	e.link(from, to, passOn)
	e.watch(from, readKeys, 0, to)
}

func (e *engine) readKeysFact(f fact, to ref) {
	if k := e.facts.info[f].kind; k == objectFact || k == arrayFact || k == instFact {
		e.link(e.keysAt(f), to, passOn)
	}
}
