package gateway

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"sallyport/internal/npmtest"
)

// Whatever a script begins with, it means the same behind a statement of ours, fails on the same line, and the statement has run by then.
func TestAScriptMeansTheSameBehindAStatementOfOurs(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		npmtest.Missing(t, "there is no node to run it in")
	}
	const body = "out( this === undefined ? 0 : ( function () { return this ? 'sloppy' : 'strict'; }() ) );\nthrow new Error( 'x' );"
	var scripts, behind []string
	for _, begin := range []string{
		"", "\n", "'use strict';", `"use strict"` + "\n", "/* a\n b */ 'use strict' // c\n", "'other'; 'use strict';", "'other'\n'use strict'\n", "'use\\x20strict';",
		"'use strict'.length;", "'use strict'\n.length;", "'use strict' + 1;", "'use strict'\n+ 1;", "'use strict', 1;", "'use strict' /* a\n */\n", "( 'use strict' );", "var a = 1; 'use strict';",
		"'use strict'\n++this.a;", "'use strict'\ninstance = 1;", "'use strict'\nin this;", "'use strict'\nin_ = 1;", "\ufeff'use strict';", "#!/usr/bin/node\n'use strict';", "<!-- old\n", "--> older\n",
		"'it\\'s'; \"use strict\";", "// a\u2028'use strict';", "`use strict`;", "'use strict' ? 1 : 2;", "'a'; /* b */ 'c'\n", ";'use strict';", "'use strict'\n/2;", "'use strict'\n// a\n- 1;",
	} {
		scripts = append(scripts, begin+body)
		behind = append(behind, string(ahead("said( 1 );", []byte(begin+body))))
	}
	probe := `const vm = require( 'vm' ), [ plain, behind ] = JSON.parse( require( 'fs' ).readFileSync( 0, 'utf8' ) );
const run = ( text ) => {
	const lines = [];
	try {
		vm.runInNewContext( text, { out: ( x ) => lines.push( x ), said: () => lines.unshift( 'said' ) }, { filename: 'x.js' } );
	} catch ( e ) {
		lines.push( e.name, ( /x\.js:(\d+)/.exec( e.stack ) || [] )[ 1 ] );
	}
	return lines.join( ' ' );
};
console.log( JSON.stringify( [ plain.map( run ), behind.map( run ) ] ) );`
	command := exec.CommandContext(t.Context(), node, "-e", probe)
	sent, err := json.Marshal([][]string{scripts, behind})
	if err != nil {
		t.Fatal(err)
	}
	command.Stdin = strings.NewReader(string(sent))
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	if err := json.Unmarshal(out, &got); err != nil || len(got) != 2 {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for i := range scripts {
		want, is := got[0][i], got[1][i]
		if strings.HasPrefix(scripts[i], "--> ") { // one line more
			want = strings.Replace(want, "Error 3", "Error 4", 1)
		}
		if "said "+want != is {
			t.Errorf("%q says %q, behind a statement %q", scripts[i], want, is)
		}
		kinds[strings.Fields(want)[0]]++
	}
	if kinds["strict"] < 5 || kinds["sloppy"] < 5 {
		t.Errorf("the scripts are %v", kinds)
	}
}
