package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"sallyport/internal/decoy"
)

// A page of a gadget is seldom alone: its wiki loads the gadget's pages one after the other into one function, and package files
// when they are required. Run alone, a page stops at the first name that another one would have defined, and shows nothing.
//
// What belongs to a script is found among the scripts at hand: what the gadget's definition names, where there is one, those that define
// what it takes for granted, and those that it requires by name.

// Bounds of what is run together with a script.
const (
	maxCompanions = 40
	maxTogether   = 4 << 20 // bytes
)

// maxRemembered bounds what a sandbox remembers of scripts, and of pages without any, before it begins anew.
const maxRemembered = 1000

// companions are the scripts at hand that go with one, in the order in which they are loaded.
type companions struct {
	box   *Sandbox
	s     Script
	files []atHand
	out   []decoy.Companion
	// requires are the numbers of package files by what the script calls them.
	requires map[string]int
	modules  []string        // that its definition names
	had      map[string]bool // by text
	sum      string          // tells one company from another; "" for none
	size     int
}

// atHand is a script of the library with what it defines.
type atHand struct {
	decoy.File
	names names
}

func (box *Sandbox) companionsOf(s Script) *companions {
	c := &companions{box: box, s: s, had: map[string]bool{s.Text: true}}
	for _, f := range box.o.Library.Files() {
		if !c.had[f.Text] && c.near(f.Name) {
			c.had[f.Text] = true
			c.files = append(c.files, atHand{f, box.namesOf(f.Text)})
		}
	}
	c.had = map[string]bool{s.Text: true}
	c.requires = (&packageFiles{c, map[string]int{}}).require(s.Path, s.Text)
	c.defined()
	c.before(namesOf(s.Text), 0)
	if len(c.out) > 0 {
		sum := sha256.Sum256([]byte(c.text()))
		c.sum = hex.EncodeToString(sum[:])
	}
	return c
}

// near says whether a script may belong to the same gadget: no other build of it, and nobody else's page.
func (c *companions) near(name string) bool {
	if strings.EqualFold(path.Base(name), path.Base(c.s.Path)) || strings.Contains(name, "://") {
		return false
	}
	space, rest, titled := strings.Cut(name, ":")
	if !titled {
		return true
	}
	owner, _, _ := strings.Cut(rest, "/")
	mine, _, _ := strings.Cut(c.s.Title, "/")
	return strings.EqualFold(space, "MediaWiki") && strings.HasPrefix(c.s.Title, "MediaWiki:") || strings.EqualFold(space+":"+owner, mine)
}

// before adds the definers of what a script takes, each behind the definers of what it takes itself.
func (c *companions) before(n names, depth int) {
	for _, name := range sorted(n.takes) {
		f := c.definer(name)
		if f == nil || depth > 0 && !needed(name) || c.had[f.Text] || len(c.out) >= maxCompanions || c.size+len(f.Text) > maxTogether {
			continue
		}
		c.had[f.Text] = true
		c.size += len(f.Text)
		c.before(f.names, depth+1)
		c.out = append(c.out, decoy.Companion{Title: c.titleOf(f.Name), Text: wrap(f.Text)})
	}
}

// needed says whether a companion wants a name before it can define anything; parts of others' objects may come later, or never.
func needed(name string) bool {
	return !strings.Contains(name, ".") || strings.HasPrefix(name, "mw.") || strings.HasPrefix(name, "$.")
}

// definer is the script at hand that defines a name: of several, one that does so in any case, then the nearest by its path, and then
// the shortest.
func (c *companions) definer(name string) *atHand {
	var best *atHand
	better := func(a, b *atHand) bool {
		if a.names.gives[name] != b.names.gives[name] {
			return a.names.gives[name]
		}
		return cmp.Or(c.distance(a.Name)-c.distance(b.Name), len(a.Text)-len(b.Text)) < 0
	}
	for i := range c.files {
		f := &c.files[i]
		if (f.names.gives[name] || f.names.shares[name]) && (best == nil || better(f, best)) {
			best = f
		}
	}
	return best
}

// distance is how many folders of a script's name do not lead to the script under test.
func (c *companions) distance(name string) int {
	mine := strings.Split(path.Dir(c.s.Path), "/")
	n := 0
	for _, folder := range strings.Split(path.Dir(strings.ReplaceAll(name, ":", "/")), "/") {
		if folder != "." && !slices.Contains(mine, folder) {
			n++
		}
	}
	return n
}

// titleOf is the page of a companion: its own title, or one beside the script's.
func (c *companions) titleOf(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	base := path.Base(name)
	if space, rest, ok := strings.Cut(c.s.Title, ":Gadget-"); ok && !strings.Contains(rest, "/") {
		return space + ":Gadget-" + strings.TrimPrefix(base, "Gadget-")
	}
	return path.Dir(c.s.Title) + "/" + base
}

// text is all that is run together with the script.
func (c *companions) text() string {
	var b strings.Builder
	for i := range c.out {
		b.WriteString(c.out[i].Text + "\n")
	}
	return b.String()
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// namesOf reads a script of the library once.
func (box *Sandbox) namesOf(text string) names {
	box.mu.Lock()
	defer box.mu.Unlock()
	n, ok := box.names[text]
	if !ok {
		if len(box.names) >= maxRemembered {
			clear(box.names)
		}
		n = namesOf(text)
		box.names[text] = n
	}
	return n
}
