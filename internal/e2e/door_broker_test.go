package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sallyport/internal/cli"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/passkey/passkeytest"
)

// codeless takes the rights to edit code from everybody but the gateway's own account.
const codeless = `
	foreach ( $wgGroupPermissions as $group => $rights ) {
		foreach ( [ 'editinterface', 'editsitejs', 'editsitecss', 'editsitejson', 'edituserjs', 'editusercss', 'edituserjson' ] as $right ) {
			$wgGroupPermissions[$group][$right] = false;
		}
	}
	foreach ( [ 'editinterface', 'editsitejs', 'editsitecss', 'editsitejson', 'edituserjs', 'editusercss', 'edituserjson' ] as $right ) {
		$wgGroupPermissions['gateway'][$right] = true;
	}
`

// botPassword makes one with these grants.
const botPassword = `
	$services = MediaWiki\MediaWikiServices::getInstance();
	$bot = BotPassword::newUnsaved( [ 'user' => $services->getUserFactory()->newFromName( $args[0] ), 'appId' => 'door', 'grants' => $args[1] ] );
	$password = BotPassword::generatePassword( $services->getMainConfig() );
	if ( !$bot->save( 'insert', $services->getPasswordFactory()->newFromPlaintext( $password ) )->isGood() ) throw new Exception( 'not saved' );
	return $password;`

// brokered is a wiki where nobody may edit code, behind a gateway whose own account does. Mara and Olga are in the group that
// is listed, Otto is not; Omar is there only by name, for gadgets.
type brokered struct {
	*guarded
	wiki *mediawikitest.Wiki // nil: the pretend one
}

func broker(t *testing.T, seal bool) *brokered {
	b := &brokered{}
	secret := filepath.Join(t.TempDir(), "broker")
	prepare := func(w *mediawikitest.Wiki) {
		w.AddUser("Sallyport", password("Sallyport"), "gateway")
		for name, groups := range map[string][]string{"Mara": {"interface-admin"}, "Olga": {"interface-admin"}, "Otto": {"sysop"}, "Omar": nil} {
			w.AddUser(name, password(name), groups...)
		}
		var word string
		if err := json.Unmarshal(w.Eval(botPassword, "Sallyport", []string{"basic", "editpage", "createeditmovepage", "editsiteconfig"}), &word); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(secret, []byte(word+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.guarded, b.wiki = guardedWiki(t, seal, codeless, prepare, fmt.Sprintf("open_changes = 60\nbroker = true\nbroker_account = \"Sallyport@door\"\nbroker_password_file = %q\n[write_door.brokers]\ngadget = [\"group:interface-admin\", \"user:Omar\"]\n", secret))
	return b
}

// last is a page's newest revision, as the wiki shows it.
type last struct {
	RevID                        int64
	User, Comment, ParsedComment string
}

func (b *brokered) last(title string) (r last) {
	b.Helper()
	resp, err := local.Get(b.back + b.script + "/api.php?action=query&format=json&formatversion=2&prop=revisions&rvprop=ids|user|comment|parsedcomment&titles=" + url.QueryEscape(title))
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Query struct{ Pages []struct{ Revisions []last } }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || len(answer.Query.Pages) != 1 || len(answer.Query.Pages[0].Revisions) == 0 {
		return r
	}
	return answer.Query.Pages[0].Revisions[0]
}

// propose is an edit by api.php: where it waits, or what it is refused with.
func (c *client) propose(title, text, summary string) (address, body string) {
	c.Helper()
	form := url.Values{"action": {"edit"}, "format": {"json"}, "title": {title}, "text": {text}, "summary": {summary}, "token": {c.token("csrf")}}
	_, body = c.do("POST", c.front+c.script+"/api.php", urlencoded, []byte(form.Encode()))
	_, rest, found := strings.Cut(body, `"address":"`)
	if !found {
		return "", body
	}
	address, _, _ = strings.Cut(rest, `"`)
	return address, body
}

// compose writes a page on the clean origin, and returns where it waits.
func (c *client) compose(title, text, summary string) (address, answer string) {
	c.Helper()
	_, page := c.do("GET", c.confirm+"/compose?title="+url.QueryEscape(title), "", nil, navigation...)
	field := func(name string) string {
		_, rest, _ := strings.Cut(page, `name="`+name+`" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	form := url.Values{"title": {field("title")}, "base": {field("base")}, "until": {field("until")}, "text": {text}, "summary": {summary}, "answer": {c.sign(page)}}
	r, answer := c.do("POST", c.confirm+"/compose", urlencoded, []byte(form.Encode()), navigation...)
	if to := r.Header.Get("Location"); r.StatusCode == http.StatusSeeOther {
		return c.confirm + to, ""
	}
	return "", answer
}

// sign is the answer of the key to what a page of the clean origin asks.
func (c *client) sign(page string) string {
	c.Helper()
	_, options, _ := strings.Cut(page, `data-options="`)
	options, _, _ = strings.Cut(options, `"`)
	var offered struct{ Challenge string }
	if err := json.Unmarshal([]byte(strings.ReplaceAll(options, "&#34;", `"`)), &offered); err != nil {
		c.Fatalf("the page offers %q: %.3000s", options, page)
	}
	a := c.key.Sign(c.confirm, "confirm.localhost", passkeytest.Present|passkeytest.Verified, decode(c.T, offered.Challenge))
	signed, err := json.Marshal(map[string]any{"id": a.KeyID, "rawId": a.KeyID, "type": "public-key", "response": map[string]string{
		"authenticatorData": encode(a.AuthData), "clientDataJSON": encode(a.ClientData), "signature": encode(a.Signature),
	}})
	if err != nil {
		c.Fatal(err)
	}
	return string(signed)
}

// made checks that a page was saved by the gateway's account, for somebody.
func (b *brokered) made(what, title, text, author string) {
	b.Helper()
	got, r := strings.TrimSpace(b.raw(title)), b.last(title)
	if got != text || r.User != "Sallyport" || !strings.Contains(r.ParsedComment, `title="User:`+author) || !attributed.MatchString(r.Comment) {
		b.Errorf("%s: the wiki has %q by %s: %q", what, got, r.User, r.Comment)
	}
}

var attributed = regexp.MustCompile(`\[approved by \[\[User:[^\[\]]+\]\]; change [0-9a-f]{16}\]$`)

// People who hold no rights at all change code: the gateway's account saves what they approved, in their name, and nothing else.
func TestPeopleWithoutRightsChangeCodeThroughTheGatewaysAccount(t *testing.T) {
	for name, seal := range map[string]bool{"the gate alone": false, "a sealed wiki": true} {
		t.Run(name, func(t *testing.T) {
			b := broker(t, seal)
			mara := b.clientOf("Mara", password("Mara"))
			b.edit("Admin", "MediaWiki:Common.js", "old();")
			ways(b, mara)
			strangers(b)
			if seal {
				stolen(b)
			} else { // the same code, seal or not
				forgeries(b, mara)
				meanwhile(b, mara)
			}
			report := b.sally("audit", "verify", "--config", b.file)
			if !strings.Contains(report, "; 0 problems") {
				t.Errorf("the log: %s", report)
			}
			t.Log(report)
		})
	}
}

// ways are the ways a person can edit: each waits, and is made once approved.
func ways(b *brokered, c *client) {
	b.Helper()
	page := "MediaWiki:Common.js"
	unsaved := func(what, address, body string) bool {
		b.Helper()
		if r := b.last(page); r.User == "Sallyport" && strings.Contains(r.Comment, what) || address == "" {
			b.Errorf("%s: it waits at %q; %.500s", what, address, body)
			return false
		}
		return true
	}
	if address, body := c.compose(page, "composed();", "composed"); unsaved("composed", address, body) {
		c.approve(address)
		b.made("composed", page, "composed();", "Mara")
	}
	if address, body := c.propose(page, "api();", "by api"); unsaved("by api", address, body) {
		c.approve(address)
		b.made("by api", page, "api();", "Mara")
	}
	form := vector{name: "form", path: "/index.php?title=" + page + "&action=submit", token: "form", form: url.Values{"wpTextbox1": {"form();"}, "wpSummary": {"by form"}, "wpSave": {"1"}, "wpUnicodeCheck": {"ℳ𝒲♥𝓊𝓃𝒾𝒸ℴ𝒹ℯ"}, "wpUltimateParam": {"1"}, "wpStarttime": {"20260101000000"}, "format": {"text/javascript"}, "model": {"javascript"}}}
	if address := c.vector(form); unsaved("by form", address, "") {
		if _, answer := c.approve(address); !strings.HasPrefix(answer, "303") {
			b.Errorf("by form: %.300s", answer)
		}
		b.made("by form", page, "form();", "Mara")
	}
	if address := c.vector(vector{name: "rest", path: "/rest.php/v1/page/MediaWiki:Rest.js", token: "json", form: url.Values{"text": {"rest();"}}}); unsaved("by rest", address, "") {
		c.approve(address)
		b.made("by rest", "MediaWiki:Rest.js", "rest();", "Mara")
	}
	if address, body := c.propose("User:Otto/common.js", "another();", ""); unsaved("another's", address, body) {
		c.approve(address)
		b.made("another's script", "User:Otto/common.js", "another();", "Mara")
	}
	if address := c.vector(vector{name: "undo", path: "/api.php", token: "csrf", form: url.Values{"action": {"edit"}, "format": {"json"}, "title": {page}, "undo": {"LAST"}}}); unsaved("undo", address, "") {
		c.approve(address)
		b.made("undo", page, "api();", "Mara")
	}
	if address := c.vector(vector{name: "move", path: "/api.php", token: "csrf", form: url.Values{"action": {"move"}, "format": {"json"}, "from": {page}, "to": {"MediaWiki:Moved.js"}}}); address != "" || b.raw("MediaWiki:Moved.js") != "" {
		b.Errorf("a move waits at %s", address)
	}
	b.deployed()
	b.Log("7 ways to edit: each waited, and was made once approved; a move was refused")
}

// deployed publishes with a key of Omar's, who is listed for gadgets by name.
func (b *brokered) deployed() {
	b.Helper()
	dir := b.TempDir()
	private, public := sshKey(b.T, dir)
	file := filepath.Join(dir, "tool.js")
	if err := os.WriteFile(file, []byte("deployed();\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Setenv("SALLYPORT_PASSWORD", password("Omar"))
	deploy := func(title string) (int, string) {
		var out, errs syncBuffer
		code := cli.Run(b.Context(), []string{"deploy", "--wiki", strings.Replace(b.front, "wiki.localhost", "127.0.0.1", 1), "--user", "Omar", "--key", private, "--title", title, file}, &out, &errs)
		return code, out.String() + errs.String()
	}
	b.sally("key", "add", "--config", b.file, "Omar", public)
	if code, said := deploy("MediaWiki:Gadget-tool.js"); code != 0 || !strings.Contains(said, "revision") {
		b.Errorf("deploy: %d %s", code, said)
	}
	b.made("deployed", "MediaWiki:Gadget-tool.js", "deployed();", "Omar")
	if code, said := deploy("MediaWiki:Common.css"); code == 0 || !strings.Contains(said, "sallyport-refused") || b.raw("MediaWiki:Common.css") != "" {
		b.Errorf("deploy what he is not listed for: %d %s", code, said)
	}
}

// strangers may not: who is not listed, and everybody past the gateway.
func strangers(b *brokered) {
	b.Helper()
	otto := b.clientOf("Otto", password("Otto"))
	if address, body := otto.propose("MediaWiki:Common.js", "otto();", ""); address != "" || !strings.Contains(body, "sallyport-refused") || !strings.Contains(body, "none of those") {
		b.Errorf("somebody who is not listed: %q %s", address, body)
	}
	if address, answer := otto.compose("MediaWiki:Common.js", "otto();", ""); address != "" || !strings.Contains(answer, "none of those") {
		b.Errorf("somebody who is not listed composes: %q %.2000s", address, answer)
	}
	direct := 0
	for _, name := range []string{"Mara", "Otto", "Admin"} {
		word := password(name)
		if name == "Admin" {
			word = mediawikitest.AdminPassword
		}
		c := b.clientOf(name, word)
		for _, title := range []string{"MediaWiki:Common.js", "MediaWiki:Gadget-tool.js", "User:Olga/common.js", "MediaWiki:Gadgets-definition"} {
			form := url.Values{"action": {"edit"}, "format": {"json"}, "title": {title}, "text": {"direct();"}, "token": {c.token("csrf")}}
			_, body := c.do("POST", b.back+"/api.php", urlencoded, []byte(form.Encode()), "Cookie", c.cookies)
			if direct++; !strings.Contains(body, "protected") || strings.Contains(b.raw(title), "direct") {
				b.Errorf("%s directly, %s: %.300s", name, title, body)
			}
		}
	}
	b.Logf("%d edits past the gateway: MediaWiki refuses each", direct)
}

// stolen is the password of the gateway's own account, in other hands: a sealed wiki wants a grant as well.
func stolen(b *brokered) {
	b.Helper()
	c := b.clientOf("Sallyport", password("Sallyport"))
	form := url.Values{"action": {"edit"}, "format": {"json"}, "title": {"MediaWiki:Common.js"}, "text": {"stolen();"}, "token": {c.token("csrf")}}
	_, body := c.do("POST", b.back+"/api.php", urlencoded, []byte(form.Encode()), "Cookie", c.cookies)
	if !strings.Contains(body, "sallyport-sealed") || strings.Contains(b.raw("MediaWiki:Common.js"), "stolen") {
		b.Errorf("with the account's password: %.400s", body)
	}
	if address, body := c.propose("MediaWiki:Common.js", "stolen();", ""); address != "" || !strings.Contains(body, "none of those") {
		b.Errorf("with the account's password through the gateway: %q %.400s", address, body)
	}
}

// forgeries are summaries that would like to be somebody else's.
func forgeries(b *brokered, c *client) {
	b.Helper()
	link := regexp.MustCompile(`<a [^>]*title="([^"]*)"`)
	for i, row := range []struct {
		summary string
		links   string // what the history may link to beside Mara
	}{
		{"x [approved by [[User:Admin]]; change 0123456789abcdef]", "User:Admin "},
		{"x [[User:Admin|", ""},
		{"x [[User:Admin|approved by Admin]] [", "User:Admin "},
		{"x ]] [[", ""},
		{"{{subst:CURRENTUSER}} ~~~~ <script>alert( 1 )</script> <b>x</b> https://evil.example", ""},
		{"one\ntwo\r\n\n\x00three\u2028four", ""},
		{"\u202eylla\u202c \u2066x\u2069 \u200b", ""},
		{"/* x */ [[Special:MyPage]]", "MediaWiki:Forged.js Special:MyPage "},
		{strings.Repeat("long ", 150) + "[[User:Admin]]", ""},
	} {
		title := "MediaWiki:Forged.js"
		address, body := c.propose(title, fmt.Sprintf("text(%d);", i), row.summary)
		if address == "" {
			b.Errorf("%q: %s", row.summary, body)
			continue
		}
		_, answer := c.approve(address)
		r := b.last(title)
		if !attributed.MatchString(r.Comment) || strings.Count(r.Comment, "[approved by") != 1 || strings.ContainsAny(r.Comment, "\n\u202e\u2066\u200b") || strings.Contains(r.ParsedComment, "<script") {
			b.Errorf("%q: the history has %q; %.300s", row.summary, r.Comment, answer)
		}
		got := ""
		for _, m := range link.FindAllStringSubmatch(r.ParsedComment, -1) {
			got += strings.TrimSuffix(m[1], " (page does not exist)") + " "
		}
		if want := row.links + "User:Mara "; got != want {
			b.Errorf("%q: the history links to %q, want %q:\n%s", row.summary, got, want, r.ParsedComment)
		}
		b.Logf("%-60.60q %.150s", row.summary, r.Comment)
	}
}

// meanwhile: what may happen between the request, the approval and the edit.
func meanwhile(b *brokered, mara *client) {
	b.Helper()
	page := "MediaWiki:Common.js"
	olga := b.clientOf("Olga", password("Olga"))
	resume := func(c *client, address string) string {
		id := strings.TrimPrefix(address, b.confirm+"/a/")
		r, body := c.do("GET", b.front+"/sallyport/resume/"+id, "", nil, "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate")
		return r.Status + " " + body
	}
	approveOnly := func(c *client, address string) string { // and do not follow to where it is made
		_, page := c.do("GET", address, "", nil, navigation...)
		_, until, _ := strings.Cut(page, `name="until" value="`)
		until, _, _ = strings.Cut(until, `"`)
		r, body := c.do("POST", address+"/approve", urlencoded, []byte(url.Values{"until": {until}, "answer": {c.sign(page)}}.Encode()), navigation...)
		return r.Status + " " + body
	}
	before := b.raw(page)
	address, _ := mara.propose(page, "mara();", "")
	if got := approveOnly(olga, address); strings.HasPrefix(got, "303") {
		b.Errorf("another's key: %.300s", got)
	}
	if got := approveOnly(mara, address); !strings.HasPrefix(got, "303") {
		b.Errorf("her own key: %.300s", got)
	}
	if got := resume(olga, address); !strings.HasPrefix(got, "403") || b.raw(page) != before {
		b.Errorf("another's change: %.300s", got)
	}
	b.wiki.Eval(`MediaWiki\MediaWikiServices::getInstance()->getUserGroupManager()->removeUserFromGroup(
		MediaWiki\MediaWikiServices::getInstance()->getUserFactory()->newFromName( $args[0] ), 'interface-admin' );`, "Mara")
	if got := resume(mara, address); !strings.HasPrefix(got, "409") || !strings.Contains(got, "none of those") || b.raw(page) != before {
		b.Errorf("no longer in the group: %.300s", got)
	}
	b.wiki.AddUser("Mara", password("Mara"), "interface-admin")
	block := func(code string) {
		b.wiki.Eval(`$services = MediaWiki\MediaWikiServices::getInstance(); $by = $services->getUserFactory()->newFromName( 'Admin' ); `+code, "Mara")
	}
	block(`$services->getBlockUserFactory()->newBlockUser( $args[0], $by, 'infinity' )->placeBlockUnsafe();`)
	if got := resume(mara, address); !strings.HasPrefix(got, "409") || !strings.Contains(got, "blocked") || b.raw(page) != before {
		b.Errorf("blocked: %.300s", got)
	}
	block(`$services->getUnblockUserFactory()->newUnblockUser( $args[0], $by, 'x' )->unblockUnsafe();`)
	if got := resume(mara, address); !strings.HasPrefix(got, "303") {
		b.Errorf("in the group again: %.300s", got)
	}
	b.made("at last", page, "mara();", "Mara")
	rev := b.last(page).RevID
	if got := resume(mara, address); !strings.HasPrefix(got, "303") || b.last(page).RevID != rev {
		b.Errorf("once more: %.300s", got)
	}
	address, _ = mara.propose(page, "stale();", "")
	b.edit("Admin", page, "newer();")
	if _, got := mara.approve(address); !strings.HasPrefix(got, "409") || strings.TrimSpace(b.raw(page)) != "newer();" {
		b.Errorf("changed meanwhile: %.300s", got)
	}
}

// On the pretend wiki the account has a password of its own, and the list names a person.
func TestThePretendWikiHasABrokerToo(t *testing.T) {
	b := &brokered{}
	secret := filepath.Join(t.TempDir(), "broker")
	if err := os.WriteFile(secret, []byte(password("Sallyport")), 0o600); err != nil {
		t.Fatal(err)
	}
	b.guarded = guard(t, func(t *testing.T, front string) *site {
		s := pretendWiki(t, front)
		s.addUser("Sallyport", password("Sallyport"), "interface-admin")
		s.addUser("Mara", password("Mara"))
		return s
	}, fmt.Sprintf("broker = true\nbroker_account = \"Sallyport\"\nbroker_password_file = %q\n[write_door.brokers]\nsite-code = [\"user:Mara\"]\n", secret))
	mara := b.clientOf("Mara", password("Mara"))
	address, body := mara.propose("MediaWiki:Common.js", "mara();", "because")
	if address == "" {
		t.Fatalf("it does not wait: %s", body)
	}
	mara.approve(address)
	if r := b.last("MediaWiki:Common.js"); r.User != "Sallyport" || !strings.HasPrefix(r.Comment, "because [approved by [[User:Mara]]; change ") || !strings.Contains(b.raw("MediaWiki:Common.js"), "mara") {
		t.Errorf("the wiki has %q: %+v", b.raw("MediaWiki:Common.js"), r)
	}
	if address, body := b.client().propose("MediaWiki:Common.js", "admin();", ""); address != "" || !strings.Contains(body, "sallyport-refused") {
		t.Errorf("Admin, who is not listed: %q %s", address, body)
	}
}

// A wrong account is said at the start, before anybody relies on it.
func TestABrokerThatCannotSaveIsSaidAtTheStart(t *testing.T) {
	w := mediawikitest.Start(t, mediawikitest.Options{Settings: codeless})
	w.AddUser("Sallyport", password("Sallyport"))
	dir := t.TempDir()
	start := func(account, secret, settings string) string {
		t.Helper()
		file, word := filepath.Join(dir, "s.toml"), filepath.Join(dir, "word")
		text := fmt.Sprintf("listen = \"127.0.0.1:0\"\nconfirm_listen = \"127.0.0.1:0\"\nstore = %q\nbus = \"embedded:\"\n[wiki]\nurl = %q\n[write_door]\nconfirm_origin = \"http://confirm.localhost\"\nwiki_origin = \"http://wiki.localhost\"\nbroker = true\nbroker_account = %q\nbroker_password_file = %q\n%s",
			"sqlite:"+filepath.Join(dir, "s.db"), w.URL, account, word, settings)
		for name, text := range map[string]string{file: text, word: secret} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out, errs syncBuffer
		if code := cli.Run(t.Context(), []string{"serve", "--config", file}, &out, &errs); code == 0 {
			t.Errorf("%s: it starts", account)
		}
		if secret != "" && strings.Contains(errs.String()+out.String(), secret) {
			t.Errorf("%s: the password is said", account)
		}
		return errs.String()
	}
	for _, row := range []struct{ account, secret, settings, want string }{
		{"Sallyport", password("Sallyport"), "", "the account Sallyport lacks editinterface, editsitecss, editsitejs, editsitejson, editusercss, edituserjs, edituserjson"},
		{"Sallyport", "guess", "", `log in as "Sallyport"`},
		{"Sallyport", "", "", "one line"},
		{"", "x", "", "broker_account"},
		{"Sallyport", "x", "[write_door.tiers]\nsite-code = \"log\"\n", "must be approved"},
		{"Sallyport", "x", "[write_door.brokers]\nrights = [\"user:X\"]\n", `has "rights"`},
	} {
		if got := start(row.account, row.secret, row.settings); !strings.Contains(got, row.want) {
			t.Errorf("%s, %q: it says %s", row.account, row.settings, got)
		}
	}
}
