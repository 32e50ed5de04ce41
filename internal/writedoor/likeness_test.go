package writedoor

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// oddNames make a wiki with every kind of namespace name: local, gendered, alias, case-sensitive, and a way back to itself.
const oddNames = `
$wgExtraNamespaces = [ 3000 => 'Kiste', 3001 => 'Kiste_Diskussion' ];
$wgCapitalLinkOverrides = [ 3000 => false, 3001 => false ];
$wgNamespaceAliases = [ 'Skript' => 8, 'Wp' => 4 ];
$wgLocalInterwikis = [ 'here' ];
$wgActionPaths = [ 'rollback' => '/back/$1', 'edit' => '/change/$1', 'view' => '/wiki/$1' ];
`

var actionPaths = map[string]string{"rollback": "/back/$1", "edit": "/change/$1", "view": "/wiki/$1"}

// row is what resolve.php says.
type row struct {
	Error, Action, Special string
	Title, From, To        []any
	Titles                 map[string]any
}

type phpCase struct {
	Get    any    `json:"get"`
	Post   any    `json:"post"`
	URI    string `json:"uri"`
	Method string `json:"method"`
	API    bool   `json:"api"`
}

// inPHP reads a request as PHP does, which phpform's own tests prove, and hands it to MediaWiki.
func inPHP(method, target string, kinds []string, body []byte) (phpCase, error) {
	path, query, _ := strings.Cut(target, "?")
	f, err := phpform.Read(method, query, kinds, body, phpform.Limits{})
	if err != nil {
		return phpCase{}, err
	}
	return phpCase{told(f.Get), told(f.Post), target, method, path == "/api.php"}, nil
}

func told(v *phpform.Values) any {
	pairs := [][2]any{}
	for key, value := range v.All() {
		if value.List != nil {
			pairs = append(pairs, [2]any{hex.EncodeToString([]byte(key)), told(value.List)})
		} else {
			pairs = append(pairs, [2]any{hex.EncodeToString([]byte(key)), hex.EncodeToString([]byte(value.Text))})
		}
	}
	return pairs
}

// world makes requests about pages that exist.
type world struct {
	*rand.Rand
	pages, revs []int64
}

func (g *world) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *world) title() string {
	base := g.pick("MediaWiki:Common.js", "MediaWiki:Common.js", "mediawiki:common.js", "Sandbox", "User:Admin/common.js", "Benutzerin:Admin/common.js", "BD:Admin",
		"Skript:Common.js", "SKRIPT:common.js", "Kiste:foo", "here:MediaWiki:Common.js", "en:Foo", "wikipedia:Foo", "Spezial:Verschieben", "Special:Movepage/Sandbox", "Special:MyPage/common.js",
		"Media:X.png", "Talk:File:x", "Datei:X.png", "Special:Undelete", "Special:ChangeContentModel", "Spezial:Importieren", "Special:nosuch", "Special:Permanentlink/1", "")
	for range g.IntN(4) {
		base = g.twist(base)
	}
	return base
}

func (g *world) twist(s string) string {
	at := g.IntN(len(s) + 1)
	insert := func(x string) string { return s[:at] + x + s[at:] }
	switch g.IntN(12) {
	case 0:
		return g.pick(":", "::", " ", "_", " :", "\u200e") + s
	case 1:
		return s + g.pick("#x", "_", " ", "?", "&", "/", "%", "+", "\n", "&#x23;a", "/..")
	case 2:
		return insert(g.pick("_", " ", "\u00a0", "\u200f", "\u3000", "\u2028", "\t", "\r\n", "\x00", "\x7f", "\x1f"))
	case 3:
		return insert(g.pick("&#58;", "&#95;", "&amp;", "&nbsp;", "&eacute;", "e\u0301", "\u00e9", "\u212b", "\ufb01", "\u0131", "\ufffd", "\xff", "\u1e9e", "\u00df"))
	case 4:
		return strings.ReplaceAll(s, ":", g.pick("&#58;", "&#x3A;", " : ", "_:_", "::", "\uff1a"))
	case 5:
		return strings.ToUpper(s)
	case 6:
		return strings.ToLower(s)
	case 7:
		return insert(g.pick("%41", "%2F", "%", "+", ".", "/", "[", "<", "|", "~~~"))
	default:
		return s
	}
}

func (g *world) number(ids []int64) string {
	id := strconv.FormatInt(ids[g.IntN(len(ids))], 10)
	return g.pick(id, id, id, "0", "", "999999", "prev", " "+id, id+"x", "+"+id, "-1", "1e1", "0"+id, id+".0", "99999999999999999999", id+" ")
}

func (g *world) action() string {
	return g.pick("edit", "submit", "Submit", "EDIT", "editredlink", "rollback", "ROLLBACK", "rollback ", "delete", "protect", "unprotect", "view", "", "raw", "history", "historysubmit",
		"revert", "markpatrolled", "watch", "purge", "mcrundo", "mcrrestore", "nosuch", "credits", "info", "render", "revisiondelete", "editchangetags", "edit\x00", "\u0415dit", "İnfo")
}

// request is one as a browser would send it, or a mean one.
func (g *world) request() Request {
	get, post := url.Values{}, url.Values{}
	put := func(key, text string) {
		switch g.IntN(6) {
		case 0, 1:
			get.Set(key, text)
		case 2, 3:
			post.Set(key, text)
		case 4:
			get.Set(key, text)
			post.Set(key, g.pick(text, "Sandbox", ""))
		default:
			get.Set(key+g.pick("", "", "[]"), text)
		}
	}
	r := Request{Method: g.pick("POST", "POST", "POST", "GET"), ContentType: []string{"application/x-www-form-urlencoded"}}
	path := "/api.php"
	if g.IntN(3) == 0 {
		g.apiParams(put)
	} else {
		path = g.path()
		g.indexParams(put)
	}
	r.Target = path
	if q := strings.ReplaceAll(get.Encode(), "%2F", "/"); q != "" {
		r.Target += "?" + q
	}
	if r.Method == "POST" {
		r.Body = []byte(post.Encode())
	}
	return r
}

func (g *world) path() string {
	escaped := (&url.URL{Path: "/" + g.title()}).EscapedPath()[1:]
	return g.pick("/index.php", "/index.php", "/index.php", "/", "/index.php/"+escaped, "/wiki/"+escaped, "/wiki/"+escaped, "/wiki/"+escaped+"/", "/change/"+escaped,
		"/back/"+escaped, "/wiki//"+escaped, "//wiki/"+escaped, "/wiki/./"+escaped, "/x/../wiki/"+escaped, "/w%69ki/"+escaped, "/Wiki/"+escaped, "/wiki", "/wiki/", "/index.php/", "/nowhere")
}

func (g *world) indexParams(put func(key, text string)) {
	if g.IntN(5) > 0 {
		put("title", g.title())
	}
	put("action", g.action())
	for key, ids := range map[string][]int64{"oldid": g.revs, "diff": g.revs, "curid": g.pages} {
		if g.IntN(4) == 0 {
			put(key, g.number(ids))
		}
	}
	for _, key := range []string{"target", "wpOldTitle", "wpNewTitle", "wpNewTitleMain"} {
		if g.IntN(3) == 0 {
			put(key, g.title())
		}
	}
	if g.IntN(3) == 0 {
		put("wpNewTitleNs", g.pick("0", "2", "8", "99", "-1", "x"))
	}
	for _, key := range []string{"search", "revisiondelete", "wpPreview", "wpDiff", "model", "restore", "section"} {
		if g.IntN(10) == 0 {
			put(key, g.pick("1", "", "0", "javascript"))
		}
	}
}

func (g *world) apiParams(put func(key, text string)) {
	put("action", g.pick("edit", "edit", "move", "delete", "rollback", "protect", "changecontentmodel", "query", "Edit", "edit ", "edit|move", "", "\x1fedit", "purge", "undelete"))
	for _, key := range []string{"title", "from", "to"} {
		if g.IntN(3) > 0 {
			put(key, g.title())
		}
	}
	for _, key := range []string{"pageid", "fromid"} {
		if g.IntN(5) == 0 {
			put(key, g.number(g.pages))
		}
	}
}

func TestTitleAndActionAreReadAsMediaWikiReadsThemOrRefused(t *testing.T) {
	w := mediawikitest.Start(t, mediawikitest.Options{Lang: "de", Settings: oddNames})
	seed, cases := uint64(1), 6000
	if s := os.Getenv("SALLYPORT_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	if testing.Short() {
		cases = 600
	}
	g := &world{Rand: rand.New(rand.NewPCG(seed, 5))}
	for _, title := range []string{"MediaWiki:Common.js", "Sandbox", "User:Admin/common.js"} {
		g.revs = append(g.revs, w.Edit(mediawikitest.Admin, title, "x"))
		var id int64
		evalInto(t, w, &id, `return Title::newFromText( $args[0] )->getArticleID();`, title)
		g.pages = append(g.pages, id)
	}
	door := realDoor(w)
	door.Options.ActionPaths = actionPaths
	door.Wiki = &remembering{Resolver: door.Wiki, pages: map[string]Known{}}
	tally := map[string]int{}
	var requests []Request
	var ops []*Operation
	var asked []phpCase
	for range cases {
		r := g.request()
		sent, err := inPHP(r.Method, r.Target, r.ContentType, r.Body)
		if err != nil {
			tally["refused"]++
			continue
		}
		op, err := door.Classify(t.Context(), r)
		if err != nil && !errors.Is(err, ErrUnclear) {
			t.Fatalf("%s %s: %v", r.Method, r.Target, err)
		}
		requests, ops, asked = append(requests, r), append(ops, op), append(asked, sent)
		asked = append(asked, forwarded(t, op, sent))
	}
	rows := ask(t, w, asked)
	for i, op := range ops {
		if why := differ(t, door, op, rows[2*i], rows[2*i+1]); why != "" {
			t.Errorf("%s %s\n%q\n %s\n ours   %s\n theirs %+v\n again  %+v", requests[i].Method, requests[i].Target, requests[i].Body, why, shown(op), rows[2*i], rows[2*i+1])
		}
		tally[verdict(op, rows[2*i])]++
	}
	t.Logf("seed %d: %d requests: %v; 0 may differ", seed, cases, tally)
	if tally["agreed on a write"] < cases/10 {
		t.Error("too few requests are understood: the comparison says little")
	}
}

func verdict(op *Operation, theirs row) string {
	switch {
	case op == nil && (theirs.Error != "" || theirs.Special == "Badtitle"):
		return "refused, as by MediaWiki"
	case op == nil:
		return "refused"
	case op.Forward == nil:
		return "agreed that nothing is written"
	default:
		return "agreed on a write"
	}
}

func forwarded(t *testing.T, op *Operation, sent phpCase) phpCase {
	if op == nil || op.Forward == nil {
		return sent
	}
	f := op.Forward
	var kinds []string
	if f.ContentType != "" {
		kinds = []string{f.ContentType}
	}
	again, err := inPHP(f.Method, f.Target, kinds, f.Body)
	if err != nil {
		t.Fatalf("the canonical request is refused: %v", err)
	}
	return again
}

func ask(t *testing.T, w *mediawikitest.Wiki, cases []phpCase) []row {
	t.Helper()
	code, err := os.ReadFile("testdata/resolve.php")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for part := range slices.Chunk(cases, 1000) {
		var some []row
		evalInto(t, w, &some, string(code), part)
		rows = append(rows, some...)
	}
	return rows
}

// differ says in what our reading is not MediaWiki's, or the canonical request not the one that was sent.
func differ(t *testing.T, d *Door, op *Operation, theirs, again row) string {
	if op == nil {
		return ""
	}
	site, err := d.Wiki.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case op.Via == "api.php":
		return differAPI(site, op, theirs, again)
	case op.Via != "index.php":
		if op.Kind == Read && theirs.Action == "rollback" {
			return "a rollback passes"
		}
		return ""
	case op.Forward == nil:
		if theirs.Action == "rollback" {
			return "a rollback passes"
		}
		return ""
	}
	if theirs.Error != "" {
		return ""
	}
	got, err := site.Wiki.Parse(op.Params.Text("title"))
	if err != nil {
		return err.Error()
	}
	if got.NS == wiki.NSSpecial {
		return differSpecial(op, theirs, again)
	}
	switch {
	case !sameTitle(theirs.Title, got):
		return "another page"
	case op.Action != theirs.Action && op.Kind != Strange:
		return "another action"
	case theirs.Action != again.Action || !sameTitle(again.Title, got):
		return "the canonical request means another page or action"
	}
	return ""
}

func differSpecial(op *Operation, theirs, again row) string {
	switch own := strings.TrimPrefix(op.Action, "Special:"); {
	case own != theirs.Special && !(theirs.Special == "" && op.Kind == Strange), theirs.Special != again.Special:
		return "another special page"
	case op.Kind == Move && (!sameTitle(theirs.From, op.Pages[0].Title) || !sameTitle(theirs.To, op.Pages[1].Title)):
		return "another move"
	case op.Kind == Move && (!reflect.DeepEqual(theirs.From, again.From) || !reflect.DeepEqual(theirs.To, again.To)):
		return "the canonical request means another move"
	}
	return ""
}

func differAPI(site *Site, op *Operation, theirs, again row) string {
	if theirs.Error != "" || op.Kind == Read || op.Kind == Minor || len(op.Pages) == 0 {
		return ""
	}
	if op.Action != theirs.Action || again.Action != theirs.Action {
		return "another module"
	}
	first := "title"
	if op.Kind == Move {
		first = "from"
		if to, _ := theirs.Titles["to"].([]any); !sameTitle(to, op.Pages[1].Title) {
			return "another target"
		}
	}
	if title, _ := theirs.Titles[first].([]any); !sameTitle(title, op.Pages[0].Title) {
		return "another page"
	}
	if !reflect.DeepEqual(theirs.Titles[first], again.Titles[first]) {
		return "the canonical request means another page"
	}
	return ""
}

func sameTitle(theirs []any, ours wiki.Title) bool {
	return len(theirs) == 3 && theirs[0] == float64(ours.NS) && theirs[1] == ours.Key && theirs[2] == false
}

func shown(op *Operation) string {
	if op == nil {
		return "refused"
	}
	forward := ""
	if op.Forward != nil {
		forward = fmt.Sprintf(" as %s %s %q", op.Forward.Method, op.Forward.Target, op.Forward.Body)
	}
	return fmt.Sprintf("%s %s %s %+v%s", op.Via, op.Kind, op.Action, op.Pages, forward)
}
