package rule

import "embed"

//go:embed testdata/*.txtar
var fixtures embed.FS

// Fixture is the rule's example, in txtar form: what it is about in words, bad and good scripts, and under "want" what it
// says of them. A test holds it to that.
func (r *Rule) Fixture() ([]byte, error) { return fixtures.ReadFile("testdata/" + r.Name + ".txtar") }
