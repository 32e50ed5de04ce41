package web

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/approved"
	"sallyport/internal/store"
)

// A script of the wiki's has the reviewer's session, and gets neither a decision nor a trial out of it.
func TestBrowserScriptsCannotDecideOrTest(t *testing.T) {
	d, reviews := withReviews(t)
	s := newStreet(t, reviews)
	s.SetCookie(s.Server.URL, "village_session", "review")
	at := reviewAt("MediaWiki:Common.js", newCommon)
	send := `fetch( '` + at + `', { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'title=MediaWiki:Common.js&hours=1&do=try&token=' + token } )`
	form := `var form = document.createElement( 'form' ); form.method = 'post'; form.action = '` + at + `'; form.target = '_blank';
		for ( const [ k, v ] of Object.entries( { title: 'MediaWiki:Common.js', hours: '1', do: 'try', token: 'x' } ) ) {
			const i = document.createElement( 'input' ); i.name = k; i.value = v; form.append( i ); }
		document.body.append( form );`
	popup := func(then string) string {
		return `lure.onclick = () => { var w = window.open( '` + at + `' ); setTimeout( () => { var t; try { ` + then + ` } catch ( e ) { t = e; } home( 'result ' + t ); }, 1500 ); };`
	}
	for name, script := range map[string]string{
		"a token that is fetched": `fetch( '` + at + `' ).then( ( r ) => r.text() ).then( ( text ) => { var token = ( text.match( /name="token" value="([^"]+)"/ ) || [ '', 'none' ] )[ 1 ]; return ` + send + `.then( ( r ) => home( 'result ' + token + ' ' + r.status ) ); } );`,
		"a form in a click":       form + `lure.onclick = () => { form.submit(); home( 'result' ); };`,
		"a click in a popup":      popup(`w.document.querySelector( 'button[value=try]' ).click();`),
		"an approval in a popup":  popup(`w.document.querySelector( 'button[value=approve]' ).click();`),
	} {
		t.Run(name, func(t *testing.T) {
			got := s.attack(t, script)
			if name == "a token that is fetched" && got != "result none 403" {
				t.Error(got)
			}
			if name == "a form in a click" {
				s.answered(t)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, status := range s.posts {
				if status != http.StatusForbidden {
					t.Errorf("answered %d", status)
				}
			}
			t.Logf("%.60q, posts answered %v", got, s.posts)
		})
	}
	all, err := d.Trials(t.Context())
	r, notRead := d.Review(t.Context(), d.title(t, "MediaWiki:Common.js"), store.DigestOf(newCommon))
	if err != nil || notRead != nil || len(all) != 0 || r.State != store.ReviewWaiting {
		t.Errorf("trials %+v, the text is %s: %v %v", all, r.State, err, notRead)
	}
}

func TestBrowserPagesAboutReviewsFitTheirWindow(t *testing.T) {
	d, reviews := withReviews(t)
	s := newStreet(t, reviews)
	s.SetCookie(s.Server.URL, "village_session", "review")
	long := "var a = '" + strings.Repeat("long", 300) + "';"
	d.save(t, "MediaWiki:Gadget-long.js", "Mallory", long)
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("SCREENSHOTS")
	for _, c := range [][2]string{
		{"list", "/sallyport/review?"}, {"text", reviewAt("MediaWiki:Common.js", newCommon) + "&"}, {"long", reviewAt("MediaWiki:Gadget-long.js", long) + "&"},
		{"strange", reviewAt("MediaWiki:Gadget-"+strange+".js", "alert( '"+hostile+"' );") + "&"}, {"trial", "/sallyport/trial?"},
	} {
		if c[0] == "trial" {
			if err := d.Try(t.Context(), d.title(t, "MediaWiki:Common.js"), store.DigestOf(newCommon), reviewer(), approved.LongestTrial); err != nil {
				t.Fatal(err)
			}
		}
		for _, lang := range []string{"en", "he"} {
			for _, look := range []struct {
				width   int64
				colours string
			}{{320, "dark"}, {1100, "light"}} {
				s.colours(t, look.colours)
				s.Viewport(look.width, 800)
				if code := s.Goto(s.Server.URL + c[1] + "uselang=" + lang); code != http.StatusOK {
					t.Fatalf("%s: %d", c[0], code)
				}
				wrong, _ := s.Faults()
				for _, w := range wrong {
					t.Errorf("%s in %s, %d wide, %s: %s", c[0], lang, look.width, look.colours, w)
				}
				if dir != "" {
					s.Screenshot(filepath.Join(dir, fmt.Sprintf("review-%s-%s-%d-%s.png", c[0], lang, look.width, look.colours)))
				}
			}
		}
	}
}
