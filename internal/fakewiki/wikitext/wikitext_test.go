package wikitext

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sallyport/internal/wiki"
)

// resolve knows a page called Here, categories and templates.
func resolve(target string) (Link, bool) {
	target = strings.TrimPrefix(strings.TrimSpace(target), ":")
	if target == "" || strings.ContainsAny(target, "<>[]{}|") {
		return Link{}, false
	}
	l := Link{Title: wiki.Title{Key: target}, Text: target, Href: "/wiki/" + target, Exists: target == "Here"}
	if rest, ok := strings.CutPrefix(target, "Category:"); ok {
		l.Title = wiki.Title{NS: categoryNamespace, Key: rest}
	}
	return l, true
}

func TestCommonWikitextBecomesHTML(t *testing.T) {
	for in, want := range map[string]string{
		"a\nb\n\nc":                    "<p>a\nb\n</p>\n<p>c\n</p>\n",
		"'''b''' ''i'' '''''bi''' i''": "<p><b>b</b> <i>i</i> <i><b>bi</b> i</i>\n</p>\n",
		"''open":                       "<p><i>open</i>\n</p>\n",
		"== A b ==":                    `<div class="mw-heading mw-heading2"><h2 id="A_b">A b</h2></div>` + "\n",
		"* a\n* b\n** c\n# d":          "<ul><li>a</li>\n<li>b<ul><li>c</li></ul>\n</li></ul>\n<ol><li>d</li></ol>\n",
		"; t : d\n: e":                 "<dl><dt>t</dt>\n<dd>d</dd>\n<dd>e</dd></dl>\n",
		"[[Here]]s [[Gone|x]]":         `<p><a href="/wiki/Here" title="Here">Heres</a> <a href="/wiki/Gone" class="new" title="Gone (page does not exist)">x</a>` + "\n</p>\n",
		"[[#x y]]":                     `<p><a href="#x_y">#x y</a>` + "\n</p>\n",
		"[https://a.example/ b c] https://d.example/e.": `<p><a rel="nofollow" class="external text" href="https://a.example/">b c</a> <a rel="nofollow" class="external free" href="https://d.example/e">https://d.example/e</a>.` + "\n</p>\n",
		"<nowiki>'''x''' [[y]]</nowiki>":                "<p>&#39;&#39;&#39;x&#39;&#39;&#39; [[y]]\n</p>\n",
		"<script>x</script>":                            "<p>&lt;script&gt;x&lt;/script&gt;\n</p>\n",
		"<b onclick=x class='c'>y":                      `<p><b class="c">y` + "\n</p>\n</b>",
		"a <!-- gone\nstill --> b":                      "<p>a  b\n</p>\n",
		" code\n more":                                  "<pre>code\nmore\n</pre>\n",
		"&amp; &lt; & &bogus":                           "<p>&amp; &lt; &amp; &amp;bogus\n</p>\n",
		"{|\n! h\n|-\n| a || b\n|}":                     "<table><tbody>\n<tr><th>h</th></tr>\n<tr><td>a</td><td>b</td></tr>\n</tbody></table>\n",
		"{{Here|1}} __NOTOC__":                          `<p><a href="/wiki/Template:Here" class="new" title="Template:Here (page does not exist)">Template:Here</a> __NOTOC__` + "\n</p>\n",
		"__NOTOC__":                                     "",
		"[[Category:A]][[Category:B]]":                  "",
	} {
		if got := Render(in, resolve).HTML; got != want {
			t.Errorf("%q:\ngot  %q\nwant %q", in, got, want)
		}
	}
}

func TestAPageTellsItsCategoriesLinksAndHeadings(t *testing.T) {
	p := Render("== x ==\n=== x ===\n[[Category:B]] [[Category:A|k]] [[:Category:C]] [[Here]] [[Here]]", resolve)
	if len(p.Categories) != 2 || p.Categories[0].Key != "B" || p.Categories[1].Key != "A" {
		t.Errorf("categories %v", p.Categories)
	}
	if len(p.Links) != 2 || p.Links[1].Key != "Here" {
		t.Errorf("links %v", p.Links)
	}
	if len(p.Headings) != 2 || p.Headings[1].ID != "x_2" || p.Headings[1].Level != 3 {
		t.Errorf("headings %v", p.Headings)
	}
}

func FuzzRenderedTextIsSafeAndBounded(f *testing.F) {
	for _, s := range []string{"''a'''b''c", "* a\n:# b", "{|\n|<div>\n|}", "<div><b>x</div>", "[[a|b]] [http://x y]", "<pre>\n</pre>", "=a=\n ==b==", "\"><script>", "<span class=\"a\"\"onclick='x'>", "{|\n{|\n|}\n|}", "<nowiki>", "&#x3c;script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := Render(text, resolve).HTML
		if len(out) > 400*len(text)+100 {
			t.Fatalf("%d bytes became %d", len(text), len(out))
		}
		checkSafe(t, out)
	})
}

// checkSafe reads the HTML as a browser would: known elements, no handlers, addresses of two schemes only.
func checkSafe(t *testing.T, out string) {
	t.Helper()
	known := []string{"a", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "li", "dd", "dt", "table", "tbody", "tr", "td", "th"}
	z := html.NewTokenizer(strings.NewReader(out))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		if token.Type != html.StartTagToken && token.Type != html.EndTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		if !allowedTags[token.Data] && !slices.Contains(known, token.Data) {
			t.Fatalf("element %q in %q", token.Data, out)
		}
		for _, a := range token.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" {
				t.Fatalf("attribute %q in %q", a.Key, out)
			}
			if a.Key == "href" && !strings.HasPrefix(a.Val, "/wiki/") && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "#") {
				t.Fatalf("address %q in %q", a.Val, out)
			}
		}
	}
}

func TestTensOfThousandsOfOpenBracketsAreRead(t *testing.T) {
	for _, s := range []string{"[[", "{{", "[http://x ", "<b", "''", "* ", "[[a|"} {
		if got := Render(strings.Repeat(s, 20_000), resolve); got.HTML == "" {
			t.Errorf("%q gave nothing", s)
		}
	}
}
