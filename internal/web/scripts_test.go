package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"sallyport/internal/capability"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

// listedScripts gives the village a list: three scripts that were read, one that waits, one that nobody can read.
func listedScripts(t *testing.T) func(*Options) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	text, err := json.Marshal(capability.Set{
		{Name: capability.Network, Target: "words.example", Certainty: capability.Certain}, {Name: capability.WriteSiteCode, Certainty: capability.Certain},
		{Name: capability.Import, Target: "User:Ira/footnotes.js", Certainty: capability.Certain}, {Name: capability.Import, Target: "https://cdn.example/x.js", Certainty: capability.Certain},
		{Name: capability.Delete, Certainty: capability.Likely, Trigger: capability.OnLoad}, {Name: capability.WritePage, Certainty: capability.Likely},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []store.Script{
		{Title: "User:Mara/translate.js", Author: "Mara", State: store.ScriptRead, Score: 71, People: 1200, Powerful: 4, Hosts: []string{"a.test", "b.test", "words.example"}, Capabilities: string(text), Reason: `{"kind":"capability","name":"network","says":"=contacts","points":30,"capability":{"name":"network","target":"words.example","certainty":"certain"}}`},
		{Title: "User:Ira/footnotes.js", Author: "Ira", State: store.ScriptRead, Score: 12, People: -1, Powerful: -1, Capabilities: `[]`},
		{Title: "User:" + strange + "/" + strange + ".js", Author: strange, State: store.ScriptRead, Score: 33, People: 2, Hosts: []string{hostile}, Reason: `{"kind":"finding","name":"x","says":"` + strings.ReplaceAll(hostile, `"`, `\"`) + `"}`},
		{Title: "MediaWiki:Gadget-lib.js", Author: "Ira", State: store.ScriptAside, People: -1, Powerful: -1, Score: 40},
		{Title: "User:Mara/new.js", Author: "Mara"},
	} {
		x.Wiki, x.Rev, x.Digest, x.Saved, x.News = "villagewiki", 77, store.DigestOf(newLibrary().texts[x.Title]), today, 1
		if err := db.SeeScript(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		if x.State == "" {
			continue
		}
		if err := db.JudgeScript(t.Context(), x, today); err != nil {
			t.Fatal(err)
		}
	}
	return func(o *Options) {
		if o.Scripts == nil {
			withScripts(o)
		}
		o.Scripts.List = db
	}
}

// asScript makes a request look like one that a script in a page of the wiki sends.
func asScript(r *http.Request) {
	r.Header.Set("Sec-Fetch-Dest", "empty")
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.Header.Del("Sec-Fetch-User")
}

func TestTheListOfScriptsSaysWhatShouldWorryItsReaderFirst(t *testing.T) {
	s := newSetting(t, listedScripts(t))
	s.me.Rights = []string{"editsitejs"}
	body := s.get("/sallyport/scripts").Body.String()
	for _, want := range []string{
		"<svg role=\"img\"", "3 scripts are read. One has a high or severe risk. At most 1,200 people run one of them.", "Of one script nobody can count",
		"Look at these first", "71 of 100", "contacts <bdi>words.example</bdi>", ">Severe<", "4 with power", "1,200", "and 1 more", "Not read yet",
		"/sallyport/scripts.sarif", "1–5 of 5", `aria-sort="descending"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if first, last := strings.Index(body, `<th scope="row"><a href="/sallyport/script/User:Mara/translate.js"`), strings.Index(body, `<th scope="row"><a href="/sallyport/script/User:Ira/footnotes.js"`); first < 0 || last < first {
		t.Errorf("the worst is not first: %d, %d", first, last)
	}
	for _, want := range []string{"Of the 5 most dangerous scripts, one loads others.", `>User:Ira/footnotes.js</text>`, `class="host" x="430"`, ">cdn.example</text>", `<li><a href="/sallyport/script/User:Mara/translate.js">`} {
		if !strings.Contains(body, want) {
			t.Errorf("the picture of what loads what lacks %q", want)
		}
	}
	if searched := s.get("/sallyport/scripts?search=Mara").Body.String(); strings.Contains(searched, "graph-says") {
		t.Error("a part of the list has a picture of all")
	}
	if strings.Contains(body, hostile) {
		t.Error("a hostile host gets into the page as it is")
	}
	body = s.get("/sallyport/scripts?search=IRA+foot&sort=title").Body.String()
	if !strings.Contains(body, "1–1 of 1") || strings.Contains(body, `<th scope="row"><a href="/sallyport/script/User:Mara`) {
		t.Errorf("a search finds:\n%s", body)
	}
	if t.Failed() {
		t.Log(body)
	}
}

func TestOnlyWhoMayAndOpensThePageThemselvesIsToldWhoRunsWhat(t *testing.T) {
	for name, c := range map[string]struct {
		rights []string
		change func(*http.Request)
		told   bool
		code   int // of the findings
	}{
		"an operator":            {[]string{"editsitejs"}, asPerson, true, http.StatusOK},
		"an operator's script":   {[]string{"editsitejs"}, asScript, false, http.StatusOK},
		"somebody without power": {nil, asPerson, false, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t, listedScripts(t))
			s.me.Rights = c.rights
			for _, path := range []string{"/scripts", "/scripts?sort=people", "/scripts.csv", "/scripts.json"} {
				body := s.get("/sallyport"+path, c.change).Body.String()
				told := strings.Contains(body, "1200") || strings.Contains(body, "1,200")
				if told != c.told {
					t.Errorf("%s tells who runs it: %t", path, told)
				}
				if !strings.Contains(body, "User:Mara/translate.js") {
					t.Errorf("%s does not list the scripts:\n%s", path, body)
				}
			}
			if code := s.get("/sallyport/scripts.sarif", c.change).Code; code != c.code {
				t.Errorf("findings: %d, want %d", code, c.code)
			}
		})
	}
}

func TestTheListOfScriptsIsDataToo(t *testing.T) {
	s := newSetting(t, listedScripts(t))
	s.me.Rights = []string{"block"}
	var list struct {
		Schema  string
		Total   int
		Scripts []struct {
			Title    string
			Score    int
			Hosts    []string
			Powerful *int
		}
	}
	if err := json.Unmarshal(s.get("/sallyport/scripts.json?search=mara").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if list.Schema != "sallyport.scripts/1" || list.Total != 2 || list.Scripts[0].Score != 71 || len(list.Scripts[0].Hosts) != 3 || *list.Scripts[0].Powerful != 4 {
		t.Errorf("%+v", list)
	}
	table := s.get("/sallyport/scripts.csv?sort=title&offset=1").Body.String()
	if strings.Count(table, "\n") != 5 || !strings.Contains(table, "'=contacts") {
		t.Errorf("a table of all but the first:\n%s", table)
	}
	var log struct {
		Runs []struct{ Results []struct{ RuleID string } }
	}
	if err := json.Unmarshal(s.get("/sallyport/scripts.sarif").Body.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	read := rule.Analyse("User:Mara/translate.js", []byte(translate))
	if want := len(read.Findings) + 1; len(log.Runs) != 1 || len(log.Runs[0].Results) != want || len(read.Findings) == 0 {
		t.Errorf("findings: %+v, want %d", log.Runs, want)
	}
}

func TestTheListOfScriptsSaysWhatIsServedToNobody(t *testing.T) {
	s := newSetting(t, listedScripts(t), withBreaker(stirred(false)), func(o *Options) {
		see := store.Script{Wiki: "villagewiki", Title: "User:Mara/tool.js", Rev: 9, Digest: store.DigestOf("x")}
		if err := o.Scripts.List.SeeScript(t.Context(), see); err != nil {
			t.Fatal(err)
		}
	})
	if body := s.get("/sallyport/scripts?search=tool.js").Body.String(); !strings.Contains(body, "Served to nobody") {
		t.Error(body)
	}
	if table := s.get("/sallyport/scripts.csv").Body.String(); strings.Count(table, ",off,") != 1 {
		t.Error(table)
	}
}

func TestTheListOfScriptsSaysWhatWouldBeHere(t *testing.T) {
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := newSetting(t, withScripts, func(o *Options) { o.Scripts.List = db })
	s.me.Rights = []string{"editsitejs"}
	if body := s.get("/sallyport/scripts").Body.String(); !strings.Contains(body, "No script is listed yet.") || strings.Contains(body, "<svg") {
		t.Error(body)
	}
	if code := newSetting(t, withScripts).get("/sallyport/scripts").Code; code != http.StatusNotFound {
		t.Errorf("without a list: %d", code)
	}
}
