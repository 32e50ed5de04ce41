package mediawiki_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/wiki"
)

// botPassword makes one on the wiki and returns it.
func botPassword(t *testing.T, w *mediawikitest.Wiki, user, label string, grants ...string) string {
	t.Helper()
	var password string
	code := `
		[ $name, $label, $grants ] = $args;
		$services = MediaWiki\MediaWikiServices::getInstance();
		$bot = BotPassword::newUnsaved( [ 'user' => $services->getUserFactory()->newFromName( $name ), 'appId' => $label, 'grants' => $grants ] );
		$password = BotPassword::generatePassword( $services->getMainConfig() );
		$status = $bot->save( 'insert', $services->getPasswordFactory()->newFromPlaintext( $password ) );
		if ( !$status->isGood() ) throw new Exception( 'not saved' );
		return $password;`
	if err := json.Unmarshal(w.Eval(code, user, label, grants), &password); err != nil {
		t.Fatal(err)
	}
	return password
}

// An account enters with a bot password, in both spellings, or with its own; what its password does not grant it cannot do;
// a session that the wiki has ended is begun again, and the edit is made once.
func TestTheGatewaysOwnAccountEntersAndEntersAgain(t *testing.T) {
	w := mediawikitest.Shared(t)
	w.AddUser("Sallyport", "sallyport's password", "interface-admin")
	word := botPassword(t, w, "Sallyport", "full", "basic", "editpage", "createeditmovepage", "editsiteconfig")
	few := botPassword(t, w, "Sallyport", "few", "basic")
	c := mediawiki.New(w.URL, "", nil, mediawiki.Options{})
	site, err := c.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open := func(name, secret string) *mediawiki.Account {
		t.Helper()
		a, err := c.Account(site, name, secret)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	page := "MediaWiki:Account.js"
	edit := func(a *mediawiki.Account, text string) error {
		body, err := a.Write(t.Context(), map[string]string{"action": "edit", "title": page, "text": text}, "X-Test", "1")
		if err == nil && !strings.Contains(string(body), `"result":"Success"`) {
			t.Errorf("the wiki answers %s", body)
		}
		return err
	}
	count := func() int {
		answer, err := c.Raw(t.Context(), map[string]string{"action": "query", "prop": "revisions", "titles": page, "rvlimit": "50", "rvprop": "user"}, "")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(answer), `"user":"Sallyport"`)
	}
	revisions := 0
	for _, enter := range [][2]string{{"Sallyport@full", word}, {"sallyport@full", word}, {"Sallyport", "full@" + word + "\n"}, {"Sallyport", "sallyport's password"}} {
		a := open(enter[0], enter[1])
		me, err := a.Rights(t.Context())
		if err != nil || me.Name != "Sallyport" || !me.Has("editsitejs") {
			t.Fatalf("%s: %+v %v", enter[0], me, err)
		}
		for range 2 { // the second one in a session that the wiki no longer knows
			if err := edit(a, strings.Repeat("x", revisions+1)); err != nil {
				t.Errorf("%s: %v", enter[0], err)
			}
			if revisions++; count() != revisions {
				t.Errorf("%s: %d revisions after %d edits", enter[0], count(), revisions)
			}
			if _, err := a.Write(t.Context(), map[string]string{"action": "logout"}, "", ""); err != nil {
				t.Errorf("log out: %v", err)
			}
		}
	}
	a := open("Sallyport@few", few)
	if me, err := a.Rights(t.Context()); err != nil || me.Has("editsitejs") {
		t.Errorf("with few grants: %v %v", me.Rights, err)
	}
	var refused *mediawiki.Error
	if err := edit(a, "no"); !errors.As(err, &refused) {
		t.Errorf("with few grants: %v", err)
	}
	for _, wrong := range [][2]string{{"Sallyport@full", few}, {"Nobody@full", word}, {"Sallyport", "guess@guess"}} {
		err := edit(open(wrong[0], wrong[1]), "no")
		if err == nil || strings.Contains(err.Error(), wrong[1]) || !strings.Contains(err.Error(), "log in as") {
			t.Errorf("%s: %v", wrong[0], err)
		}
	}
	for _, wrong := range [][2]string{{"", "x"}, {"A/b", "x"}, {"A", ""}, {"A", "x\ny"}} {
		if _, err := c.Account(site, wrong[0], wrong[1]); err == nil {
			t.Errorf("%q with %q is taken for an account", wrong[0], wrong[1])
		}
	}
	if count() != revisions {
		t.Errorf("%d revisions", count())
	}
}

// An access token goes along with every question, to this wiki alone; nobody logs in. What the wiki cannot say for certain is
// not sent twice.
func TestAnAccessTokenIsSentInPlaceOfALogin(t *testing.T) {
	const token = "eyJ0eXAi.eyJhdWQi.c2lnbmVk"
	writes, fails := 0, 0
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		if got := r.Header.Get("Authorization"); got != "Bearer "+token || r.FormValue("assertuser") != "Sallyport" || r.FormValue("action") == "login" {
			t.Errorf("asked with %q: %v", got, r.Form)
		}
		switch {
		case r.FormValue("meta") == "tokens":
			_, _ = io.WriteString(rw, `{"query":{"tokens":{"csrftoken":"t+\\"}}}`)
		case fails > 0:
			fails--
			rw.WriteHeader(http.StatusBadGateway)
		default:
			writes++
			_, _ = io.WriteString(rw, `{"edit":{"result":"Success"}}`)
		}
	}))
	defer s.Close()
	site := &wiki.Site{Namespaces: map[int]wiki.Namespace{2: {ID: 2, Name: "User", Canonical: "User"}}}
	a, err := mediawiki.New(s.URL, "", nil, mediawiki.Options{}).Account(site, "Sallyport", token+"\n")
	if err != nil {
		t.Fatal(err)
	}
	fails = 1
	if _, err := a.Write(t.Context(), map[string]string{"action": "edit"}, "", ""); !errors.Is(err, mediawiki.ErrUnavailable) || writes != 0 || strings.Contains(err.Error(), token) {
		t.Errorf("a wiki that fails: %v after %d writes", err, writes)
	}
	if _, err := a.Write(t.Context(), map[string]string{"action": "edit"}, "", ""); err != nil || writes != 1 {
		t.Errorf("%v after %d writes", err, writes)
	}
}

func TestAStandingNamesGroupsAndBlocks(t *testing.T) {
	w := mediawikitest.Shared(t)
	id := w.AddUser("Stander", "stander's password", "interface-admin")
	c := mediawiki.New(w.URL, "", nil, mediawiki.Options{})
	look := func() mediawiki.Standing {
		t.Helper()
		all, err := c.Standings(t.Context(), []string{"Nobody at all", "Stander"})
		if err != nil || len(all) != 2 || all[0].ID != 0 {
			t.Fatalf("%+v %v", all, err)
		}
		return all[1]
	}
	if s := look(); s.ID != id || s.Blocked || len(s.Groups) == 0 {
		t.Errorf("%+v", s)
	}
	w.Eval(`
		$services = MediaWiki\MediaWikiServices::getInstance();
		$by = $services->getUserFactory()->newFromName( 'Admin' );
		$status = $services->getBlockUserFactory()->newBlockUser( $args[0], $by, 'infinity' )->placeBlockUnsafe();
		if ( !$status->isOK() ) throw new Exception( 'not blocked' );`, "Stander")
	if s := look(); !s.Blocked {
		t.Errorf("blocked: %+v", s)
	}
	a, err := c.Author(t.Context(), "Stander")
	if err != nil || a.ID != id || !a.Blocked || !a.Has("editsitejs") || a.Since.IsZero() {
		t.Errorf("the author: %+v %v", a, err)
	}
	if nobody, err := c.Author(t.Context(), "Nobody at all"); err != nil || nobody.ID != 0 || nobody.Blocked {
		t.Errorf("nobody: %+v %v", nobody, err)
	}
}
