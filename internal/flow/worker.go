package flow

import "sallyport/internal/js"

// workerMessage is the event of a message of a worker: nobody but a script that the page began can send one.
const workerMessage = "worker message"

// eventAt is the type of an event as it reaches an object.
func (e *engine) eventAt(object js.Node, typ string) string {
	if typ == "message" && e.isWorker(object) {
		return workerMessage
	}
	return typ
}

// isWorker says whether an object is a worker of the script, by the name that it was put under.
func (e *engine) isWorker(n js.Node) bool {
	if e.workers == nil {
		e.workers = map[string]bool{}
		for n := js.Node(1); int(n) < e.Len(); n++ {
			switch e.Kind(n) {
			case js.Declarator:
				e.noteWorker(e.Target(n), e.Value(n))
			case js.Assign:
				e.noteWorker(e.Left(n), e.Right(n))
			}
		}
	}
	switch e.Kind(n) {
	case js.New:
		return e.makesWorker(n)
	case js.Ident:
		return e.Binding(n) != 0 && e.workers[e.Name(n)]
	case js.Dot:
		return e.workers["."+e.Name(n)]
	}
	return false
}

func (e *engine) noteWorker(target, value js.Node) {
	if !e.makesWorker(value) {
		return
	}
	switch e.Kind(target) {
	case js.Ident:
		e.workers[e.Name(target)] = true
	case js.Dot:
		e.workers["."+e.Name(target)] = true
	}
}

func (e *engine) makesWorker(n js.Node) bool {
	return e.Kind(n) == js.New && e.Name(e.Callee(n)) == "Worker"
}
