package flow

import "testing"

func TestKeysCarryWhatTheyAreComputedFrom(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`var o = {}; o[location.hash] = 1; for (var k in o) sink(k)`, "url:all"},
		{`var o = { [location.hash]: 1 }; Object.keys(o).forEach(k => sink(k))`, "url:all"},
		{`var o = {}; o[location.hash] = 1; $.each(Object.assign({}, o), function (k) { sink(k) })`, "url:all"},
		{`var m = new Map(); m.set(location.hash, 1); m.forEach((v, k) => sink(k))`, "url:all"},
		{`var o = {}; o[location.hash] = 1; Object.values(o).forEach(v => sink(v))`, ""},
		{`var o = { a: location.hash }; for (var k in o) sink(k)`, ""},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestFunctionsThatTagTemplatesAreCalled(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"const f = (s, ...v) => v[0]; sink(f`a${ location.hash }`)", "url:all"},
		{"function f(s, a, b) { return b } sink(f`${ 1 }${ location.hash }`)", "url:all"},
		{"function f(s, a, b) { return b } sink(f`${ location.hash }${ 1 }`)", ""},
		{"function f(s) { return arguments[1] } sink(f`${ location.hash }`)", "url:all"},
		{"const f = (s, ...v) => String.raw({ raw: s }, ...v); sink(f`${ location.hash }`)", "url:all"},
		{"const f = (s, v) => mw.html.escape(v); sink(f`${ location.hash }`)", "url:url+param+js+css+selector+wikitext+regexp"},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestTemplatesShowTheirFields(t *testing.T) {
	const escaped = "url:wikitext+markup"
	for _, c := range []struct{ code, want string }{
		{`sink(Mustache.render('{{{q}}}', { q: location.hash }))`, "url:all+markup"},
		{`sink(Mustache.render('{{& q}}', { q: location.hash }))`, "url:all+markup"},
		{`sink(Mustache.render('<p title="{{q}}">', { q: location.hash }))`, escaped},
		{`sink(Mustache.render('<a href="{{q}}">', { q: location.hash }))`, "url:url+wikitext+markup"},
		{`sink(Mustache.render('{{{n}}}', { n: 1, q: location.hash }))`, ""},
		{`sink(Mustache.render('{{#l}}{{{a.b}}}{{/l}}', { l: [ { a: { b: location.hash } } ] }))`, "url:all+markup"},
		{`var t = mw.template.compile('{{{q}}}', 'mustache'); sink(t.render({ q: location.hash }))`, "url:all+markup"},
		{`sink(Mustache.render('{{{q', { q: location.hash }))`, ""},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestAddressesAreTakenApart(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`sink(new URL(location.href).searchParams.get('q'))`, "url:all"},
		{`const { searchParams: p } = new URL(location); p.getAll('q').forEach(x => sink(x))`, "url:all"},
		{`for (const [k] of new URLSearchParams(location.search)) sink(k)`, "url:all"},
		{`sink(new mw.Uri().query.q)`, "url:all"},
		{`sink(new URL(location).searchParams.has('q'))`, ""},
		{`sink(new URLSearchParams('a=b').get('a'))`, ""},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestHTMLOfTheWikisOwnParserIsNoText(t *testing.T) {
	const list = `new mw.Api().get({ list: 'recentchanges' }).then(d => d.query.recentchanges.forEach(c => `
	const noHTML = "api-text:url+param+js+css+selector+wikitext+regexp"
	for _, c := range []struct{ code, want string }{
		{list + `sink(c.parsedcomment)))`, noHTML},
		{list + `sink(c.comment)))`, "api-text:all"},
		{list + `sink($('<p>').html(c.parsedcomment).text())))`, "api-text:all, page-text:all"},
		{`new mw.Api().get({ action: 'compare' }).then(d => sink(d.compare.body))`, ""},
		{`$.getJSON('https://x.test/', d => d.forEach(c => sink(c.parsedcomment)))`, "third-party:all"},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestWhatPassesThroughOthersHandsIsFollowed(t *testing.T) {
	const url = `var x = mw.util.getParamValue('x'); `
	for _, c := range []struct{ code, want string }{
		{`function draw(list, data) { sink(data) } Promise.resolve(x).then(draw.bind(null, 'a'))`, "url:all"},
		{`function draw(list, data) { sink(list) } Promise.resolve(x).then(draw.bind(null, 'a'))`, ""},
		{`function three(a, b, c) { sink(c) } var f = three.bind(null, 1); f(2, x)`, "url:all"},
		{`class T { add(s) { this.p = s; return this } toString() { return this.p } } sink('' + new T().add(x))`, "url:all"},
		{`class T { add(s) { this.p = mw.html.escape(s); return this } toString() { return this.p } } sink('<b>' + new T().add(x))`, "url:url+param+js+css+selector+wikitext+regexp+markup"},
		{`localStorage.setItem('a', JSON.stringify({ q: x })); sink(JSON.parse(localStorage.getItem('a')).q)`, "storage:all, url:all"},
		{`localStorage.setItem('a', x); sink(localStorage.getItem('b'))`, "storage:all"},
		{`mw.hook('my.event').add(function (a, b) { sink(b) }); mw.hook('my.event').fire(1, x)`, "url:all"},
		{`$(document).on('mine', function (e, a) { sink(a) }); $(document).trigger('mine', [ x ])`, "url:all"},
		{`lib.each([ x ], function (v) { sink(v) })`, "unknown-caller:all, url:all"},
		{`$('#t').table({ data: [ { a: x } ], columns: [ { render: function (v) { sink(v) } } ] })`, "unknown-caller:all, url:all"},
		{`var counts = Object.create(null); counts[x] = 1; Object.keys(counts).forEach(function (k) { sink(k) })`, "url:all"},
		{`const up = (s) => s.toUpperCase(), esc = (s) => mw.html.escape(s); sink([ up, esc ].reduce((v, f) => f(v), x))`, "url:url+param+js+css+selector+wikitext+regexp"},
		{`Vue.defineComponent({ data() { return { list: [] } }, computed: { one() { return this.list[0] } }, methods: { load() { this.list = JSON.parse(x) }, show() { sink(this.one.text) } } })`, "url:all"},
	} {
		expectTaint(t, url+c.code, c.want)
	}
}

func TestWhatAnybodyCanPutThereIsAStrangers(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`sink(window.name)`, "url:all"},
		{`var name; sink(name)`, ""},
		{`var a = document.createElement('a'); a.href = location.href; sink(a.search)`, "url:all"},
		{`sink(new URL(location.href).host === location.host ? location.host : '')`, ""},
		{`const { wgPageName: p } = mw.config.get(['wgPageName', 'wgTitle']); sink(p)`, "page-title:attr+param+js+selector+wikitext+regexp"},
		{`sink(mw.config.get('wgRelevantUserName'))`, "page-title:attr+param+js+selector+wikitext+regexp"},
		{`sink(decodeURIComponent(mw.config.get('wgTitle')))`, "page-title:attr+param+js+selector+wikitext+regexp"},
		{`var $f = $('#wpSummary'); function go() { sink($f.val()) } go()`, "url:all"},
		{`sink(document.getElementById('wpTextbox1').value)`, "page-text:all"},
		{`sink($('#mine').val())`, "input:all"},
		{`$.get(mw.util.wikiScript(), { title: 'X', action: 'raw' }).then(function (t) { sink(t) })`, "user-json:all"},
		{`$.ajax({ url: mw.util.wikiScript(), data: { title: 'MediaWiki:X', action: 'raw' } }).then(function (t) { sink(t) })`, "interface-message:all"},
		{`new mw.Api().get({ titles: 'MediaWiki:Gadget-x.js' }).then(function (d) { sink(d.query.pages[0].revisions[0].content) })`, ""},
		{`new mw.Api().get({ list: 'search' }).then(function (d) { d.query.search.forEach(function (hit) { sink(hit.snippet) }) })`, "api-text:url+param+js+css+selector+wikitext+regexp"},
		{`$.get(mw.util.getParamValue('x'), function (t) { sink(t) })`, "third-party:all"},
		{`sink(window.open('', 'x').name)`, "url:all"},
		{`function f(entry) { sink(entry.target.textContent) }`, "page-text:all, unknown-caller:all"},
	} {
		expectTaint(t, c.code, c.want)
	}
}

func TestQueriesAreReadAsTheyWillBeSent(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`sink(mw.util.wikiScript() + '?' + $.param({ title: 'A', action: 'raw' }))`, "<scriptpath>?title=A&action=raw"},
		{`sink(mw.util.getUrl(mw.util.getParamValue('p'), { action: 'raw' }))`, "<scriptpath>?title=<url>&action=raw"},
		{`sink(mw.util.getUrl('A'))`, "<scriptpath>A"},
		{`const base = { html: false }; function tip(o) { const all = { ...base, ...o }; sink(all.html) } tip({ text: 'x' })`, "false"},
	} {
		expectStr(t, c.code, c.want)
	}
}
