package pattern

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is a rule file: YAML with a list of rules.
type File struct {
	Name string
	Text []byte
}

// Read takes rule files apart. The error, if any, is [Mistakes]: all of all files. Names of rules that are taken already
// may be given.
func Read(files []File, taken ...string) (*Set, error) {
	words := &vocabulary{ids: map[string]int{}}
	d := &door{
		leaves: &leaves{vocabulary: words, seen: map[leafKey]*leaf{}},
		set:    &Set{metavars: words, names: textNames{}},
		ids:    map[string]string{},
	}
	for _, id := range taken {
		d.ids[id] = "one of Sallyport's own"
	}
	for _, f := range files {
		d.file(f)
	}
	if len(d.mistakes) > 0 {
		return nil, d.mistakes.sorted(files)
	}
	d.set.leaves = d.leaves.all
	d.set.index()
	d.set.wake()
	return d.set, nil
}

// door is the reading of rule files under way.
type door struct {
	*leaves
	set      *Set
	ids      map[string]string // where a rule's name was used
	mistakes Mistakes

	name   string   // of the file
	lines  []string // of the file
	visits int
	full   bool // more than is read
	bound  int  // metavariable-patterns around this point: they bring metavariables along

	// of the rule
	options options
}

// file reads all documents of one file.
func (d *door) file(f File) {
	d.name, d.lines, d.visits = f.Name, strings.Split(string(f.Text), "\n"), 0
	d.full = false
	if len(f.Text) > maxFile {
		d.at(0, 0, "the file is longer than 1 MiB: split it")
		return
	}
	dec := yaml.NewDecoder(bytes.NewReader(f.Text))
	for n := 0; ; n++ {
		var doc yaml.Node
		err := dec.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF) && n > 0:
			return
		case errors.Is(err, io.EOF):
			d.at(1, 1, "the file is empty: a rule file begins with rules:")
			return
		case err != nil:
			d.yamlError(err)
			return
		}
		d.document(&doc)
	}
}

var yamlLine = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// yamlError passes on what the YAML reader says, with its line.
func (d *door) yamlError(err error) {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		d.at(1, 1, "this is not YAML: %v", err)
		return
	}
	line, _ := strconv.Atoi(m[1])
	d.at(max(line, 1), 1, "this is not YAML: %s", m[2])
}

func (d *door) document(doc *yaml.Node) {
	if len(doc.Content) != 1 {
		d.wrong(doc, "the file is empty: a rule file begins with rules:")
		return
	}
	found := false
	for _, f := range d.fields(doc.Content[0], "a rule file") {
		if f.name != "rules" {
			d.refuse(f, "a rule file", "rules")
			continue
		}
		found = true
		for _, n := range d.list(f.value, "rules") {
			if len(d.set.Rules) == maxRules {
				d.wrong(n, "these are more than %d rules", maxRules)
				return
			}
			d.rule(n)
		}
	}
	if !found && len(d.mistakes) == 0 {
		d.wrong(doc.Content[0], "there is no rules: a rule file is a list of rules under that name")
	}
}
