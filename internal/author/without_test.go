package author

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnePageIsTakenOutOfAScriptAndTheRestStays(t *testing.T) {
	const text = `// mine
importScript( 'User:Mara/x.js' ); // hers
mw.loader.load( '/w/index.php?title=User:Mara/x.js&action=raw&ctype=text/javascript' );
importScript( "User:Mara/y.js" );
mw.loader.load( 'mediawiki.util' );
mw.loader.load( '/w/index.php?title=User:Mara/x.js&action=raw&oldid=7' );
if ( a ) importScript( 'User:Mara/x.js' );
b = importScript( 'User:Mara/x.js' );
`
	rest, gone, err := Without([]byte(text), func(title string) bool { return title == "User:Mara/x.js" }, "a gadget now */")
	want := `// mine
/* a gadget now * /: importScript( 'User:Mara/x.js' ); */; // hers
/* a gadget now * /: mw.loader.load( '/w/index.php?title=User:Mara/x.js&action=raw&ctype=text/javascript' ); */;
importScript( "User:Mara/y.js" );
mw.loader.load( 'mediawiki.util' );
mw.loader.load( '/w/index.php?title=User:Mara/x.js&action=raw&oldid=7' );
if ( a ) /* a gadget now * /: importScript( 'User:Mara/x.js' ); */;
b = importScript( 'User:Mara/x.js' );
`
	if err != nil || gone != 3 {
		t.Errorf("%d, %v", gone, err)
	}
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Error(diff)
	}
	if _, _, err := Without([]byte("if ("), func(string) bool { return true }, ""); !errors.Is(err, ErrUnread) {
		t.Errorf("what cannot be read: %v", err)
	}
}

func TestAPagesNameBecomesAGadgets(t *testing.T) {
	for text, want := range map[string]string{"doit": "doit", "My tool 2": "My-tool-2", "9lives": "lives", "עדה": "", "a__b..js": "a-b-js", strings.Repeat("x", 200): strings.Repeat("x", maxName)} {
		if got := Name(text); got != want || got != "" && !good(got) {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestModulesThatAScriptUsesAreNamed(t *testing.T) {
	got := Uses([]byte(`mw.loader.using( [ 'mediawiki.cookie' ] ); new mw.Api(); mw.util.x();`))
	if want := []string{"mediawiki.api", "mediawiki.cookie", "mediawiki.util"}; !cmp.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
