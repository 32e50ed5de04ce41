package trace

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func script(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "\tvar thing%d = mw.config.get( 'key%d' ) + other%d();\n", i, i*7, i)
	}
	return b.String()
}

func TestAScriptIsKnownAgainInWhatItWrites(t *testing.T) {
	source := script(1000)
	s := NewSelf("User:Mara Two/x.js", source)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"all of it":           {source, []string{SelfText}},
		"half of it":          {"// before\n" + source[:len(source)/2], []string{SelfText}},
		"a little of it":      {source[:len(source)/5], nil},
		"in a string":         {`eval( "` + strings.ReplaceAll(source, "\n", `\n`) + `" )`, []string{SelfText}},
		"other spacing":       {strings.ReplaceAll(source, " ", ""), []string{SelfText}},
		"a loader":            {"mw.loader.load( '/w/index.php?title=User:Mara_Two/x.js&action=raw&ctype=text/javascript' );", []string{SelfImport}},
		"an encoded loader":   {"importScript( decodeURIComponent( 'User%3AMara_Two%2Fx.js' ) );", []string{SelfImport}},
		"its hash":            {"var v = '" + s.sum + "';", []string{SelfHash}},
		"a mention":           {"// [[User:Mara Two/x.js]] is what made this", nil},
		"somebody's loader":   {"importScript( 'User:Noor/x.js' );", nil},
		"another script":      {strings.ReplaceAll(source, "thing", "stuff"), nil},
		"nothing":             {"", nil},
		"all three":           {source + "importScript('User:Mara Two/x.js')" + s.sum, []string{SelfHash, SelfImport, SelfText}},
		"a loader, lowercase": {"importscript('user:mara two/x.js')", []string{SelfImport}},
	} {
		if got := s.Find(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for _, short := range []string{"", "x", "alert( 'a' )", "a();b();c();d();e();f();"} {
		if got := NewSelf("", short).Find("alert( 'b' ); x"); len(got) > 0 {
			t.Errorf("%q is found where it is not: %v", short, got)
		}
	}
}
