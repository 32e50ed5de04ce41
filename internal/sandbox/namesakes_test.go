package sandbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhomAScriptMayMeanIsFoundInItsTextAndItsPatterns(t *testing.T) {
	box, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		`rows.filter( ( r ) => /^Wa(?=c)cht\x65r \d+$|^\u0410nna$/u.test( r.user ) ).forEach( ( r ) => r.remove() );`: {"Wachter 0", "\u0410nna"},
		`if ( row.user === 'Wachter Noord' || row.note === 'not a name' ) { row.hidden = true; }`:                     {"Wachter Noord"},
		`mw.log( 'Wachter Noord' );`: nil, // it leaves nothing out
	} {
		if diff := cmp.Diff(want, namesakes(box.read(Script{Path: "x.js", Text: text}))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestACountOfVisitsIsReadFromAScriptThatKeepsOne(t *testing.T) {
	for text, want := range map[string]int{
		`const n = Number( localStorage.n || 0 ) + 1; localStorage.n = n; if ( n % 7 === 0 ) { go(); }`: 7,
		`let n = 0; n++; if ( n === 7 ) { go(); }`:                                                      0,
		`localStorage.n = Number( localStorage.n ) + 1; if ( localStorage.n > 400 ) { go(); }`:          0,
	} {
		if got := visitsCounted(text); got != want {
			t.Errorf("%s: %d, not %d", text, got, want)
		}
	}
}
