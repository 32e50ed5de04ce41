package wiki

import "testing"

func TestWhichPagesAreCode(t *testing.T) {
	for _, c := range []struct {
		title     Title
		model     string
		kind      CodeKind
		protected bool
	}{
		{Title{NSMediaWiki, "Common.js"}, ModelJavaScript, SiteJS, true},
		{Title{NSMediaWiki, "Common.js"}, ModelWikitext, SiteJS, true}, // the suffix counts
		{Title{NSMediaWiki, "Foo"}, ModelJavaScript, SiteJS, true},     // so does the model
		{Title{NSMediaWiki, "Vector.css"}, ModelCSS, SiteCSS, true},
		{Title{NSMediaWiki, "Gadgets/x.json"}, "GadgetDefinition", SiteJSON, true},
		{Title{NSMediaWiki, "Gadget-x.vue"}, ModelWikitext, SiteVue, true},
		{Title{NSMediaWiki, "Copyright/de"}, ModelWikitext, SiteHTML, true},
		{Title{NSMediaWiki, "Gadgets-definition"}, ModelWikitext, SiteHTML, true},
		{Title{NSMediaWiki, "Sidebar"}, ModelWikitext, NotCode, true},
		{Title{NSUser, "Mara/common.js"}, ModelJavaScript, UserJS, true},
		{Title{NSUser, "Mara/common.js"}, ModelWikitext, NotCode, false}, // trap 39: in user space the model decides
		{Title{NSUser, "Mara/notes"}, ModelJavaScript, UserJS, true},
		{Title{NSUser, "Mara/x.css"}, ModelCSS, UserCSS, true},
		{Title{NSUser, "Mara/x.json"}, ModelJSON, UserJSON, true},
		{Title{NSUser, "Mara.js"}, ModelJavaScript, NotCode, false}, // not a subpage
		{Title{NSUser, "Mara/doit.gadget"}, ModelWikitext, NotCode, false},
		{Title{NSUser, "Mara/App.vue"}, ModelWikitext, NotCode, false},
		{Title{NSUser, "Mara/App.vue"}, ModelVue, UserVue, false},
		{Title{NSMain, "X.js"}, ModelJavaScript, NotCode, false},
	} {
		if kind, protected := Code(c.title, c.model), Protected(c.title, c.model); kind != c.kind || protected != c.protected {
			t.Errorf("%v of model %s: code %d, protected %v; want %d, %v", c.title, c.model, kind, protected, c.kind, c.protected)
		}
		if k := Code(c.title, c.model); k.Site() && c.title.NS != NSMediaWiki || k.User() && c.title.NS != NSUser || k.Site() && k.User() {
			t.Errorf("%v is code of the wrong place", c.title)
		}
	}
	if !UserJS.Runs() || !SiteVue.Runs() || SiteJSON.Runs() || UserJSON.Runs() || NotCode.Runs() {
		t.Error("Runs mixes up programs and data")
	}
}

func TestTheModelOfANewPage(t *testing.T) {
	for title, want := range map[Title]string{
		{NSMediaWiki, "Common.js"}: ModelJavaScript, {NSMediaWiki, "X.css"}: ModelCSS, {NSMediaWiki, "X.json"}: ModelJSON,
		{NSMediaWiki, "Common"}: ModelWikitext, {NSMediaWiki, "X.js/de"}: ModelWikitext,
		{NSUser, "Mara/x.js"}: ModelJavaScript, {NSUser, "Mara/a/b.json"}: ModelJSON, {NSUser, "Mara.js"}: ModelWikitext,
		{NSUser, "A.js/b"}: ModelWikitext, {NSUser, "Mara/.css"}: ModelCSS, {NSUser, "Mara/x.vue"}: ModelWikitext,
		{NSUser, "Mara/x.gadget"}: ModelWikitext, {NSMain, "A/b.js"}: ModelWikitext,
	} {
		if got := DefaultModel(title); got != want {
			t.Errorf("DefaultModel(%v) = %s, want %s", title, got, want)
		}
	}
}
