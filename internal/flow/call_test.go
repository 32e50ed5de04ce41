package flow

import (
	"strings"
	"testing"
)

func TestCallsAreNamedThroughAliases(t *testing.T) {
	for code, want := range map[string]string{
		`const api = new mw.Api(); api.postWithToken('csrf', {})`:                                                      "mw.Api, mw.Api.postWithToken",
		`const { Api } = mw; const a = new Api(); a.get({})`:                                                           "mw.Api, mw.Api.get",
		`(0, jQuery.get)('x')`:                                                                                         "$.get",
		`window['fet'+'ch']('y')`:                                                                                      "fetch",
		`globalThis.self.top.fetch(1)`:                                                                                 "fetch",
		`const f = window.fetch; f.call(null, 'x'); f.apply(null, ['x'])`:                                              "fetch, fetch",
		`const f = fetch.bind(window); f('x')`:                                                                         "fetch, fetch",
		`mw.loader.using('x').then(function (require) { new (require('mediawiki.api'))() })`:                           "promise.then, mw.loader.using, mw.Api, mw.loader.require",
		`var _u = require('mediawiki.util'); (0, _u.default.getParamValue)('x')`:                                       "require, mw.util.getParamValue",
		`(function ($, mw) { $('<a>').text('x').appendTo(document.body).html('y'); mw.notify(1) })(jQuery, mediaWiki)`: "*, $().html, $().appendTo, $().text, $, mw.notify",
		`class A { go(){ this.api.post({}) } constructor(){ this.api = new mw.Api() } } new A().go()`:                  "mw.Api.post, mw.Api, .go*, *",
		`const t = { a() { fetch(1) } }; t.a()`:                                                                        "fetch, .a*",
		`x['post']('a'); unknown.thing()`:                                                                              "x.post, unknown.thing",
		`document.head.appendChild(document.createElement('script'))`:                                                  "element.appendChild, document.createElement",
		"tag`a${1}`; import('x')":                                                                                      "tag, import",
	} {
		g := graph(t, code)
		var got []string
		for _, c := range g.Calls() {
			s := c.Callee
			if len(c.Targets) > 0 {
				s += "*"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s\n got %s\nwant %s", code, s, want)
		}
	}
}

func TestCircumstancesAreFollowedThroughCalls(t *testing.T) {
	expectCalls(t, `$('#b').on('click', go); function go(){ save() } function save(){ api.post({}) }`,
		"$().on on load", "$ on load", "* on your click", "api.post on your click")
	expectCalls(t, `list.forEach(p => api.post({title:p}))`, "list.forEach on load", "api.post on load loop")
	expectCalls(t, `function go(){ if (!confirm('x')) return; run() } $(go)`,
		"confirm on load", "run on your confirmation [confirm]", "$ on load")
	expectCalls(t, `if (mw.config.get('wgUserName') === 'X') { setTimeout(function(){ bad() }, 10) }`,
		"mw.config.get on load", "setTimeout on load [user]", "bad on a timer [user]")
	expectCalls(t, `var d = new Date(); if (d.getTime() > 5 && Math.random() < 0.1) go()`,
		"Date on load", "Date.getTime on load", "Math.random on load [date]", "go on load [random]")
	expectCalls(t, `function next(){ api.post({}).then(next) } next()`,
		"api.post().then on load loop", "api.post on load loop", "* on load")
	expectCalls(t, `this.api.post({ action: 'edit' }); function f(a) { a.get({ action: 'query' }) }`, "mw.Api.post on load", "mw.Api.get")
	expectCalls(t, `function never(){ api.post({}) }`, "api.post")
	expectCalls(t, `el.onclick = function(){ a() }; w.connect(this, { click: 'm' }); function f(){ b() } mw.hook('x').add(f)`,
		"a on your click", "w.connect on load", "b on load", "mw.hook().add on load", "mw.hook on load")
}

func TestAssignmentsAreNamed(t *testing.T) {
	g := graph(t, `var s = document.createElement('script'); s.src = 'x'; window.location.href = 'y'; thing.innerHTML += z;
XMLHttpRequest.prototype.open = f; glob = 1; document.body['inner' + 'HTML'] = 'q'`)
	var got []string
	for _, a := range g.Assigns() {
		s := a.Target
		if a.Tag != "" {
			s += "<" + a.Tag + ">"
		}
		if a.Adds {
			s += "+"
		}
		got = append(got, s)
	}
	want := "s, element.src<script>, location.href, thing.innerHTML+, XMLHttpRequest.prototype.open, glob, element.innerHTML"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestObjectsAreSeenThroughCopies(t *testing.T) {
	for _, code := range []string{
		`sink({ action: 'edit', title: 'X' })`,
		`var p = { action: 'edit' }; p.title = 'X'; sink(p)`,
		`sink(Object.assign({}, { action: 'edit' }, { title: 'X' }))`,
		`const base = { action: 'edit' }; sink({ ...base, title: 'X' })`,
		`sink($.extend({ action: 'edit' }, { title: 'X' }))`,
		`function make() { return { action: 'edit', 'title': 'X' } } sink(make())`,
		`var p = {}; p['act' + 'ion'] = 'edit'; p.title = 'X'; sink(p)`,
	} {
		g := graph(t, code)
		o := g.Obj(sink(t, g))
		action, _ := g.Str(o.Get("action")).Const()
		title, _ := g.Str(o.Get("title")).Const()
		if action != "edit" || title != "X" {
			t.Errorf("%s: action %q, title %q, fields %v", code, action, title, o.Fields)
		}
	}
}
