package capability

import (
	"strings"
)

// word is one row of the vocabulary, in the order of how much is at stake.
type word struct {
	name Name
	// says is the sentence when the target is not known; about is the sentence with * in the target's place. Without
	// about, a target follows in brackets.
	says, about string
	acts        bool // in the reader's name: whether the reader is asked matters
}

var vocabulary = [...]word{
	{WriteSiteCode, "can change code that runs for everybody", "", true},
	{WriteOtherCode, "can change other people's scripts", "", true},
	{Rights, "can change who has which rights", "", true},
	{Account, "can change your e-mail, password, preferences, gadgets or connected applications", "can change your account (*)", true},
	{CredentialRead, "can read a password you type", "", false},
	{TokenRead, "can read the secret that lets it act as you elsewhere", "", false},
	{CookieRead, "can read the cookies that let it act as you elsewhere", "", false},
	{Keys, "can see what you type anywhere on a page", "", false},
	{WriteOwnCode, "can change your own scripts", "", true},
	{Delete, "can delete pages as you", "", true},
	{Block, "can block people as you", "", true},
	{Protect, "can protect pages as you", "", true},
	{ImportPages, "can import pages as you", "", true},
	{Move, "can move pages as you", "", true},
	{Upload, "can upload files as you", "", true},
	{WritePage, "can edit pages as you", "", true},
	{Opaque, "could not be read", "", false},
	{Persist, "stays after you switch it off", "", false},
	{Dormant, "waits for a date, a person or a right", "waits for *", false},
	{Eval, "runs text as code", "", false},
	{Import, "runs more code from elsewhere", "runs more code from *", false},
	{Network, "contacts another site", "contacts *", false},
	{Navigate, "can send you elsewhere", "can send you to *", false},
	{HideUI, "hides parts of the page", "", false},
	{DOMHTML, "puts text into the page as HTML", "", false},
	{Storage, "keeps data in your browser", "", false},
}

// Names is the whole vocabulary, with what is most at stake first.
func Names() []Name {
	var names []Name
	for _, w := range vocabulary {
		names = append(names, w.name)
	}
	return names
}

// Sentence is what a reader sees, with "this script" before it: "can edit pages as you (User:*), on load, without asking".
// Targets come from scripts: whoever shows the sentence escapes it.
func (c Capability) Sentence() string {
	w := wordFor(c.Name)
	s := w.says
	switch {
	case c.Target == "":
	case w.about != "":
		s = strings.Replace(w.about, "*", c.Target, 1)
	default:
		s += " (" + c.Target + ")"
	}
	if c.How != "" {
		s += " (" + c.How + ")"
	}
	if c.Trigger == "" {
		return s
	}
	s += ", " + string(c.Trigger)
	if c.Unasked() {
		s += ", without asking"
	}
	return s
}

// Unasked says whether it happens in the reader's name without the reader doing anything.
func (c Capability) Unasked() bool {
	return wordFor(c.Name).acts && (c.Trigger == OnLoad || c.Trigger == OnTimer)
}

func wordFor(n Name) word {
	if i := rank(n); i < len(vocabulary) {
		return vocabulary[i]
	}
	return word{name: n, says: "can do what this version has no word for: " + string(n)}
}

// rank is the place in the vocabulary; a name that is not in it comes last.
func rank(n Name) int {
	for i, w := range vocabulary {
		if w.name == n {
			return i
		}
	}
	return len(vocabulary)
}
