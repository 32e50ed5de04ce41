package gate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	. "sallyport/internal/gate"
)

func TestConstantsAreFoundAsTheFixturesSay(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures: ", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Comment) < 20 || len(a.Files) < 1 {
				t.Fatal("a fixture says in words what it is about, and has a script and what is wanted")
			}
			got := told(Read(a.Files[0].Data, Options{Name: a.Files[0].Name}).Constants())
			if os.Getenv("UPDATE") == "1" {
				a.Files = []txtar.File{a.Files[0], {Name: "want", Data: []byte(got)}}
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[len(a.Files)-1].Data), got); diff != "" {
				t.Errorf("UPDATE=1 accepts this (-want +got):\n%s", diff)
			}
		})
	}
}

// told spells constants one a line, and the clocks behind them.
func told(c Constants) string {
	var b strings.Builder
	for _, k := range c.List {
		fmt.Fprintf(&b, "%d: %s", k.Line, k.Asks)
		for _, word := range []string{k.Key, k.Op, k.Value} {
			if word != "" {
				fmt.Fprintf(&b, " %s", word)
			}
		}
		b.WriteByte('\n')
	}
	for _, at := range c.Clocks(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)) {
		fmt.Fprintf(&b, "clock %s\n", at.Format(time.RFC3339))
	}
	return b.String()
}

func TestAHarmlessScriptComparesNothing(t *testing.T) {
	for _, src := range []string{
		"", "alert( 1 + 1 );", "for ( var i = 0; i < 10; i++ ) {}", "if ( a === 'b' ) c();", "body { color: red }", "{{{{", "\xff",
		"new Date( x ).getTime() > y", "throw new Error( 'Date' === typeof Date );",
	} {
		if c := Read([]byte(src), Options{}).Constants(); len(c.List) > 0 {
			t.Errorf("%q compares %v", src, c.List)
		}
	}
}

func FuzzConstants(f *testing.F) {
	f.Add("if ( mw.config.get( 'wgUserName' ) === 'A' ) x();")
	f.Add("/^(a|b[cd]?)(?=x)/.test( location.href ); new Date( 2027, 1 ) < Date.now(); t[ mw.config.get( 'skin' ) ]")
	f.Add("const { wgTitle, skin: s } = mw.config.get(); [ 'a' ].includes( s ); for ( const g of mw.user.getGroups() ) g == 1;")
	f.Fuzz(func(t *testing.T, src string) {
		s := Read([]byte(src), Options{})
		c := s.Constants()
		c.Clocks(time.Unix(1e9, 0))
		for _, k := range c.List {
			if k.Line < 1 || k.Asks == Other {
				t.Errorf("%+v", k)
			}
		}
		check(t, src, s)
	})
}
