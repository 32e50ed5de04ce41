package web

import (
	"net/http"
	"net/url"

	"sallyport/internal/libs"
)

// shownLibraries bounds the page; a search narrows it down.
const shownLibraries = 200

// libsPage is what the wiki's mirror of libraries holds.
type libsPage struct {
	Rows  []shelf
	Total int
	CSV   string
	JSON  string
}

// shelf is a library with the line that uses it.
type shelf struct {
	libs.Library
	Use    libs.Use
	Usable bool
	Others []libs.Use // further files, the first few
	More   int        // files that are not shown
}

// maxOthers is how many files of a library are listed.
const maxOthers = 40

func (p *pages) shelves(v *visit) []shelf {
	var list []shelf
	for _, l := range p.Mirror.Search(v.URL.Query().Get("search")) {
		s := shelf{Library: l}
		best, ok := l.Best()
		if ok {
			s.Use, s.Usable = l.Use(p.Origin, p.Base+"/libs/", best), true
		}
		for _, f := range l.Files {
			if f.Path != best.Path && len(s.Others) < maxOthers {
				s.Others = append(s.Others, l.Use(p.Origin, p.Base+"/libs/", f))
			}
		}
		s.More = max(0, len(l.Files)-len(s.Others)-1)
		list = append(list, s)
	}
	return list
}

func (p *pages) libraries(v *visit) error {
	list := p.shelves(v)
	q := url.Values{}
	if words := v.URL.Query().Get("search"); words != "" {
		q.Set("search", words)
	}
	address := func(path string) string {
		return (&url.URL{Path: p.Base + path, RawQuery: q.Encode()}).String()
	}
	return p.show(v, "libs", http.StatusOK, libsPage{
		Rows: list[:min(len(list), shownLibraries)], Total: len(list), CSV: address("/libs.csv"), JSON: address("/libs/"),
	})
}

func (p *pages) librariesCSV(v *visit) error {
	table := [][]string{{"name", "version", "license", "description", "address", "integrity"}}
	for _, s := range p.shelves(v) {
		table = append(table, []string{s.Name, s.Version, s.License, s.Description, s.Use.Address, s.Use.Integrity})
	}
	return v.csv(table)
}
