package bundle

import (
	"regexp"
	"testing"
)

func TestVersionsAreHashedAsMediaWikiDoes(t *testing.T) {
	// Computed with PHP's fnv132 and by the loader of MediaWiki 1.43.
	for in, want := range map[string]string{"": "ztntf", "a": "1efc7", "foobar": "duu7a", "site1": "b0vih", "jq001base1": "z6zdv", "x44700": "0gghe"} {
		if got := FNV(in); got != want {
			t.Errorf("FNV(%q) = %q, want %q", in, got, want)
		}
	}
	if got := CombinedVersion([]string{"foo", "bar"}); got != "duu7a" {
		t.Errorf("CombinedVersion = %q, want the hash of the versions one after the other", got)
	}
}

func TestAVersionChangesWithEverythingThatIsSent(t *testing.T) {
	base := Input{Module: "m", Files: []File{page("User:M/a.js", "f( 1 );"), page("User:M/a.css", "a { left: 1px }")}, Messages: map[string]string{"k": "v"}}
	change := func(f func(*Input)) string {
		in := base
		in.Files = append([]File{}, base.Files...)
		f(&in)
		return Build(in).Version
	}
	versions := map[string]string{change(func(*Input) {}): "itself"}
	if again := Build(base).Version; versions[again] == "" {
		t.Error("the same gadget has two versions")
	}
	for name, f := range map[string]func(*Input){
		"name": func(in *Input) { in.Module = "n" }, "script": func(in *Input) { in.Files[0].Text = "f( 2 );" }, "style": func(in *Input) { in.Files[1].Text = "" },
		"message": func(in *Input) { in.Messages = nil }, "direction": func(in *Input) { in.RTL = true }, "debug": func(in *Input) { in.Debug = 2 }, "package": func(in *Input) { in.Package = true },
		"top-level name": func(in *Input) { in.Files[0].Text = "var x = 1; f( x )" }, "another top-level name": func(in *Input) { in.Files[0].Text = "var y = 1; f( y )" },
	} {
		v := change(f)
		if other := versions[v]; other != "" {
			t.Errorf("%s and %s have the same version", name, other)
		}
		versions[v] = name
	}
	if v := Build(base).Version; !regexp.MustCompile(`^[0-9a-z]{25}$`).MatchString(v) {
		t.Errorf("version %q, want 25 digits and lower-case letters", v)
	}
}

func TestSpacesAndCommentsDoNotChangeAVersion(t *testing.T) {
	a := Build(Input{Module: "m", Package: true, Files: []File{page("User:M/a.js", "f(1)")}})
	b := Build(Input{Module: "m", Package: true, Files: []File{page("User:M/a.js", "/* note */ f( 1 );\n")}})
	if a.Version != b.Version {
		t.Errorf("versions %s and %s for the same bytes", a.Version, b.Version)
	}
}
