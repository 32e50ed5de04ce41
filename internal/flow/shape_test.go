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
