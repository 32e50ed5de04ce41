package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/store/sqlstore"
)

func TestACommonJSIsPrintedWithItsImportsPinned(t *testing.T) {
	w := newWard(t)
	old := w.save("User:Mara/x.js", "one();", "Mara")
	rev := w.save("User:Mara/x.js", "two();", "Mara")
	other := w.save("User:Mara/it's.js", "it();", "Mara")
	file := filepath.Join(t.TempDir(), "common.js")
	w.write(file, `// importScript( 'User:Mara/x.js' ) in a comment
importScript( 'User:Mara/x.js' ); importScript( "User:Mara/none.js" );
mw.loader.load( "/w/index.php?title=User:Mara/x.js&action=raw&ctype=text/javascript" );
mw.loader.load( '/w/index.php?title=User:Mara/x.js&oldid=`+old+`&action=raw&ctype=text/javascript' );
mw.loader.load( 'https://other.test/w/index.php?title=User:Mara/x.js&action=raw' );
mw.loader.load( 'mediawiki.util' );
sallyport.import( 'User:Mara/it\'s' ).then( function () { importScript( name ); } );
sallyport.import( 'User:Mara/x@`+rev+`' );
`)
	db, err := sqlstore.Open(t.Context(), w.db)
	w.ok(err)
	w.ok(db.Close())
	out := w.run(exitOK, "pin", "--config", w.config, file)
	text, said, _ := strings.Cut(out, "\nline ") // what is said comes after
	want := `// importScript( 'User:Mara/x.js' ) in a comment
mw.loader.load( '/w/index.php?action=raw&ctype=text%2Fjavascript&oldid=` + rev + `&title=User%3AMara%2Fx.js' ); importScript( "User:Mara/none.js" );
mw.loader.load( "/w/index.php?title=User:Mara/x.js&action=raw&ctype=text/javascript&oldid=` + rev + `" );
mw.loader.load( '/w/index.php?title=User:Mara/x.js&oldid=` + old + `&action=raw&ctype=text/javascript' );
mw.loader.load( 'https://other.test/w/index.php?title=User:Mara/x.js&action=raw' );
mw.loader.load( 'mediawiki.util' );
sallyport.import( 'User:Mara/it\'s@` + other + `' ).then( function () { importScript( name ); } );
sallyport.import( 'User:Mara/x@` + rev + `' );`
	if text != want {
		t.Errorf("it prints\n%s\nwant\n%s", text, want)
	}
	said = "line " + said
	for _, part := range []string{
		"line 2: User:Mara/x.js is pinned to revision " + rev, "line 2: there is no page User:Mara/none.js", "line 4: User:Mara/x.js is pinned to " + old + "; the newest revision is " + rev,
		"line 5: https://other.test/w/index.php?title=User:Mara/x.js&action=raw is not of this wiki", "by Mara",
	} {
		if !strings.Contains(said, part) {
			t.Errorf("it does not say %q:\n%s", part, said)
		}
	}
	if strings.Contains(said, "line 8") {
		t.Errorf("what is pinned to the newest revision is spoken of:\n%s", said)
	}
	w.save("User:Noor/common.js", "importScript( 'User:Mara/x.js' );", "Noor")
	if out := w.run(exitOK, "pin", "--config", w.config, "wiki:User:Noor/common.js"); !strings.Contains(out, "oldid="+rev) {
		t.Errorf("of a page: %s", out)
	}
	w.write(file, "importScript( 'User:Mara/x.js'")
	if out := w.run(exitBroke, "pin", "--config", w.config, file); !strings.Contains(out, "cannot be read") {
		t.Errorf("half a script: %s", out)
	}
}
