package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
)

// twin is one gadget that exists twice, with the same pages: as a gadget of the site and as Mara's.
type twin struct {
	name    string
	options string // of the line in Gadgets-definition, beside ResourceLoader
	extra   string // of the JSON definition: further keys of module, and settings, as JSON members
	pages   []leaf
}

// leaf is a page of a gadget; an absent one is named by the definition and was never saved.
type leaf struct {
	name, text string
	absent     bool
}

const (
	packaged = `"settings":{"package":true}`
	asStyles = `"module":{"type":"styles"}`
)

// Scripts call mark, which the comparison listens to, so that two ways of writing the same are the same.
var twins = []twin{
	{name: "plain", pages: []leaf{{name: "plain.js", text: "mark( 'plain' ); var secret = 1;"}}},
	{name: "two", pages: []leaf{{name: "two-a.js", text: "var a = 'shared'; // no line end"}, {name: "two-b.js", text: "mark( a );"}}},
	{name: "both", pages: []leaf{{name: "both.css", text: "#both { float: left; margin: 1px 2px 3px 4px; }"}, {name: "both.js", text: "mark( 'both' );"}}},
	{name: "styles", pages: []leaf{{name: "styles-a.css", text: ".a, .b > c { color: #ff0000; background: none }"}, {name: "styles-b.css", text: "@media print { .a { display: none } }\n.z::before { content: '\\201C x /* no comment */'; }"}}},
	{name: "pack", options: "package", extra: packaged, pages: []leaf{
		{name: "pack.js", text: "const d = require( './data.json' ), o = require( './other.js' ); mark( d.word + o.n + o.again ); module.exports = 1;"},
		{name: "other.js", text: "exports.n = 7; exports.again = require( './data.json' ).list.length; mark( 'other' );"},
		{name: "data.json", text: `{"word":"from json","list":[1,2.5,null,true,{"a":"<b>&\u2028"}],"unused":{}}`},
	}},
	{name: "packcss", options: "package", extra: packaged, pages: []leaf{{name: "packcss.js", text: "mark( 'packcss' );"}, {name: "packcss.css", text: "p { top: 0 }"}}},
	{name: "deps", options: "dependencies=mediawiki.util,jquery.ui", extra: `"module":{"dependencies":["mediawiki.util","jquery.ui"]}`, pages: []leaf{{name: "deps.js", text: "mark( typeof require( 'mediawiki.util' ) );"}}},
	{name: "empty", pages: []leaf{{name: "empty.js", text: ""}}},
	{name: "emptypack", options: "package", extra: packaged, pages: []leaf{{name: "emptypack.js", text: ""}}},
	{name: "missing", pages: []leaf{{name: "missing.js", absent: true}}},
	{name: "half", pages: []leaf{{name: "half-missing.js", absent: true}, {name: "half.js", text: "mark( 'half' );"}}},
	{name: "syntax", pages: []leaf{{name: "bad.js", text: "mark( 'never' );\nthis is ( not JavaScript"}, {name: "good.js", text: "mark( 'good' );"}}},
	{name: "syntaxpack", options: "package", extra: packaged, pages: []leaf{{name: "badmain.js", text: "mark( 'never' ); }"}, {name: "goodpart.js", text: "mark( 'part' );"}}},
	{name: "badcss", pages: []leaf{{name: "bad.css", text: "p { color: red; } } .after { color: blue; } .open { top: 0"}, {name: "after.css", text: ".later { left: 0 }"}}},
	{name: "badjson", options: "package", extra: packaged, pages: []leaf{{name: "badjson.js", text: "mark( JSON.stringify( require( './wrong.json' ) ) );"}, {name: "wrong.json", text: `{"this is":"no JSON"`}}},
	{name: "nojson", options: "package", extra: packaged, pages: []leaf{{name: "nojson.js", text: "mark( JSON.stringify( require( './nothing.json' ) ) );"}, {name: "nothing.json", text: `[]`}}},
	{name: "unused", pages: []leaf{{name: "unused.js", text: "mark( 'unused' );"}, {name: "idle.json", text: `{"never":"sent"}`}}},
	{name: "urls", pages: []leaf{{name: "urls.css", text: ".a { background: url( x/y.png ) } .b { background: url('../up.png') } .c { background: url(//other.test/z.png) } .d { background: url(/abs.png) } .e { background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) } .f { background: url( \"https://other.test/a b.png\" ) } .g { behavior: url(#default#VML) }"}}},
	{name: "flip", pages: []leaf{{name: "flip.css", text: "#flip { float: left; margin: 1px 2px 3px 4px; text-align: right; border-left: 1px solid; background-position: 5% 0; direction: ltr; cursor: e-resize }\n/* @noflip */ .stays { float: left }"}}},
	{name: "modern", pages: []leaf{{name: "modern.js", text: "const f = async ( x ) => x?.y ?? 'modern'; mark( f.constructor.name );"}}},
	{name: "nomin", pages: []leaf{{name: "nomin.js", text: "/*@nomin*/\nmark( ( function ( longName ) { return longName; } ).toString().replace( /\\s+/g, '' ) );"}}},
	{name: "closing", pages: []leaf{{name: "closing.js", text: "mark( '</script><!--' + \"\\u2028\" + '&amp;' + '*/' );"}}},
	{name: "returns", pages: []leaf{{name: "returns.js", text: "mark( 'before' ); if ( window ) { return; } mark( 'after' );"}}},
	{name: "arguments", pages: []leaf{{name: "arguments.js", text: "mark( [ typeof $, typeof jQuery, typeof require, typeof module, this === window ].join() );"}}},
	{name: "old", pages: []leaf{{name: "old.js", text: "mark( 'moved' );"}}}, // moved away afterwards: a redirect stays
	{name: "typed", options: "type=styles", extra: asStyles, pages: []leaf{{name: "typed.css", text: "p { left: 0 }"}, {name: "typed.js", text: "mark( 'never' );"}}},
}

// line is the gadget's line in MediaWiki:Gadgets-definition.
func (g twin) line() string {
	var names []string
	for _, p := range g.pages {
		names = append(names, p.name)
	}
	options := "ResourceLoader"
	if g.options != "" {
		options += "|" + strings.ReplaceAll(g.options, ",", ", ")
	}
	return fmt.Sprintf("* %s[%s]|%s\n", g.name, options, strings.Join(names, "|"))
}

// definition is the text of its page in Mara's space.
func (g twin) definition() string {
	d := struct {
		Settings map[string]any `json:"settings"`
		Module   map[string]any `json:"module"`
	}{map[string]any{}, map[string]any{}}
	if err := json.Unmarshal([]byte("{"+g.extra+"}"), &d); err != nil {
		panic(err)
	}
	var names []string
	for _, p := range g.pages {
		names = append(names, "/"+p.name)
	}
	d.Module["pages"] = names
	text, _ := json.Marshal(d)
	return string(text)
}
