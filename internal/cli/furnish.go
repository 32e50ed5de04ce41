package cli

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sallyport/internal/fakewiki"
)

// samples are the pages the pretend wiki begins with: sample/User/Mara/clock.js is User:Mara/clock.js.
//
//go:embed sample
var samples embed.FS

type person struct {
	Name     string `json:"name"`
	Password string `json:"password"`
	groups   []string
	about    string
}

// people of the pretend wiki. Their passwords are no secret.
var people = []person{
	{"Mara", "mara-opens", nil, "an editor who writes gadgets"},
	{"Ada", "ada-opens", nil, "an editor"},
	{"Ira", "ira-opens", []string{"sysop", "interface-admin"}, "an interface admin"},
	{"Stew", "stew-opens", []string{"steward"}, "a steward"},
}

// furnish gives the pretend wiki its people and pages.
func furnish(w *fakewiki.Wiki) error {
	for _, p := range people {
		w.AddUser(p.Name, p.Password, p.groups...)
	}
	return fs.WalkDir(samples, "sample", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(samples, name)
		if err != nil {
			return err
		}
		title, author := place(strings.TrimPrefix(name, "sample/"))
		if _, err := w.Save(title, string(text), author, "A sample"); err != nil {
			return fmt.Errorf("save %s: %w", title, err)
		}
		return nil
	})
}

// place says which page a sample file is, and who wrote it.
func place(file string) (title, author string) {
	ns, rest, ok := strings.Cut(file, "/")
	switch {
	case !ok:
		return strings.TrimSuffix(file, path.Ext(file)), "Mara"
	case ns == "User":
		author, _, _ = strings.Cut(rest, "/")
		return "User:" + rest, author
	default:
		return ns + ":" + rest, "Ira"
	}
}
