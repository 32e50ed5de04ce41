package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sallyport/internal/gate"
)

// firstID is from where on numbers of pages and people are taken for a script that asks for certain ones.
const firstID = 4801

// divided meets who waits for a number that divides, or for one page by its number: every seventh visit, article ids by 89.
func (d *demand) divided(c gate.Constants) {
	for _, k := range c.List {
		switch by := k.Divisor(); {
		case k.Asks == gate.Pages && strings.HasSuffix(k.Key, "ArticleId"):
			n, err := strconv.Atoi(k.Value)
			if by > 0 {
				n = k.Least(firstID)
			}
			if err == nil && n > 0 && (by > 0 || k.Op == "===" || k.Op == "==" || k.Op == "is" || k.Op == "has") {
				d.config["wgArticleId"], d.config["wgRelevantArticleId"] = n, n
			}
		case by == 0:
		case k.Asks == gate.Users:
			d.ids = append(d.ids, strconv.Itoa(k.Least(firstID)))
		case k.Asks == gate.EditCounts:
			d.edits = append(d.edits, k.Least(1000)-1)
		case k.Asks == gate.Storage || k.Asks == gate.Visits: // counted before it is looked at, or afterwards
			d.storage[k.Key] = strconv.Itoa(k.Least(by) - 1)
			d.visits = max(d.visits, 2)
		case k.Asks == gate.Config && k.Key != "":
			d.config[k.Key] = k.Least(by)
		}
	}
}

// named reads who a script is about and who is to read it. A name that a whole pattern fits comes before the parts of patterns.
func (d *demand) named(c gate.Constants) {
	lengths := []int{}
	for _, k := range c.List {
		if n, err := strconv.Atoi(k.Value); err == nil && k.Asks == gate.Users && k.Divisor() == 0 && k.Op != "read" {
			d.ids = append(d.ids, k.Value)
			lengths = append(lengths, n)
		}
	}
	for _, k := range c.List {
		if k.Asks == gate.Users && k.Op == gate.Fits {
			for _, n := range append(slices.Clone(lengths[:min(len(lengths), maxDemands)]), 0) {
				if name := sample(k.Value, n); strings.ContainsFunc(name, unicode.IsLetter) { // an address is nobody's name
					d.name(k.Key, name)
				}
			}
		}
	}
	for _, k := range c.List {
		if _, err := strconv.Atoi(k.Value); err != nil && k.Asks == gate.Users && k.Op != "read" && k.Op != gate.Fits && k.Divisor() == 0 {
			d.name(k.Key, k.Value)
		}
	}
	d.users, d.others = few(d.users), few(d.others)
}

// name takes a name for somebody who reads the page, or whom the page is about.
func (d *demand) name(key, name string) {
	if !plausibleName(name) {
		return
	}
	name = strings.ReplaceAll(capitalise(strings.TrimSpace(name)), "_", " ")
	list := &d.users
	if key == "wgRelevantUserName" {
		list = &d.others
	}
	if !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}
