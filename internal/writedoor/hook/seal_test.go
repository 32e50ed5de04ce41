package hook_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/wiki"
	"sallyport/internal/writedoor/hook"
)

func TestWhatIsNotCodeIsNotAskedForAGrant(t *testing.T) {
	s := seal(t, hook.Seal{})
	p, mara := s.login(admin, "admin password 1"), s.login("Mara", "mara's password")
	for _, c := range []struct {
		who        *person
		page, text string
		allowed    bool
	}{
		{p, "Sandbox", "text", true}, {p, "User:Mara/notes", "text", true}, {p, "User talk:Mara", "text", true}, {p, "MediaWiki:Sidebar", "text", true},
		{mara, "User:Mara/common.js", "mine();", true}, {mara, "User:Mara/x.json", "{}", true}, {p, "User:Admin/common.css", "a {}", true},
		{p, "User:Mara/common.js", "theirs();", false}, {p, "MediaWiki:Copyright", "<b>", false}, {p, "MediaWiki:X.vue", "x", false},
	} {
		answer := c.who.api("", "action", "edit", "title", c.page, "text", c.text)
		if got := strings.HasSuffix(s.state(c.page), c.text); got != c.allowed {
			t.Errorf("%s edits %s: %v, want %v: %.500s", c.who.name, c.page, got, c.allowed, answer)
		}
	}
	if answer := p.api("", "action", "edit", "title", "Sandbox", "text", "x", "contentmodel", "javascript"); s.state("Sandbox") != "wikitext: text" {
		t.Errorf("a page outside became a script: %.500s", answer)
	}
	p.api("", "action", "move", "from", "Sandbox", "to", "Sandpit")
	p.api("", "action", "delete", "title", "Sandpit")
	p.api("", "action", "undelete", "title", "Sandpit")
	if s.state("Sandpit") != "wikitext: text" {
		t.Errorf("an ordinary page after move, deletion and restoration: %q", s.state("Sandpit"))
	}
}

func TestPeoplesOwnCodeAndTheInterfaceAreSealedWhenTheOperatorSaysSo(t *testing.T) {
	s := seal(t, hook.Seal{OwnCode: true, Interface: true})
	p, mara := s.login(admin, "admin password 1"), s.login("Mara", "mara's password")
	for page, who := range map[string]*person{"User:Mara/common.js": mara, "MediaWiki:Sidebar": p} {
		who.api("", "action", "edit", "title", page, "text", "mine();")
		if s.state(page) != "" {
			t.Errorf("%s is saved without a grant", page)
		}
		answer := who.api(s.sign(who.name, time.Minute, save(page, "mine();")), "action", "edit", "title", page, "text", "mine();")
		if !strings.HasSuffix(s.state(page), ": mine();") {
			t.Errorf("%s is not saved with a grant: %.500s", page, answer)
		}
	}
}

func TestTheEditFormKeepsTheTextThatIsRefused(t *testing.T) {
	s := seal(t, hook.Seal{})
	p := s.login(admin, "admin password 1")
	answer := p.editForm("", "title=MediaWiki:Common.js", "kept(); // every word")
	if !strings.Contains(answer, "kept(); // every word") || !strings.Contains(answer, "has not been approved") {
		t.Errorf("the form says %.3000s", answer)
	}
}

func TestOneGrantCoversSeveralPagesOfOneRequestAndNoOther(t *testing.T) {
	s := seal(t, hook.Seal{})
	p := s.login(admin, "admin password 1")
	s.w.Edit(admin, "User:Mara/a", "text")
	s.w.Edit(admin, "User:Mara/a/one.js", "one();")
	s.w.Edit(admin, "User:Mara/a/two.js", "two();")
	move := func(name, text string) hook.Change {
		return hook.Change{Op: hook.Move, Title: title("User:Mara/a/" + name), To: title("User:Mara/b/" + name), SHA256: hook.Hash(text)}
	}
	grant := s.sign(admin, time.Minute, move("one.js", "one();"), move("two.js", "two();"))
	answer := p.api(grant, "action", "move", "from", "User:Mara/a", "to", "User:Mara/b", "movesubpages", "1")
	if s.state("User:Mara/b/one.js") != "javascript: one();" || s.state("User:Mara/b/two.js") != "javascript: two();" {
		t.Errorf("after the move: %q, %q: %.1500s", s.state("User:Mara/b/one.js"), s.state("User:Mara/b/two.js"), answer)
	}
}

func TestAGrantSentManyTimesAtOnceCountsOnce(t *testing.T) {
	s := seal(t, hook.Seal{})
	p := s.login(admin, "admin password 1")
	s.w.Edit(admin, "MediaWiki:Race.js", "before();")
	grant := s.sign(admin, time.Minute, save("MediaWiki:Race.js", "after();"))
	token := p.token("csrf")
	var wg sync.WaitGroup
	answers := make([]string, 8)
	for i := range answers {
		wg.Go(func() {
			answers[i] = p.api(grant, "action", "edit", "title", "MediaWiki:Race.js", "text", "after();", "token", token)
		})
	}
	wg.Wait()
	passed := 0
	for _, a := range answers {
		if !strings.Contains(a, `"error"`) {
			passed++
		}
	}
	if passed != 1 {
		t.Errorf("%d of %d passed: %.2000q", passed, len(answers), answers)
	}
}

func TestMaintenanceScriptsWorkAndJobsNeedAGrant(t *testing.T) {
	s := seal(t, hook.Seal{})
	out := s.shell("echo 'cli();' | php maintenance/edit.php --user Admin MediaWiki:Common.js")
	if s.state("MediaWiki:Common.js") != "javascript: cli();" {
		t.Errorf("a maintenance script is refused: %s", out)
	}
	out = s.shell("echo 'MediaWiki\\MediaWikiServices::getInstance()->getJobQueueGroup()->push( new CodeJob( [] ) );' | php maintenance/eval.php; php maintenance/runJobs.php --type codejob")
	if !strings.Contains(out, "codejob") || s.state("MediaWiki:Job.js") != "" {
		t.Errorf("a job leaves %q: %s", s.state("MediaWiki:Job.js"), out)
	}
}

// shell runs commands in MediaWiki's folder. The server's environment names this wiki, as an operator's would.
func (s *sealed) shell(commands string) string {
	s.t.Helper()
	var out string
	text := s.w.Eval(`return shell_exec( 'cd /usr/share/mediawiki && ( ' . $args[0] . ' ) 2>&1' );`, commands)
	if err := json.Unmarshal(text, &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestTheFileIsPHPAndHoldsTheKey(t *testing.T) {
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := hook.Seal{Key: public, OwnCode: true, Definitions: []string{".gadget", ".gadget.json"}}.File()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"OWN_CODE = 'true'", "INTERFACE = 'false'", "[ '.gadget', '.gadget.json' ]"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the file lacks %s", want)
		}
	}
	if bytes.Contains(text, []byte("@KEY@")) {
		t.Error("the key is missing")
	}
	if _, err := exec.LookPath("php"); err == nil {
		lint := exec.Command("php", "-l")
		lint.Stdin = bytes.NewReader(text)
		if out, err := lint.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	for _, bad := range []hook.Seal{{}, {Key: public, Definitions: []string{"'"}}, {Key: public, Definitions: []string{""}}} {
		if _, err := bad.File(); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestAGrantThatIsTooLongForAHeaderIsRefused(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := hook.Grant{Wiki: "w", User: "Mara", Nonce: "n"}
	for i := range 30 {
		g.Changes = append(g.Changes, hook.Change{Op: hook.Save, Title: wiki.Title{NS: 2, Key: fmt.Sprint("Mara/", i)}, SHA256: hook.Hash("x")})
	}
	if header, err := g.Sign(key); err != nil || len(header) > hook.MaxHeader {
		t.Errorf("30 pages: %d bytes, %v", len(header), err)
	}
	g.Changes = append(g.Changes, g.Changes...)
	if _, err := g.Sign(key); !errors.Is(err, hook.ErrTooLong) {
		t.Errorf("60 pages: %v", err)
	}
}
