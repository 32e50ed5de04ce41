package delivery

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/browsertest"
)

type object = map[string]any

// bootWorld is what boot.js finds itself in.
type bootWorld struct {
	Config  object            `json:"config"`  // mw.config
	Startup string            `json:"startup"` // address of MediaWiki's startup module
	States  map[string]string `json:"states"`  // modules mw.loader knows
	Found   *registration     `json:"found"`   // what register answers; nil is an error
	Old     bool              `json:"old"`     // a browser from before 2017
}

// boots runs boot.js in a real browser, once for each world, and returns what it did there.
func boots(t *testing.T, p *browsertest.Page, act string, worlds ...bootWorld) [][]string {
	t.Helper()
	stub, err := os.ReadFile("testdata/stub.js")
	if err != nil {
		t.Fatal(err)
	}
	all, err := json.Marshal(worlds)
	if err != nil {
		t.Fatal(err)
	}
	source, _ := json.Marshal(bootSource)
	return browsertest.Eval[[][]string](p, fmt.Sprintf("( ( boot ) => Promise.all( %s.map( ( world ) => boot( %s, world, %s ) ) ) )(\n%s\n)", all, source, act, stub))
}

var mara = object{"wgUserName": "Mara", "wgAction": "view", "wgNamespaceNumber": 0, "wgPageContentModel": "wikitext", "wgCategories": []string{"Kept things"}, "wgScriptPath": "/w"}

const ready = `source {"sallyport":"/sallyport/load.php"}`

// onBoot is what every page of Mara's starts with.
var onBoot = []string{
	"link stylesheet /sallyport/load.php?action=view&model=wikitext&modules=ext.gadgets.userstyles&ns=0&only=styles&user=Mara render",
	"script  /sallyport/load.php?modules=ext.gadgets.userstartup&only=scripts&raw=1&user=Mara",
	ready,
}

func TestTheBootstrapAsksForNothingButWhatThePageNeeds(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	got := boots(t, p, "() => 0",
		bootWorld{Config: object{"wgUserName": nil}, Startup: "/w/load.php?lang=en&modules=startup"},
		bootWorld{Config: mara},
		bootWorld{Config: object{"wgUserName": "Zoë & co", "wgNamespaceNumber": -1}, Startup: "http://wiki.test/w/load.php?debug=2&lang=he&modules=startup&only=scripts&raw=1&skin=vector-2022#x"},
		bootWorld{Config: mara, Old: true},
	)
	want := [][]string{
		{ready}, // nobody is logged in
		onBoot,
		{
			"link stylesheet /sallyport/load.php?action=view&model=&modules=ext.gadgets.userstyles&ns=-1&only=styles&user=Zo%C3%AB%20%26%20co&debug=2&lang=he&skin=vector-2022 render",
			"script  /sallyport/load.php?modules=ext.gadgets.userstartup&only=scripts&raw=1&user=Zo%C3%AB%20%26%20co&debug=2&lang=he&skin=vector-2022",
			ready,
		},
		{}, // a browser without modules has no promises either
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What ext.gadgets.userstartup says is what happens, one thing at a time.
func TestTheBootstrapDoesWhatUserstartupSays(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	for _, c := range []struct {
		name   string
		start  start
		states map[string]string
		want   []string
	}{
		{
			name: "under a policy each gadget comes from a path of its own, of which mw.loader is told once",
			start: start{
				Rows: []row{{"doit", "v1", []string{}, 0, "sallyport-p1"}}, Load: []load{{Module: "doit"}},
				Sources: map[string]string{"sallyport-p1": "/sallyport/g/p1/load.php"},
			},
			want: []string{`source {"sallyport-p1":"/sallyport/g/p1/load.php"}`, `register ["doit","v1",[],0,"sallyport-p1"]`, `load ["doit"]`},
		},
		{
			name:  "a page that came before its gadget was allowed a server says so",
			start: start{Rows: []row{}, Load: []load{}, Held: []held{{"12.ab", "Reload for doit."}}},
			want:  []string{"notify sallyport-stays stays Reload for doit. / ×", "load []"},
		},
		{
			name:  "what the operators switched off is said",
			start: start{Rows: []row{}, Load: []load{}, Stopped: []stopped{{"switch-7-p1", "The gadget doit is off."}}, Menu: "Mine"},
			want: []string{
				"notify sallyport-stays stays The gadget doit is off. [/sallyport/] Mine / ×", "load []",
				`menu ["p-personal","/sallyport/","Mine","pt-usergadgets",null,null,"#pt-watchlist, #pt-mycontris, #pt-logout"]`,
			},
		},
		{
			name: "rows one by one, then all that holds here in one load",
			start: start{
				Rows: []row{{"lib", "v1", []string{}, nil, "sallyport"}, {"doit", "v2", []string{"lib", "mediawiki.util"}, nil, "sallyport"}},
				Load: []load{{Module: "doit"}, {Module: "other", When: &conditions{Actions: []string{"edit"}}}, {Module: "third", When: &conditions{Namespaces: []int{0}}}},
			},
			states: map[string]string{"mediawiki.util": "registered"},
			want:   []string{`register ["lib","v1",[],null,"sallyport"]`, `register ["doit","v2",["lib","mediawiki.util"],null,"sallyport"]`, `load ["doit","third"]`},
		},
		{
			name: "a name that is taken stops nothing",
			start: start{
				Rows: []row{{"known", "v1", []string{}, nil, "sallyport"}, {"new", "v2", []string{}, nil, "sallyport"}},
				Load: []load{{Module: "known"}, {Module: "new"}},
			},
			states: map[string]string{"known": "ready"},
			want:   []string{`register ["new","v2",[],null,"sallyport"]`, `load ["known","new"]`},
		},
		{
			name:  "a module the wiki does not have is named",
			start: start{Rows: []row{{"doit", "v1", []string{"nowhere"}, nil, "sallyport"}}, Load: []load{{Module: "doit"}}},
			want:  []string{`register ["doit","v1",["nowhere"],null,"sallyport"]`, "error User gadget doit needs the module nowhere, which this wiki does not have.", `load ["doit"]`},
		},
		{
			name:  "what is wrong is told, and ends in an error state",
			start: start{Rows: []row{}, Load: []load{}, Problems: []string{"X: it is broken"}, Failed: []string{"ext.usergadget.p5"}},
			want:  []string{"error User gadget X: it is broken", `state {"ext.usergadget.p5":"error"}`, "load []"},
		},
		{
			name: "styles: early ones are there, late ones come as a sheet where they hold",
			start: start{Rows: []row{}, Load: []load{
				{Module: "ext.usergadget.p1", Style: "early"},
				{Module: "ext.usergadget.p2", Style: "late", When: &conditions{Categories: []string{"Kept_things"}}},
				{Module: "ext.usergadget.p3", Style: "late", When: &conditions{Categories: []string{"Other"}}},
			}},
			want: []string{`state {"ext.usergadget.p1":"ready"}`, "link stylesheet /sallyport/load.php?modules=ext.usergadget.p2&only=styles&lang=en&skin=vector", `state {"ext.usergadget.p2":"ready"}`, "load []"},
		},
		{
			name: "a style sheet comes from where its module does",
			start: start{
				Rows: []row{{"ext.usergadget.p7", "v1", []string{}, nil, "sallyport-p7-ab"}}, Load: []load{{Module: "ext.usergadget.p7", Style: "late"}},
				Sources: map[string]string{"sallyport-p7-ab": "/sallyport/g/p7/ab/load.php"},
			},
			want: []string{
				`source {"sallyport-p7-ab":"/sallyport/g/p7/ab/load.php"}`, `register ["ext.usergadget.p7","v1",[],null,"sallyport-p7-ab"]`,
				"link stylesheet /sallyport/g/p7/ab/load.php?modules=ext.usergadget.p7&only=styles&lang=en&skin=vector", `state {"ext.usergadget.p7":"ready"}`, "load []",
			},
		},
		{
			name:  "peers: ours from us, the wiki's from the wiki",
			start: start{Rows: []row{}, Load: []load{{Module: "doit", Peers: []string{"ext.usergadget.p7", "ext.gadget.a&b"}}}},
			want: []string{
				"link stylesheet /sallyport/load.php?modules=ext.usergadget.p7&only=styles&lang=en&skin=vector", `state {"ext.usergadget.p7":"ready"}`,
				"link stylesheet /w/load.php?modules=ext.gadget.a%26b&only=styles&lang=en&skin=vector", `state {"ext.gadget.a&b":"ready"}`, `load ["doit"]`,
			},
		},
		{
			name:  "a link in the personal menu",
			start: start{Rows: []row{}, Load: []load{}, Menu: "My gadgets"},
			want:  []string{"load []", `menu ["p-personal","/sallyport/","My gadgets","pt-usergadgets",null,null,"#pt-watchlist, #pt-mycontris, #pt-logout"]`},
		},
	} {
		world := bootWorld{Config: mara, States: c.states, Startup: "/w/load.php?lang=en&modules=startup&only=scripts&raw=1&skin=vector"}
		got := boots(t, p, "( mw ) => mw.sallyport.start( "+quote(c.start)+" )", world)[0]
		if diff := cmp.Diff(c.want, got[len(onBoot):]); diff != "" {
			t.Errorf("%s\n%s", c.name, diff)
		}
	}
}

func TestGadgetsAreFoundOnDemand(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	found := &registration{
		Rows: []row{{"ext.usergadget.p9", "v1", []string{}, nil, "sallyport"}}, Load: []load{},
		Names: map[string]string{"User:Mara/doit": "ext.usergadget.p9", "User:Mara/dom_kit.gadget": "ext.usergadget.p9"},
	}
	world := bootWorld{Config: object{}, States: map[string]string{"mediawiki.util": "ready"}, Found: found}
	ask := `fetch /sallyport/register?names=User%3AMara%2Fdoit {"credentials":"omit"}`
	row := `register ["ext.usergadget.p9","v1",[],null,"sallyport"]`
	for _, c := range []struct {
		act  string
		want []string
	}{
		{"mw.loader.using( 'mediawiki.util' )", []string{"using mediawiki.util"}},
		{"mw.loader.using( [ 'mediawiki.util', 'User:Mara/doit' ] )", []string{ask, row, `using ["mediawiki.util","ext.usergadget.p9"]`}},
		{"mw.loader.using( 'User:Mara/doit', () => say( 'done' ), () => say( 'failed' ) )", []string{ask, row, `using ["ext.usergadget.p9"]`, "done"}},
		{"mw.loader.using( 'User:Mara/none' ).catch( ( e ) => say( e.message ) )", []string{`fetch /sallyport/register?names=User%3AMara%2Fnone {"credentials":"omit"}`, row, `using ["User:Mara/none"]`, "unknown"}},
		{"mw.loader.using( 'jquery.nowhere' ).catch( ( e ) => say( e.message ) )", []string{"using jquery.nowhere", "unknown"}},
		{"mw.loader.load( 'User:Mara/doit' )", []string{ask, row, `load ["ext.usergadget.p9"]`}},
		{"mw.loader.load( 'https://wiki.test/x/y.js' )", []string{"load https://wiki.test/x/y.js"}},
		{"mw.loader.load( '/w/index.php?title=User:Mara/x.js&action=raw', 'text/css' )", []string{"load /w/index.php?title=User:Mara/x.js&action=raw text/css"}},
		{"mw.loader.using( 'User:Mara/doit' ).then( () => say( mw.loader.require( 'User:Mara/dom kit.gadget' ), '+', mw.loader.require( 'vue' ) ) )",
			[]string{ask, row, `using ["ext.usergadget.p9"]`, "what ext.usergadget.p9 exports + what vue exports"}},
	} {
		// Promises of the stub settle in a few turns; a pause of a timer is after all of them.
		act := "async ( mw, say ) => { await " + c.act + "; await new Promise( ( f ) => setTimeout( f ) ); }"
		if diff := cmp.Diff(append([]string{ready}, c.want...), boots(t, p, act, world)[0]); diff != "" {
			t.Errorf("%s\n%s", c.act, diff)
		}
	}
	world.Found = nil
	act := "async ( mw, say ) => { await mw.loader.using( 'User:Mara/doit' ).catch( ( e ) => say( e.message ) ); mw.loader.load( 'User:Mara/doit' ); await new Promise( ( f ) => setTimeout( f ) ); }"
	want := []string{ready, ask, "User gadgets are not available right now.", ask, "error Error: User gadgets are not available right now."}
	if diff := cmp.Diff(want, boots(t, p, act, world)[0]); diff != "" {
		t.Errorf("with the gateway down\n%s", diff)
	}
}
