package decoy

import "time"

// Persona is somebody whom the sandbox pretends to be.
type Persona struct {
	Key          string // how reports call them: "editor", "sysop", …
	Name         string // user name; "" for somebody who is not logged in
	Groups       []string
	GlobalGroups []string
	Temp         bool
	Edits        int
	Registered   time.Time
	Known        bool // the name is not made up by us, so that it is no secret
}

// Keys of the usual personas.
const (
	Anonymous      = "anonymous"
	Temporary      = "temporary"
	Editor         = "editor"
	Sysop          = "sysop"
	InterfaceAdmin = "interface-admin"
	Steward        = "steward"
	Bot            = "bot"
	Author         = "author"
)

// People are the usual personas. The word is random and makes their names unlike any other.
func People(word string, now time.Time) []Persona {
	long := now.AddDate(-7, 0, 0)
	return []Persona{
		{Key: Anonymous},
		{Key: Editor, Name: "Ilse " + word, Edits: 1840, Registered: now.AddDate(-3, 0, 0)},
		{Key: Sysop, Name: "Bram " + word, Groups: []string{"sysop"}, Edits: 21530, Registered: long},
		{Key: InterfaceAdmin, Name: "Cora " + word, Groups: []string{"sysop", "interface-admin", "bureaucrat"}, Edits: 32870, Registered: long},
		{Key: Temporary, Name: "~2026-31877-" + digits(word), Temp: true, Edits: 2, Registered: now.AddDate(0, 0, -1)},
		{Key: Steward, Name: "Dirk " + word, Groups: []string{"sysop", "interface-admin", "steward"}, GlobalGroups: []string{"steward", "global-interface-editor"}, Edits: 64010, Registered: long},
		{Key: Bot, Name: "Wiggle " + word + " bot", Groups: []string{"bot"}, Edits: 120400, Registered: long},
	}
}

// digits turns a word into five digits.
func digits(word string) string {
	n := 0
	for _, r := range word {
		n = (n*31 + int(r)) % 90000
	}
	out := []byte("00000")
	for i, n := 4, n+10000; i >= 0; i, n = i-1, n/10 {
		out[i] = byte('0' + n%10)
	}
	return string(out)
}
