package wiki

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// traps are titles with every difficulty we know of.
var traps = strings.FieldsFunc(`Foo|foo|foo bar|foo_bar|__foo__bar__| foo  _ bar |Foo:bar|:Foo|: Foo|::Foo|:_:Foo|:|_|:_:
User:mara|user:Mara/common.js|USER : mara/common.js|uSeR_:_mara|Benutzer:mara/x.gadget|Benutzerin:mara|BENUTZERIN_:x|bd:x|BD:X
Benutzerin Diskussion:x|User talk:x|user_talk:x|User__talk:x|User_talk_:x|Benutzerinnen:x|:User:x|:Benutzer:x
MediaWiki:Common.js|mediawiki:common.js|Skript:common.js|sKRIPT:gadget-x.js|MEDIAWIKI:COMMON.JS|MediaWiki: common.js|MediaWiki:_common.js
Wp:x|wp:Wp:x|Project:x|project talk:x|Test:x|Test Diskussion:x|Spezial:Foo|Special:foo|special:Foo/bar|Media:x.png|media:x.png|Medium:x
Kiste:foo|kiste:Foo|kiste:über|Kiste Diskussion:foo|Template:foo|Vorlage:foo|Hilfe:x|Help:x|File:a.png|Datei:a.png|Image:a.png|Bild:a.png
here:|here:Foo|here:User:x|HERE:user:x|here::Foo|here: :Foo|here:here:here:foo|here:here:|:here:User:x|here:far:x|here:Skript:common.js|here:#x
far:x|far:|far::x|far:User:x|User:far:x|User:here:x|:far:x|FAR:x|far:<|far:../|wikipedia:x
Talk:File:x|Talk:Foo|Diskussion:Foo:bar|Diskussion:User:x|Talk:far:x|Talk:here:x|Talk:x:y|talk:Benutzer:x|Talk::x|Talk:Talk:x|User:User:x|User:File:x
User:|User: |User:_|User:#x|#x|#|Foo#|Foo_#bar|Foo#bar#baz|Foo#<>|User:x#:y|:#x|User:#|Foo #
.|..|./x|../x|x/.|x/..|x/./y|x/../y|...|x/...|.x|x.|User:./x|User:../Mara/common.js|User:x/../y/common.js|./|../|/.|/..|/|//|x//y|User:/x|User:x/
~|~~|~~~|~~~~|x~~~y|%|%4|%41|%zz|x%2Fy|%C3%A4|100%|100%2|&amp;|&amp|&amp;amp;|&#65;|&#x41;|&#X41;|&eacute;|&notit;|&nope;|&;|a&b;c|&semi;|&#0;|&#127;|&#xFFFD;
&#xD800;|&#x110000;|&#99999999999999999999;|&lt;|&#95;&#95;x|&nbsp;x&nbsp;|User&#58;x|&colon;x|User&colon;x/common.js|&lrm;x|&#x200e;x|&rlm;|&רלמ;x|&רלמ|&amp;#65;|e&#769;|&#8490;|&ThickSpace;x|&NotEqualTilde;
ä|ähm|Ä|ß|ßen|straße|ŉ|ŉa|ǰ|ǆ|ǅ|Ǆ|ÿ|ı|ıx|İ|i|ſ|ﬁ|ﬁx|ﬀ|ﬅ|ა|აბ|Ა|ᏸ|ꭰ|ᾳ|ᾼ|ᾀ|ΐ|ΰ|և|ẖ|ẚ|ⅷ|ⓐ|ａ|𐐨|𐐀|𝐚|ა:x|ꙋ|ꞵ|ɪ|ʼn|ⱥ|𞤢
ﬁle:x|ſpecial:x|ımage:x|Talk:ﬁle:x|ﬁlm:x|user:ßx|kiste:ßx|ǰa|i̇x|e|é|é|i̇stanbul
User:127.0.0.1|User:127.000.0.001|User:127.0.0.1/24|User:127.0.0.01/8|User:127.0.0.1/08|User:127.0.0.1/33|User:256.1.1.1|User:1.2.3|User:1.2.3.4.5|User:127.0.0.1/x.js|User:099.010.000.000
User:::1|User:::|User:1::|User:abcd::1|User:ABCD:0:0:0:0:0:0:1|User:0001:002:03:4::|User:1:2:3:4:5:6:7:8|User:1:2:3:4:5:6:7|User:1:2:3:4:5:6:7:8:9|User:1::2::3|User:::1/64|User:::1/129|User:::1/064|User:abcd::1/x.js
User:12345::1|User:g::1|User talk:fe80::A|User talk:fe80::a/10|fe80::1|User:1:2:3:4:5:6:7::|User:::2:3:4:5:6:7:8|User:1:2:3:4::5:6:7:8|User:::ffff:1.2.3.4|User:1:::2|User::1|User::::1|User::
a<b|a>b|a[b|a]b|a{b|a}b|a+b|a=b|a?b|a"b|a'b|a\b|a^b|a@b|a$b|a;b|a,b|a!b|a*b|(a)|a`+"`"+`b|*|?|!|-|0|0x|"x"|a&b|a:b:c|a :b|a: b`,
	func(r rune) bool { return r == '|' || r == '\n' })

// pieces are pieces that titles are put together from.
var pieces = []string{"User", "user talk", "Benutzerin", "MediaWiki", "here", "far", "Talk", "File", "Kiste", "Skript", ":", ":", ":",
	"_", " ", "/", "/", ".", "..", "common.js", "x.gadget", "#", "%41", "&amp;", "&#58;", "&#x5F;", "~~~", "~", "ß", "ﬁ", "é",
	"e\u0301", "\u200e", "\u202e", "\u00a0", "\u3000", "\u2028", "\u180e", "\ufeff", "\u0345", "\u0301", "a", "i", "1", "::1",
	"127.0.0.1", "<", "|", "\t", "\x00", "\x7f", "\xff", "\ufffd", "\uffff", "Ω", "ǆ", "İ", "\U0001F600", "\ue000", "+", "'"}

// titleTexts are the traps and a thousand texts put together from pieces, the same in every run.
func titleTexts() []string {
	texts := append(slices.Clone(traps), "a|b", "|", "", "a\nb", "User:x\n", "User:x#\n", "User:x#a\nb", "User:x#a\rb", "Foo#a\tb", "Foo#\x01", "Foo#\x7f",
		"a\tb", "\ta", "a\x00b", "\x7f", "\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xffb", "\ufffd", "\ufffe", "\uffff",
		"\u200eUser\u200f:x", "User:\u202ax\u202e", "\u200e", "\u2066x", "\u00a0x\u00a0y\u00a0", "\u2003User\u3000talk\u1680:\u205fx", "\u200bx", "\ufeffx",
		"\u0085x", "\u001fx", "\u2029x\u2028", "\u212a", "\u2126", "\u2000x", "\u0958", "\u1fef", "\u037e", "ABC\u0338", "=\u0338", "<\u0338", ">\u0338x",
		"\u1100\u1161\u11a8", strings.Repeat("x", 255), strings.Repeat("x", 256), strings.Repeat("ä", 127)+"x", strings.Repeat("ä", 128),
		"User:"+strings.Repeat("x", 255), "User:"+strings.Repeat("x", 256), "Special:"+strings.Repeat("x", 512), "Special:"+strings.Repeat("x", 513),
		"ŉ"+strings.Repeat("x", 253), "Foo#"+strings.Repeat("x", 5000), strings.Repeat("_", 5000)+"x", strings.Repeat("here:", 500)+"x",
		strings.Repeat(":", 300), strings.Repeat("%", 255), strings.Repeat("a/", 127), "x"+strings.Repeat("\u0301", 31), "x"+strings.Repeat("\u0301", 29))
	r := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		texts = append(texts, b.String())
	}
	return texts
}
