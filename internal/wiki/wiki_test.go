package wiki

import (
	"errors"
	"strings"
	"testing"
)

// german is a small wiki in German with an alias, a case-sensitive namespace and a way back to itself.
func german() *Site {
	return &Site{
		ID: "dewiki", Lang: "de", MainPage: "Wikipedia:Hauptseite",
		Server: "https://de.wiki.test", ArticlePath: "/wiki/$1", ScriptPath: "/w",
		Namespaces: map[int]Namespace{
			-1:   {ID: -1, Name: "Spezial", Canonical: "Special"},
			0:    {},
			1:    {ID: 1, Name: "Diskussion", Canonical: "Talk", Subpages: true},
			2:    {ID: 2, Name: "Benutzer", Canonical: "User", Subpages: true},
			3:    {ID: 3, Name: "Benutzer Diskussion", Canonical: "User talk", Subpages: true},
			4:    {ID: 4, Name: "Wikipedia", Canonical: "Project", Subpages: true},
			6:    {ID: 6, Name: "Datei", Canonical: "File"},
			8:    {ID: 8, Name: "MediaWiki", Canonical: "MediaWiki"},
			3000: {ID: 3000, Name: "Kiste", CaseSensitive: true},
		},
		Aliases:        map[string]int{"BD": 3, "Benutzerin": 2, "Skript": 8, "Image": 6},
		LocalInterwiki: map[string]bool{"here": true},
		Interwiki:      map[string]bool{"en": true, "fi": true},
	}
}

func TestATitleHasOneSpelling(t *testing.T) {
	site := german()
	for text, want := range map[string]string{
		"user:mara/common.js":                 "Benutzer:Mara/common.js",
		" USER_: mara/common.js ":             "Benutzer:Mara/common.js",
		"Benutzerin:mara":                     "Benutzer:Mara",
		"bd:mara":                             "Benutzer_Diskussion:Mara",
		"sKript:common.js":                    "MediaWiki:Common.js",
		"\u200eMedia\u200fWiki\u00a0:x":       "MediaWiki:X",
		"here:user:mara":                      "Benutzer:Mara",
		"HERE: here :mara":                    "Mara",
		"here:":                               "Wikipedia:Hauptseite",
		"kiste:foo":                           "Kiste:foo",
		"ßen":                                 "SSen",
		"User:127.000.0.1":                    "Benutzer:127.0.0.1",
		"User:fe80::1":                        "Benutzer:FE80:0:0:0:0:0:0:1",
		"User:Mara/common.js#part":            "Benutzer:Mara/common.js",
		"A+b":                                 "A+b",
		"User:Foo:bar":                        "Benutzer:Foo:bar",
		"\u3000x\u2028y":                      "X_y",
		"e\u0301":                             "É",
		"Datei:a%4.png":                       "Datei:A%4.png",
		strings.Repeat("ä", 127):              "Ä" + strings.Repeat("ä", 126),
		"Special:" + strings.Repeat("x", 512): "Spezial:X" + strings.Repeat("x", 511),
	} {
		got, err := site.Parse(text)
		if err != nil || site.Prefixed(got) != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", text, site.Prefixed(got), err, want)
		}
	}
}

func TestATextThatIsNoTitleSaysWhy(t *testing.T) {
	site := german()
	for text, want := range map[string]error{
		"": ErrEmpty, " _ ": ErrEmpty, ":": ErrEmpty, "User:": ErrEmpty, "#x": ErrEmpty, "User:#x": ErrEmpty,
		"a\xffb": ErrEncoding, "\ufffd": ErrEncoding, "a\x00": ErrEncoding, "\xed\xa0\x80": ErrEncoding,
		"a<b": ErrCharacters, "a|b": ErrCharacters, "a\tb": ErrCharacters, "a\nb": ErrCharacters, "\x7f": ErrCharacters,
		"a%41": ErrCharacters, "&amp;": ErrCharacters, "User:x\n": ErrCharacters, "[x]": ErrCharacters, "{x": ErrCharacters,
		".": ErrRelative, "../x": ErrRelative, "User:a/../b": ErrRelative, "x/.": ErrRelative,
		"~~~": ErrTilde, "::x": ErrColon, "Talk:Datei:x": ErrTalk, "Talk:en:x": ErrTalk,
		"en:x": ErrInterwiki, "here:EN:x": ErrInterwiki, "en:": ErrInterwiki,
		strings.Repeat("x", 256): ErrTooLong, strings.Repeat("ä", 128): ErrTooLong, strings.Repeat("x", 1<<20): ErrTooLong,
		"ﬁ:x": ErrUnstable, "ımage:x": ErrUnstable, "i\u0307x": ErrUnstable, "Talk:ﬁ:x": ErrUnstable,
	} {
		if got, err := site.Parse(text); !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %v, %v; want %v", shorten(text), got, err, want)
		} else if len(err.Error()) > 300 {
			t.Errorf("the error is %d bytes long", len(err.Error()))
		}
	}
}

func TestEntitiesAreDecodedInLinksAndNowhereElse(t *testing.T) {
	site := german()
	for text, want := range map[string]string{
		"User&#58;mara/common.js": "Benutzer:Mara/common.js",
		"&eacute;":                "É",
		"a&amp;b":                 "A&b",
		"x&nbsp;y":                "X_y",
		"a&semi;":                 "A;",
		"a&notin":                 "A&notin",
	} {
		if got, err := site.ParseText(text); err != nil || site.Prefixed(got) != want {
			t.Errorf("ParseText(%q) = %q, %v; want %q", text, site.Prefixed(got), err, want)
		}
	}
	for _, text := range []string{"&amp;amp;", "&nope;", "&notit;", "&#0;", "&#x110000;", "&lt;"} {
		if got, err := site.ParseText(text); err == nil {
			t.Errorf("ParseText(%q) = %v, want an error", text, got)
		}
	}
	// Not decoded, the rest of the reference is a fragment.
	if got, err := site.Parse("User&#58;mara"); err != nil || got != (Title{NSMain, "User&"}) {
		t.Errorf("Parse decoded an entity: %v, %v", got, err)
	}
}

func TestADefaultNamespaceYieldsToAnyOther(t *testing.T) {
	site := german()
	for text, want := range map[string]Title{
		"mara": {2, "Mara"}, ":mara": {0, "Mara"}, "MediaWiki:x": {8, "X"}, "here:mara": {2, "Mara"},
	} {
		if got, err := site.ParseIn(text, NSUser); err != nil || got != want {
			t.Errorf("ParseIn(%q, 2) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestCapitalsFollowTheWiki(t *testing.T) {
	site := german()
	site.Capitals = map[rune]string{'ß': "ß", 'ა': "ა"} // as Wikimedia has it
	turkish := german()
	turkish.Lang = "tr"
	for _, c := range []struct {
		site       *Site
		text, want string
	}{
		{site, "ßx", "ßx"}, {site, "აბ", "აბ"}, {german(), "აბ", "Აბ"}, {german(), "ǆx", "Ǆx"}, {german(), "ŉx", "ʼNx"},
		{turkish, "istanbul", "İstanbul"}, {turkish, "ızgara", "Izgara"}, {german(), "ızgara", "Izgara"},
	} {
		if got, err := c.site.Parse(c.text); err != nil || got.Key != c.want {
			t.Errorf("Parse(%q) on a wiki in %s = %q, %v; want %q", c.text, c.site.Lang, got.Key, err, c.want)
		}
	}
}

func TestPagesOfAUserHaveAnOwner(t *testing.T) {
	site := german()
	for text, want := range map[string]string{
		"User:mara fox": "Mara fox", "User:mara_fox/a/b.js": "Mara fox", "User:/x": "", "MediaWiki:x": "", "User talk:mara": "",
	} {
		title, err := site.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if owner, ok := site.Owner(title); owner != want || ok != (want != "") {
			t.Errorf("Owner(%q) = %q, %v; want %q", text, owner, ok, want)
		}
	}
	title := Title{NSUser, "Mara_fox/a_b/c.js"}
	if title.Text() != "Mara fox/a b/c.js" || title.Root() != "Mara fox" || title.Subpage() != "a b/c.js" || !title.IsSubpage() {
		t.Errorf("parts of %v: %q, %q, %q", title, title.Text(), title.Root(), title.Subpage())
	}
}

func TestAddressesAreWrittenAsMediaWikiWritesThem(t *testing.T) {
	site := german()
	title := Title{NSUser, "Mära/a?b&c+d;e@f.js"}
	const escaped = "Benutzer:M%C3%A4ra/a%3Fb%26c%2Bd;e@f.js"
	if got, want := site.URL(title), "https://de.wiki.test/wiki/"+escaped; got != want {
		t.Errorf("URL = %s, want %s", got, want)
	}
	if got, want := site.RawURL(title), "https://de.wiki.test/w/index.php?title="+escaped+"&action=raw"; got != want {
		t.Errorf("RawURL = %s, want %s", got, want)
	}
	if got, want := site.ScriptURL("load.php"), "https://de.wiki.test/w/load.php"; got != want {
		t.Errorf("ScriptURL = %s, want %s", got, want)
	}
	site.ArticlePath = ""
	if got, want := site.Path(title), "/w/index.php/"+escaped; got != want {
		t.Errorf("Path = %s, want %s", got, want)
	}
	if got := site.Prefixed(Title{99, "X"}); got != "Special:Badtitle/NS99:X" {
		t.Errorf("a namespace nobody knows prints as %s", got)
	}
}

// FuzzParse holds that reading never panics, that a title's own spelling is read as that title, and that a title is
// never longer than a row of the page table.
func FuzzParse(f *testing.F) {
	for _, text := range titleTexts()[:400] {
		f.Add(text)
	}
	site := german()
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = site.ParseText(text)
		first, err := site.Parse(text)
		if err != nil {
			return
		}
		for _, spelling := range []string{site.Prefixed(first), site.PrefixedText(first)} {
			if again, err := site.Parse(spelling); err != nil || again != first {
				t.Fatalf("%q is %v, but its spelling %q is %v, %v", text, first, spelling, again, err)
			}
		}
		if len(first.Key) > 512 || first.Key == "" || strings.ContainsAny(first.Key, " #<>[]|{}\n") {
			t.Fatalf("%q gives the key %q", text, first.Key)
		}
	})
}
