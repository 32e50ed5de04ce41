package trace_test

import (
	"strings"
	"testing"

	. "sallyport/internal/trace"
)

// What is done on a click may be what somebody wanted; a loader of another site's code, rights that nobody ticked and a password in a mail
// are not.
func TestSomeThingsAreHostileEvenOnAClick(t *testing.T) {
	const loader = `mw.loader.load( "https://code.lamps.example/l.js" );`
	for _, c := range []struct {
		name string
		e    Event
		says string // "" for nothing hostile
	}{
		{"a loader in site code", Event{Kind: PageWrite, Data: Data{Action: "move", Title: "MediaWiki:Gadget-lamps.js", Class: "gadget", Text: loader}}, "plants code of code.lamps.example"},
		{"site code", Event{Kind: PageWrite, Data: Data{Action: "edit", Title: "MediaWiki:Common.js", Class: "site-js", Text: "var lamp = 1;"}}, ""},
		{"a loader in a page that was made code", Event{Kind: PageWrite, Data: Data{Action: "edit", Title: "User:Mara/kept.json", Class: "own-js", Text: loader}}, "which was made code for it"},
		{"an installer", Event{Kind: PageWrite, Data: Data{Action: "edit", Title: "User:Mara/common.js", Class: "own-js", Text: "importScript( 'User:Ida/l.js' );"}}, ""},
		{"rights", Event{Kind: Conceal, Data: Data{Name: AlteredForm, Action: "userrights", Text: "user-reason wpGroup-sysop\n"}}, "changes which rights you give as you give them: sysop"},
		{"a summary", Event{Kind: Conceal, Data: Data{Name: AlteredForm, Action: "edit", Class: "page", Title: "Harbour", Text: "wpMinoredit wpSummary\n"}}, ""},
		{"a tidied page of code", Event{Kind: Conceal, Data: Data{Name: AlteredForm, Action: "edit", Class: "own-js", Title: "User:Mara/common.js", Text: "wpTextbox1\n\tvar lamp = 1;"}}, ""},
		{"a loader slipped in", Event{Kind: Conceal, Data: Data{Name: AlteredForm, Action: "edit", Class: "own-js", Title: "User:Mara/common.js", Text: "wpTextbox1\n" + loader}}, "as you save it"},
		{"a password in a mail", Event{Kind: APIWrite, Data: Data{Action: "emailuser", Title: "User:Ida"}, Canary: []string{CanaryPassword}}, "mails your password to User:Ida"},
		{"a mail", Event{Kind: APIWrite, Data: Data{Action: "emailuser", Title: "User:Ida"}, Canary: []string{CanaryEmail}}, ""},
	} {
		r := judge(run(1, "sysop", in(c.e, Explored)), run(2, "editor"))
		said := strings.Join(r.Reasons, "; ")
		if hostile := r.Verdict == Hostile; hostile != (c.says != "") || !strings.Contains(said, c.says) {
			t.Errorf("%s: %s, %s", c.name, r.Verdict, said)
		}
	}
}
