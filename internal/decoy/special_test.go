package decoy

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/trace"
)

func TestTheLogTellsOfWhomTheScriptNames(t *testing.T) {
	w := newWorld(t, func(v *Visit) { v.Named = []string{"Quay Keeper"} })
	_, page := w.ask("GET", "https://wiki.test/wiki/Special:Log", "empty", "")
	for _, want := range []string{`class="mw-logline-block"`, `data-mw-logid="`, "<bdi>Quay Keeper</bdi>", "<bdi>Henk Visser</bdi>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the log has no %s", want)
		}
	}
	if _, page = w.ask("GET", "https://wiki.test/wiki/Special:Log/rights", "empty", ""); strings.Contains(page, "mw-logline-block") {
		t.Error("the log of rights tells of blocks")
	}
}

func TestSpecialPagesOfExtensionsAreThereAsLists(t *testing.T) {
	w := newWorld(t, nil)
	resp, page := w.ask("GET", "https://wiki.test/wiki/Special:LampUsage", "empty", "")
	if resp.StatusCode != 200 || !strings.Contains(page, `"wgCanonicalSpecialPageName":"LampUsage"`) || !strings.Contains(page, `<table class="wikitable sortable`) {
		t.Errorf("%d %.300s", resp.StatusCode, page)
	}
	if resp, _ = w.ask("GET", "https://wiki.test/wiki/Lamp_usage", "empty", ""); resp.StatusCode != 404 {
		t.Error("there is a page that nobody wrote")
	}
}

func TestAFilterThatIsSentIsAWrite(t *testing.T) {
	w := newWorld(t, func(v *Visit) { v.Persona = People("Abcdef", v.Now)[3] })
	_, page := w.ask("GET", "https://wiki.test/wiki/Special:AbuseFilter/7", "empty", "")
	if !strings.Contains(page, `id="mw-abusefilter-editing-form"`) || !strings.Contains(page, `name="wpFilterEnabled" id="mw-input-wpFilterEnabled" value="1" type="checkbox" checked>`) {
		t.Errorf("no form: %.300s", page)
	}
	w.ask("POST", "https://wiki.test/wiki/Special:AbuseFilter/7", "empty", "wpFilterNotes=x")
	if got := w.of(trace.APIWrite); len(got) != 1 || got[0].Data.Action != "abusefilter" || got[0].Data.Title != "Special:AbuseFilter/7" {
		t.Errorf("told of %+v", got)
	}
}

func TestWhatIsTakenForAPrefixIsOne(t *testing.T) {
	w := newWorld(t, func(v *Visit) { v.Prefixes = []string{"lampsrc"} })
	_, text := w.ask("GET", "https://wiki.test/w/api.php?action=query&meta=siteinfo&siprop=interwikimap&format=json&formatversion=2", "empty", "")
	var answer struct {
		Query struct {
			Interwikimap []struct{ Prefix, URL string }
		}
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	had := map[string]string{}
	for _, row := range answer.Query.Interwikimap {
		had[row.Prefix] = row.URL
	}
	if had["lampsrc"] != "https://lampsrc.prefix.example/$1" || had["m"] == "" {
		t.Errorf("%v", had)
	}
}

func TestAPageIsFollowedWhereverItGoes(t *testing.T) {
	w := newWorld(t, nil)
	post := func(q url.Values) { w.ask("POST", "https://wiki.test/w/api.php", "empty", q.Encode()) }
	post(url.Values{"action": {"edit"}, "title": {"User:Ilse Abcdef/notes"}, "text": {"var lamp = 1;"}})
	post(url.Values{"action": {"changecontentmodel"}, "title": {"User:Ilse Abcdef/notes"}, "model": {"javascript"}})
	post(url.Values{"action": {"edit"}, "title": {"User:Ilse Abcdef/notes"}, "text": {"var lamp = 2;"}})
	post(url.Values{"action": {"move"}, "from": {"User:Ilse Abcdef/notes"}, "to": {"MediaWiki:Common.js"}})
	var got []string
	for _, e := range w.of(trace.PageWrite) {
		got = append(got, strings.Join([]string{e.Data.Action, e.Data.Title, e.Data.Class, e.Data.Text}, "|"))
	}
	want := []string{
		"edit|User:Ilse Abcdef/notes|page|var lamp = 1;", "changecontentmodel|User:Ilse Abcdef/notes|own-js|var lamp = 1;", "edit|User:Ilse Abcdef/notes|own-js|var lamp = 2;",
		"move|MediaWiki:Common.js|site-js|var lamp = 2;",
	}
	for i, line := range want {
		if i >= len(got) || got[i] != line {
			t.Fatalf("%q, not %q", got, want)
		}
	}
}

func TestAFormThatWeSendIsComparedWithWhatStoodThere(t *testing.T) {
	for _, c := range []struct{ stood, came, told string }{
		{`{"wpTextbox1":"a\nb","wpSummary":""}`, "wpTextbox1=a%0D%0Ab&wpSummary=", ""},
		{`{"wpTextbox1":"a\nb","wpSummary":""}`, "wpTextbox1=a%0D%0Ac%0D%0Ab&wpSummary=x", "wpSummary wpTextbox1\nc"},
		{`{"wpGroup-sysop":"","user":"Ida"}`, "user=Ida&wpGroup-sysop=1", "wpGroup-sysop\n"},
	} {
		w := newWorld(t, func(v *Visit) { v.FormWord = "lampword" })
		w.ask("POST", "https://wiki.test/w/index.php?title=User:Ilse_Abcdef/common.js&action=submit", "document", c.came+"&"+FormField+"="+url.QueryEscape("lampword"+c.stood))
		told := ""
		for _, e := range w.of(trace.Conceal) {
			told += e.Data.Text
		}
		if told != c.told || len(w.of(trace.PageWrite)) > 0 {
			t.Errorf("%s, %s: told %q and %v", c.stood, c.came, told, w.of(trace.PageWrite))
		}
	}
}

func TestThePageHasTheNumberThatTheScriptIsTold(t *testing.T) {
	w := newWorld(t, func(v *Visit) { v.Config = map[string]any{"wgArticleId": 4850} })
	w.Expect("https://wiki.test/wiki/Harbour_rules")
	_, text := w.ask("GET", "https://wiki.test/w/api.php?action=query&pageids=4850&prop=info&inprop=protection&format=json&formatversion=2", "empty", "")
	if !strings.Contains(text, `"title":"Harbour rules"`) || !strings.Contains(text, `"level":"sysop"`) {
		t.Error(text)
	}
	w.ask("POST", "https://wiki.test/w/api.php", "empty", "action=protect&pageid=4850")
	if got := w.of(trace.APIWrite); len(got) != 1 || got[0].Data.Title != "Harbour rules" {
		t.Errorf("told of %+v", got)
	}
}

func TestScriptsOfOldGetWhatTheyCall(t *testing.T) {
	if text := Shim("addOnloadHook( function () { alert( wgPageName ); } );"); !strings.Contains(text, `["addOnloadHook","wgPageName"]`) {
		t.Error("no wikibits")
	}
	for _, script := range []string{"if ( window.wgPageName ) { run(); }", "mw.util.addPortletLink( 'p-tb', '#', 'x' );"} {
		if text := Shim(script); strings.Contains(text, "addOnloadHook") {
			t.Errorf("%s gets wikibits", script)
		}
	}
}
