package trace

import "slices"

// Names of canaries: values that occur nowhere but where the sandbox put them.
const (
	CanaryToken    = "token"    // edit tokens
	CanaryCookie   = "cookie"   // the session cookie
	CanaryEmail    = "email"    // the account's e-mail address
	CanaryName     = "name"     // the user name
	CanaryDraft    = "draft"    // text in an edit form
	CanaryStorage  = "storage"  // a value in local storage
	CanaryFeed     = "feed"     // the key with which anybody may read the watch list, one of the preferences
	CanaryFew      = "few"      // what the wiki shows to few people only
	CanaryPassword = "password" // what stands in a password field
	CanaryKeys     = "keys"     // what the explorer types
	CanaryScript   = "script"   // a comment in the script as it is served
)

// Canary is one value to look for.
type Canary struct{ Name, Value string }

// shortestCanary is the length below which a value could turn up by chance.
const shortestCanary = 6

// Canaries looks for values in what leaves, however they are spelled.
//
// It knows a value as it is, in percent, JSON and HTML escapes, base64 at each of its three alignments and in both alphabets, hex,
// reversed, UTF-16, rot13, as a list of character codes, and with dots between as in a host name; and all those within
// each other and within gzip, zlib and deflate, three layers deep. Letters count the same in both cases, for host names
// have none. It does not know ciphers, nor values that are sent a letter at a time. Several goroutines may search at once.
type Canaries struct {
	names []string
	match matcher
}

// NewCanaries prepares the search. Values shorter than six bytes are left out: they turn up by chance.
func NewCanaries(list []Canary) *Canaries {
	c := &Canaries{}
	for _, v := range list {
		if len(v.Value) < shortestCanary {
			continue
		}
		for _, f := range forms(v.Value) {
			c.match.add(f, len(c.names))
		}
		c.names = append(c.names, v.Name)
	}
	return c
}

// Find names the canaries that the texts hold, each once, in alphabetical order. What a text is in plain is read to its end; of
// what can be decoded the first and last megabyte of each text are, and eight megabytes of one call.
func (c *Canaries) Find(texts ...string) []string {
	var found []string
	hit := func(i int) {
		if !slices.Contains(found, c.names[i]) {
			found = append(found, c.names[i])
		}
	}
	left := searchMost
	for _, text := range texts {
		ends := []string{text}
		if len(text) > 2*endMost {
			c.match.find(text, hit)
			ends = []string{text[:endMost], text[len(text)-endMost:]}
		}
		for _, end := range ends {
			unfold(end, &left, func(layer string) { c.match.find(layer, hit) })
		}
	}
	slices.Sort(found)
	return found
}
