package bundle

import "fmt"

// iconsFile is the file a package gets for its codexIcons (GadgetResourceLoaderModule).
const iconsFile = "icons.json"

// packaged builds {"main":…,"files":{…}}. The first .js file is the one that runs.
func (b *builder) packaged() *output {
	o := &output{mapped: b.mapped}
	entry := ""
	taken := map[string]bool{}
	if len(b.in.Icons) > 0 {
		taken[iconsFile] = true
	}
	files := &output{mapped: b.mapped}
	for i := range b.in.Files {
		f := &b.in.Files[i]
		content := b.packagedFile(i, taken)
		if content == nil {
			continue
		}
		if entry == "" && f.extension() == ".js" {
			entry = f.Name
		}
		files.write(key(f.Name) + ":")
		files.append(content)
		files.write(",")
	}
	if len(b.in.Icons) > 0 {
		files.write(key(iconsFile) + ":" + b.icons() + ",")
	}
	o.write(`{"main":` + quote(entry) + `,"files":{`)
	o.append(files)
	o.buf = o.buf[:len(o.buf)-1] // the last comma
	o.col--
	o.write("}}")
	return o
}

// packagedFile builds the value of one file; nil for one that does not belong into the package.
func (b *builder) packagedFile(i int, taken map[string]bool) *output {
	f := &b.in.Files[i]
	ext := f.extension()
	if ext == ".css" || ext != ".js" && ext != ".json" && ext != ".vue" {
		return nil
	}
	if taken[f.Name] {
		b.drop(f, 0, 0, fmt.Sprintf("another file of this gadget has the name %q already", f.Name))
		return nil
	}
	taken[f.Name] = true
	switch ext {
	case ".json":
		return &output{buf: []byte(b.data(f)), mapped: b.mapped}
	case ".vue":
		return b.component(i)
	}
	o, _ := b.closure(packageParams, []part{b.script(i, f.Text)})
	return o
}

func (b *builder) data(f *File) string {
	if f.Missing {
		return `{"error":` + quote(f.Reason) + "}"
	}
	literal, err := jsonLiteral(f.Text)
	if err != nil {
		line, column := position(f.Text, err.at)
		b.drop(f, line, column, err.msg)
		return invalidJSON
	}
	return literal
}
