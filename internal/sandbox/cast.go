package sandbox

import (
	"strings"

	"sallyport/internal/decoy"
)

// cast are the people and pages of the wiki that a script sees: the usual ones, its author, and those it asks for by name.
func (s *Sandbox) cast(u *subject) ([]decoy.Persona, map[string]string) {
	people := append([]decoy.Persona{}, s.people...)
	people = append(people, s.author(u))
	for _, p := range append(u.people, u.wanted) {
		if p.Name != "" {
			people = append(people, p)
		}
	}
	pages := map[string]string{}
	for _, p := range u.demand.pages {
		if !strings.HasPrefix(p.Title, "Special:") && !strings.Contains(p.Title, "$me") {
			pages[p.Title] = "Lamps and harbours.\n"
		}
	}
	return people, pages
}

// author is who keeps the script.
func (s *Sandbox) author(u *subject) decoy.Persona {
	name := u.Author
	if name == "" {
		name = "Skript Keeper"
	}
	return decoy.Persona{Key: decoy.Author, Name: name, Edits: 3021, Registered: s.o.Now.AddDate(-5, 0, 0), Known: true}
}
