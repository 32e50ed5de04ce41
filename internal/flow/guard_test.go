package flow

import "testing"

func TestChecksOfTextsNarrowThem(t *testing.T) {
	const address = "url:html+attr+param+js+css+selector+wikitext+regexp"
	const x = `var x = mw.util.getParamValue('x'); `
	for _, c := range []struct{ code, want string }{
		{`switch (x) { case 'a': case 'b': sink(x) }`, ""},
		{`switch (x) { case 'a': break; default: sink(x) }`, "url:all"},
		{`switch (x) { default: case 'a': sink(x) }`, "url:all"},
		{`switch (x) { case 'a': break; default: throw 1 } sink(x)`, ""},
		{`switch (x) { case 'a': break; default: y() } sink(x)`, "url:all"},
		{`switch (x) { case 'a': x = location.hash; case 'b': sink(x) }`, "url:all"},
		{`if (x === 'a' || x === 'b') sink(x)`, ""},
		{`if (x === 'a' || y) sink(x)`, "url:all"},
		{`if (/^\d+$/.test(x) || list.includes(x)) sink(x)`, "url:"},
		{`if (!isNaN(x)) sink(x)`, "url:"},
		{`if (isNaN(x)) sink(x)`, "url:all"},
		{`if (!isNaN(parseInt(x))) sink(x)`, "url:all"},
		{`if (x > 0) sink(x)`, "url:"},
		{`if (!(x > 0)) sink(x)`, "url:all"},
		{`if (/^[a-z]+$/m.test(x)) sink(x)`, "url:all"},
		{`if (/^a|b$/.test(x)) sink(x)`, "url:all"},
		{`if (/^(a|b)$/.test(x)) sink(x)`, "url:"},
		{`if (/^https?:\/\//.test(x)) sink(x)`, address},
		{`if (/^(?:https?:)?\/\//.test(x)) sink(x)`, address},
		{`if (/^https:|^\/wiki/.test(x)) sink(x)`, address},
		{`if (/https:/.test(x)) sink(x)`, "url:all"},
		{`if (/^https:|wiki/.test(x)) sink(x)`, "url:all"},
		{`if (/^(https:)?/.test(x)) sink(x)`, "url:all"},
		{`if (x.startsWith('https://')) sink(x)`, address},
		{`if (x.startsWith('java')) sink(x)`, "url:all"},
		{`if (x.indexOf('/') === 0) sink(x)`, address},
		{`if (x.slice(0, 8) === 'https://') sink(x)`, address},
		{`if (new URL(x).protocol === 'https:') sink(x)`, address},
		{`if (new URL(x).host === 'a.test') sink(x)`, "url:html+attr+url+param+js+css+selector+wikitext+regexp"},
		{`const u = new URL(x); if (u.origin !== location.origin) return; sink(u.href)`, address},
	} {
		expectTaint(t, x+c.code, c.want)
	}
}

func TestWhoAsksWhereAMessageComesFromTrustsIt(t *testing.T) {
	for _, c := range []struct{ check, want string }{
		{``, "postmessage:all"},
		{`if (e.origin !== 'https://a.test') return;`, ""},
		{`if (![location.origin].includes(e.origin)) return;`, ""},
		{`if (e.source !== frame.contentWindow) return;`, ""},
		{`if (!/^https:\/\/[a-z]+\.a\.test$/.test(e.origin)) return;`, ""},
		{`if (!e.origin.endsWith('.a.test')) return;`, ""},
		{`if (e.origin === location.origin) return;`, "postmessage:all"},
		{`if (!e.origin.startsWith('https://a.test')) return;`, "postmessage:all"},
		{`if (e.origin !== 'null') return;`, "postmessage:all"},
		{`if (e.data.type !== 'a') return;`, "postmessage:all"},
	} {
		expectTaint(t, `addEventListener('message', function (e) { `+c.check+` sink(e.data) })`, c.want)
	}
	expectTaint(t, `addEventListener('message', ({origin, data}) => { if (origin !== 'https://a.test') return; sink(data) })`, "")
}

func TestCapturesAreWhatTheirGroupsMatch(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`sink(x.match(/^(\d+)-(.*)$/)[1])`, "url:"},
		{`sink(x.match(/^(\d+)-(.*)$/)[2])`, "url:all"},
		{`sink(x.match(/^(\d+)-(.*)$/)[0])`, "url:all"},
		{`const [, id] = /#(?:a|b)(\w+)/.exec(x) || []; sink(id)`, "url:"},
		{`const [, id] = /#(<)?(.+)/.exec(x) || []; sink(id)`, "url:all"},
		{`sink(/(?<y>\d+)([^"]*)/.exec(x)[1])`, "url:"},
		{`sink(new RegExp('(.*)').exec(x)[1])`, "url:all"},
		{`x.match(/<[^>]+>/g).forEach(y => sink(y))`, "url:all"},
		{`x.match(/\d+/g).forEach(y => sink(y))`, "url:"},
	} {
		expectTaint(t, `var x = location.hash; `+c.code, c.want)
	}
}
