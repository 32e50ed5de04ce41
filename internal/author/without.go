package author

import (
	"errors"
	"slices"

	"sallyport/internal/js"
)

// ErrUnread is returned for a script that cannot be taken apart.
var ErrUnread = errors.New("only plain JavaScript that this version knows can be taken apart")

// Without is a script without the statements that do nothing but load one page of the wiki; same says which titles mean that page.
// In the place of each stands a comment that says what became of it. How many there were is said; a script that loads the page in
// another way still does.
func Without(text []byte, same func(title string) bool, became string) (rest string, gone int, err error) {
	s := js.Parse(text, js.Options{})
	if s.Root == 0 || s.Lowered {
		return "", 0, ErrUnread
	}
	c := &conversion{script: s, uses: map[string]bool{}, only: same, became: became}
	s.Walk(s.Root, c.enter)
	return c.text(), len(c.gone), nil
}

// Uses lists the modules of MediaWiki that a script uses by name, in order; none of one that cannot be taken apart.
func Uses(text []byte) []string {
	s := js.Parse(text, js.Options{})
	if s.Root == 0 || s.Lowered {
		return nil
	}
	c := &conversion{script: s, uses: map[string]bool{}}
	s.Walk(s.Root, c.enter)
	c.implied()
	var all []string
	for module := range c.uses {
		all = append(all, module)
	}
	slices.Sort(all)
	return all
}

// Name makes the name of a page into one that a gadget can have; empty when nothing is left of it.
func Name(text string) string {
	var out []byte
	for i := 0; i < len(text) && len(out) < maxName; i++ {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		switch {
		case letter, len(out) > 0 && '0' <= c && c <= '9':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != '-':
			out = append(out, '-')
		}
	}
	for len(out) > 0 && out[len(out)-1] == '-' {
		out = out[:len(out)-1]
	}
	return string(out)
}
