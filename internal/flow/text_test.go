package flow

import (
	"strings"
	"testing"
)

func TestTextsAreComputedFromConstants(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`var a='x'; sink(a + 'y' + (q ? 1 : 'z'))`, "xy1 | xyz"},
		{"sink(`a${1+1}b`)", "a2b"},
		{`sink(['a','b'].reverse().join('-'))`, "b-a"},
		{`var p=['MediaWiki:','Common','.js']; sink(p.join(''))`, "MediaWiki:Common.js"},
		{`sink('x-y-z'.split('-').map(function(s){return s.toUpperCase()}).join(''))`, "XYZ"},
		{`sink(atob('ZXZhbA==') + unescape('%61%u0062'))`, "evalab"},
		{`sink(String.fromCharCode(77,87))`, "MW"},
		{`sink((35).toString(36) + parseInt('ff', 16) + 'abc'.charAt(1) + 'x'.charCodeAt(0))`, "z255b120"},
		{`var o={a:'x',b:{c:'y'}}; sink(o.a+o['b'].c)`, "xy"},
		{`const t = {edit:'MediaWiki:Common.js'}; sink(t['ed'+'it'])`, "MediaWiki:Common.js"},
		{`sink((![]+[])[+[]] + ([]+{})[1] + ([]['flat']+[])[3])`, "foc"},
		{`let s = 'a'; s += 'b'; s += 'c'; sink(s)`, "abc"},
		{`var x = 'a'; if (q) x = 'b'; sink(x)`, "b | a"},
		{`function f(t){ return 'User:' + t } sink(f('A'))`, "User:A"},
	} {
		expectStr(t, c.code, c.want)
	}
}

func TestHolesSayWhatIsNotKnown(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`sink('User:' + mw.config.get('wgUserName') + '/common.js')`, "User:<me>/common.js"},
		{"const u = mw.config.get('wgUserName'); function f(t){ sink(`User:${u}/${t}`) } f('vector.js')", "User:<me>/vector.js"},
		{`sink('User:$1/common.js'.replace('$1', mw.user.getName()))`, "User:<me>/common.js"},
		{`sink('//' + 'evil.test' + '/x?' + document.cookie)`, "//evil.test/x?<cookie>"},
		{`sink(mw.config.get('wgServer') + mw.util.wikiScript('api') + '?action=edit')`, "<server><scriptpath>?action=edit"},
		{`sink('MediaWiki:' + other)`, "MediaWiki:<…>"},
		{`new mw.Api().get({}).then(function (d) { sink('User:' + d.query.users[0].user + '/common.js') })`, "User:<user>/common.js"},
		{`function f(){return f()} sink(f())`, "<…>"},
	} {
		expectStr(t, c.code, c.want)
	}
}

func TestDecodersAndPackersAreUnfolded(t *testing.T) {
	const packer = `(function(p,a,c,k,e,d){e=function(c){return(c<a?'':e(parseInt(c/a)))+((c=c%a)>35?String.fromCharCode(c+29):c.toString(36))};` +
		`if(!''.replace(/^/,String)){while(c--){d[e(c)]=k[c]||e(c)}k=[function(e){return d[e]}];e=function(){return'\\w+'};c=1};` +
		`while(c--){if(k[c]){p=p.replace(new RegExp('\\b'+e(c)+'\\b','g'),k[c])}}return p}('2(\'0 1\')',3,3,'hello|world|alert'.split('|'),0,{}))`
	for _, c := range []struct{ code, want string }{
		{`sink(` + packer + `)`, "alert('hello world')"},
		{`var _0x=['log','c','sole','con']; (function(a,n){while(--n){a.push(a.shift())}})(_0x, 0x3); function d(i){return _0x[i-0]} sink(d('0x1')+d(0x0))`, "console"},
		{`function f(){var arr=['x','y','z','w'];f=function(){return arr};return f()} function g(i){var a=f();return a[i]}` +
			`(function(fn,n){var a=fn();while(true){try{if(g(0)==='z')break;a.push(a.shift())}catch(e){a.push(a.shift())}}})(f,1); sink(g(0)+g(1))`, "zw"},
		{`function x(s,k){var o='';for(var i=0;i<s.length;i++)o+=String.fromCharCode(s.charCodeAt(i)^k);return o} sink(x('cpgn',2))`, "arel"},
	} {
		expectStr(t, c.code, c.want)
	}
}

func TestTextsThatAreRunAreDerivedDocuments(t *testing.T) {
	g := graph(t, `eval(atob('YWxlcnQoMSk=')); setTimeout('a' + '()', 5); new Function('x', 'return x')(1);
var s = document.createElement('script'); s.text = 'go()'; eval(unknown); setTimeout(f, 1)`)
	var got []string
	for _, d := range g.Derived() {
		got = append(got, d.Sink+": "+d.Text)
	}
	want := "eval: alert(1)\nsetTimeout: a()\nFunction: return x\nelement.text: go()"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

func TestHostsComeFromTheBeginningOfURLs(t *testing.T) {
	g := graph(t, `sink(q ? 'https://a.test/x' : r ? '//B.test:80/' + z : '/w/index.php')`)
	if got := strings.Join(g.Str(sink(t, g)).Hosts(), " "); got != "a.test b.test" {
		t.Errorf("hosts are %q", got)
	}
}
