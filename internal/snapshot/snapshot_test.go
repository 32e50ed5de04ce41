package snapshot

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/decoy"
	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
)

// recorded is a snapshot of a real MediaWiki with two people and a page.
func recorded(t *testing.T) *Snapshot {
	t.Helper()
	w := mediawikitest.Start(t, mediawikitest.Options{})
	w.AddUser("Ilse Lamp", "a password 12345")
	w.AddUser("Cora Lamp", "a password 12345", "sysop", "interface-admin")
	w.Edit("Cora Lamp", "Harbour lights", "'''Lamps'''.\n\n== History ==\nOld.")
	client := mediawiki.New(w.URL, "", http.DefaultClient, mediawiki.Options{})
	ctx := context.Background()
	site, err := client.Site(ctx)
	if err != nil {
		t.Fatal(err)
	}
	site.Server = w.URL
	visitors := []Visitor{{Key: decoy.Anonymous}}
	for key, name := range map[string]string{decoy.Editor: "Ilse Lamp", decoy.InterfaceAdmin: "Cora Lamp"} {
		s, err := client.Login(ctx, name, "a password 12345")
		if err != nil {
			t.Fatal(err)
		}
		visitors = append(visitors, Visitor{Key: key, Cookies: s.Cookies()})
	}
	methods := &onlyGets{t: t}
	shot, err := Record(ctx, Options{HTTP: &http.Client{Transport: methods}, Site: site, Visitors: visitors, Pages: []Page{
		{"Harbour lights", "Harbour lights", ""}, {"Harbour lights (edit)", "Harbour lights", "action=edit"}, {"own talk page", "User talk:$me", ""},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return shot
}

// onlyGets lets nothing through that could change a wiki.
type onlyGets struct{ t *testing.T }

func (o *onlyGets) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		o.t.Errorf("%s %s", r.Method, r.URL)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestARecordedWikiAnswersAsItDidToEachPerson(t *testing.T) {
	shot := recorded(t)
	var file bytes.Buffer
	if err := shot.Write(&file); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d answers, %d modules, %d bytes", len(shot.Answers), len(shot.Modules), file.Len())
	shot, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	pretend, err := decoy.Seeded(shot.Cast(), nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	source := &Source{Snapshot: shot, Fallback: decoy.NewPretend(pretend)}
	ask := func(key, path string) string {
		w := httptest.NewRecorder()
		name := ""
		for _, p := range shot.People {
			if p.Key == key {
				name = p.Name
			}
		}
		source.Serve(w, httptest.NewRequest("GET", "https://wiki.test"+path, nil), decoy.Look{Key: key, Persona: name, Server: "https://wiki.test"})
		return w.Body.String()
	}
	for key, want := range map[string]string{decoy.Anonymous: `"wgUserName":null`, decoy.Editor: `"wgUserName":"Ilse Lamp"`, decoy.InterfaceAdmin: `"wgUserName":"Cora Lamp"`} {
		if page := ask(key, "/wiki/Harbour_lights"); !strings.Contains(page, want) || !strings.Contains(page, "<b>Lamps</b>") || strings.Contains(page, shot.Wiki) {
			t.Errorf("%s sees %.600s", key, page)
		}
	}
	if page := ask(decoy.Editor, "/index.php?title=Harbour_lights&action=edit"); !strings.Contains(page, "wpTextbox1") {
		t.Error("the edit form is not there")
	}
	page := ask(decoy.Editor, "/index.php?title=Template_talk:Lamps/Log&action=history")
	for _, want := range []string{`"wgPageName":"Template_talk:Lamps/Log"`, `"wgTitle":"Lamps/Log"`, `"wgNamespaceNumber":11`, `"wgCanonicalNamespace":"Template_talk"`, `"wgAction":"history"`, "<b>Lamps</b>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page that stands in for one that was not recorded lacks %s", want)
		}
	}
	load := ask(decoy.Editor, "/load.php?lang=en&modules=mediawiki.util%2CTitle%7Coojs-ui-core%7Cno.such&skin=vector")
	for _, want := range []string{`"mediawiki.util@`, `"mediawiki.Title@`, `"oojs-ui-core@`, `mw.loader.state({"no.such":"missing"})`} {
		if !strings.Contains(load, want) {
			t.Errorf("load.php does not answer %s", want)
		}
	}
	if who := ask(decoy.InterfaceAdmin, "/api.php?action=query&format=json&meta=userinfo&uiprop=groups%7Crights&_=123"); !strings.Contains(who, "editsitejs") {
		t.Errorf("the API says %s", who)
	}
	if page := ask(decoy.Editor, "/api.php?action=query&format=json&titles=Harbour&prop=info"); !strings.Contains(page, "Harbour") {
		t.Errorf("what is not recorded is answered %s", page)
	}
}

func TestAnAnswerOfLoadPHPComesApartIntoItsModules(t *testing.T) {
	got := split(`mw.loader.implement("a.b@1",function(){mw.loader.state({"x":1});});
mw.loader.impl(function(){return["c@2",function(){}];});mw.loader.state({"d":"ready","e":"missing"});`)
	want := map[string]string{
		"a.b": "mw.loader.implement(\"a.b@1\",function(){mw.loader.state({\"x\":1});});\n", "c": `mw.loader.impl(function(){return["c@2",function(){}];});`,
		"d": `mw.loader.state({"d":"ready"});`, "e": `mw.loader.state({"e":"missing"});`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPackedNamesAreUnpackedAsTheLoaderPacksThem(t *testing.T) {
	want := []string{"jquery", "mediawiki.Title", "mediawiki.api", "mediawiki.page.ready"}
	if diff := cmp.Diff(want, unpack("jquery|mediawiki.Title,api|mediawiki.page.ready")); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatIsNoSnapshotIsRefused(t *testing.T) {
	for _, text := range []string{"", "{}", "\x1f\x8b"} {
		if _, err := Read(strings.NewReader(text)); !errors.Is(err, ErrSchema) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = Read(bytes.NewReader(b)) })
}
