package decoy

import (
	"regexp"
	"strings"
	"testing"

	"sallyport/internal/trace"
)

var formToken = regexp.MustCompile(`name="wpEditToken" value="([^"]*)"`)

func TestFormsOfAccountsHaveATokenAndWhatIsSentIsTold(t *testing.T) {
	for _, c := range []struct{ page, holds, post, action, name string }{
		{"Special:ChangeEmail", `name="wpNewEmail"`, "wpNewEmail=m%40m.test", "changeemail", ""},
		{"Special:ChangePassword", `type="password"`, "password=x&retype=x", "changeauthenticationdata", ""},
		{"Special:BotPasswords/lamp", `value="grant-editinterface"`, "op=create", "botpasswords", ""},
		{"Special:OAuth/authorize", `id="mw-mwoauth-accept"`, "accept=1", "oauth", ""},
		{"Special:AccountSecurity", `name="module"`, "action=disable", "oathauth", ""},
	} {
		w := newWorld(t, nil)
		resp, page := w.ask("GET", "https://wiki.test/wiki/"+c.page, "empty", "")
		m := formToken.FindStringSubmatch(page)
		if resp.StatusCode != 200 || m == nil || m[1] != w.v.Secrets.Token+`+\` || !strings.Contains(page, c.holds) {
			t.Errorf("%s: %d, token %q", c.page, resp.StatusCode, m)
			continue
		}
		w.ask("POST", "https://wiki.test/wiki/"+c.page, "empty", c.post)
		if got := w.of(trace.APIWrite); len(got) != 1 || got[0].Data.Action != c.action {
			t.Errorf("%s: told of %+v", c.page, got)
		}
	}
}

func TestFormsOfRightsAreForThoseWhoMayUseThem(t *testing.T) {
	const page = "https://wiki.test/wiki/Special:UserRights/Mallory"
	editor := newWorld(t, nil)
	if _, text := editor.ask("GET", page, "empty", ""); formToken.MatchString(text) {
		t.Error("an editor gets the form for rights")
	}
	people := People("Abcdef", editor.v.Now)
	admin := newWorld(t, func(v *Visit) { v.Persona = people[3] })
	_, text := admin.ask("GET", page, "empty", "")
	if !formToken.MatchString(text) || !strings.Contains(text, `id="wpGroup-sysop"`) || !strings.Contains(text, `value="Mallory"`) {
		t.Errorf("a bureaucrat gets %.200s", text)
	}
	admin.ask("POST", "https://wiki.test/w/index.php?title=Special%3AUserRights%2FMallory", "empty", "user=Mallory&wpGroup-sysop=1")
	if got := admin.of(trace.RightsWrite); len(got) != 1 || got[0].Data.Title != "User:Mallory" {
		t.Errorf("told of %+v", got)
	}
}

func TestNobodyHasNoAccountToChange(t *testing.T) {
	w := newWorld(t, func(v *Visit) { v.Persona = Persona{Key: Anonymous} })
	if _, page := w.ask("GET", "https://wiki.test/wiki/Special:ChangeEmail", "empty", ""); formToken.MatchString(page) {
		t.Error("there is a form for nobody's address")
	}
}

// The wiki keeps users' code off such pages: a window that shows one has nothing for a script.
func TestAWindowOfAnAccountsPageHasNoForm(t *testing.T) {
	w := newWorld(t, nil)
	w.Expect("https://wiki.test/wiki/Special:ChangeEmail")
	if _, page := w.ask("GET", "https://wiki.test/wiki/Special:ChangeEmail", "document", ""); formToken.MatchString(page) {
		t.Error("a script on the page could change the address")
	}
}
