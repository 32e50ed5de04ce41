package sandbox

import (
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/decoy"
)

// cast are the people and pages of the wiki that a script sees: the usual ones, its author, and those it asks for by name.
func (s *Sandbox) cast(u *subject) ([]decoy.Persona, map[string]string) {
	people := append([]decoy.Persona{}, s.people...)
	people = append(people, s.author(u))
	for _, p := range slices.Concat(u.people, u.others, []decoy.Persona{u.wanted}) {
		if p.Name != "" {
			people = append(people, p)
		}
	}
	pages := map[string]string{}
	for _, title := range titlesIn(u.Text) {
		pages[title] = lampsAndHarbours + commentsIn(u.Text) + attributesIn(u.Text)
	}
	for _, title := range pagesNamed(namesCode, u.Text) {
		pages[title] = decoy.NotWritten
	}
	for _, title := range pagesNamed(namesData, u.Text) {
		pages[title] = settingsFor(u.Text)
	}
	for _, p := range u.demand.pages {
		for _, title := range titlesFor(p.Title, people) {
			if text := filled(title, u.Text); pages[title] == "" && !usual(p.Title) {
				pages[title] = text
			}
		}
	}
	return people, pages
}

// titlesFor are the titles of a page that each of the people has one of, or of the one page.
func titlesFor(title string, people []decoy.Persona) []string {
	switch {
	case strings.HasPrefix(title, "Special:"):
		return nil
	case !strings.Contains(title, "$me"):
		return []string{title}
	case strings.HasSuffix(title, ":$me"): // everybody has those
		return nil
	}
	var out []string
	for _, p := range people {
		if p.Name != "" {
			out = append(out, strings.Replace(title, "$me", p.Name, 1))
		}
	}
	return out
}

// filled is what stands on a page that is there because the script asks for one like it.
func filled(title, script string) string {
	switch {
	case strings.HasSuffix(title, ".json"):
		return settingsFor(script)
	case codeName.MatchString(title):
		return decoy.NotWritten
	}
	return lampsAndHarbours
}

// usual says whether the wiki has a page anyway: with more in it than one that is made up has.
func usual(title string) bool {
	return slices.ContainsFunc(StandardPages(), func(p Page) bool { return p.Title == title })
}

// lampsAndHarbours is a page as good as any other; a script that takes it for code can run it.
const lampsAndHarbours = "\"Lamps and harbours.\"\n"

// namesPage finds titles that stand in a script as they are, in namespaces in which pages are no code.
var namesPage = regexp.MustCompile(`['"\x60=]((?:Talk|User|User[ _]talk|Project|Project[ _]talk|Wikipedia|Wikipedia[ _]talk|Template|Template[ _]talk|Help|Category):[^'"\x60&\n]{1,80})['"\x60&]`)

// titlesIn are the pages that a script names. It may well write there only if they exist.
func titlesIn(text string) []string {
	var out []string
	for _, m := range namesPage.FindAllStringSubmatch(text, 2*maxNamed) {
		title := titleIn(m[1])
		if title == "" || strings.HasSuffix(m[1], ":") || strings.HasSuffix(m[1], "/") || strings.Contains(title, "$") || codeName.MatchString(title) || len(out) == maxNamed {
			continue
		}
		out = append(out, title)
	}
	return out
}

// maxNamed bounds the pages that are made because the script names them.
const maxNamed = 12

var codeName = regexp.MustCompile(`\.(?:js|css|json|vue)$`)

// author is who keeps the script.
func (s *Sandbox) author(u *subject) decoy.Persona {
	name := u.Author
	if name == "" {
		name = "Skript Keeper"
	}
	return decoy.Persona{Key: decoy.Author, Name: name, Edits: 3021, Registered: s.o.Now.AddDate(-5, 0, 0), Known: true}
}
