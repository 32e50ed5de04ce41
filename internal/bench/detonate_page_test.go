package bench

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// stubHost is the pretend wiki of the runs.
const stubHost = "https://wiki.test"

// hooks is instrumentation of the size that a sandbox has: what a script reads and asks for goes to emit.
const hooks = `emit => {
	for (const [owner, name] of [[Document.prototype, 'cookie'], [Storage.prototype, 'length']]) {
		const own = Object.getOwnPropertyDescriptor(owner, name);
		Object.defineProperty(owner, name, { ...own, get() { emit('read ' + name); return own.get.call(this); } });
	}
	for (const [owner, name] of [[globalThis, 'fetch'], [XMLHttpRequest.prototype, 'open'], [EventTarget.prototype, 'addEventListener'], [Storage.prototype, 'setItem']]) {
		const own = owner[name];
		owner[name] = function (...all) { emit(name + ' ' + all[0]); return own.apply(this, all); };
	}
}`

// finished is what a run waits for: the script of the third party has come.
const finished = `window.finished`

// stubRun answers one run's requests: a page with jQuery, a user script, an API read, and a script of a third party that the user
// script loads.
func stubRun(b testing.TB) http.Handler {
	b.Helper()
	jquery, err := os.ReadFile(filepath.Join("..", "fakewiki", "vendorjs", "jquery.js"))
	if err != nil {
		b.Fatal(err)
	}
	answer := func(kind string, text []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Access-Control-Allow-Origin", "*")
			_, _ = w.Write(text)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("wiki.test/{$}", answer("text/html", []byte(`<!doctype html><title>Stub</title><link rel=icon href=data:,>
<script>window.finished = new Promise(done => { window.finish = done; });</script>
<script src=/jquery.js></script><body><div id=content><p>Text</div><ul id=p-cactions></ul><script src=/user.js></script>`)))
	mux.HandleFunc("wiki.test/jquery.js", answer("text/javascript", jquery))
	mux.HandleFunc("wiki.test/user.js", answer("text/javascript", []byte(`$(async () => {
	const answer = await (await fetch('/api.php?action=query&meta=userinfo&format=json')).json();
	localStorage.setItem('who', answer.query.userinfo.name + document.cookie);
	$('<li>').text('A tool').on('click', () => {}).appendTo('#p-cactions');
	$.ajaxSetup({ cache: true }); $('<script>').attr('src', 'https://third.example/lib.js');
	document.head.append(Object.assign(document.createElement('script'), { src: 'https://third.example/lib.js' }));
})`)))
	mux.HandleFunc("wiki.test/api.php", answer("application/json", []byte(`{"query":{"userinfo":{"id":1,"name":"Noor"}}}`)))
	mux.HandleFunc("third.example/lib.js", answer("text/javascript", []byte(`finish('done')`)))
	return mux
}

// wantDone is what a run must have come to; one that did not is no run.
func wantDone(got string, err error) error {
	if err == nil && got != "done" {
		err = fmt.Errorf("the run ended with %q", got)
	}
	return err
}
