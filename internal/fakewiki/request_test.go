package fakewiki

import "testing"

func TestFormsAreReadAsPHPReadsThem(t *testing.T) {
	for query, want := range map[string]string{
		"title=A&title=B":         "B",
		"title=A&title%00x=B":     "B",
		"title%00x=B&title=A":     "A",
		"title=A&title[]=B":       "A",
		"+title=A":                "A",
		"title=a%2":               "a%2",
		"title=%zz%41+b":          "%zzA b",
		"title=a;b":               "a;b",
		"title":                   "",
		"x=title&&=&title=C=D":    "C=D",
		"ti.tle=A&ti%20tle=B":     "",
		"title=%E2%99%A5&title.x": "♥",
	} {
		if got := parseForm(query).Get("title"); got != want {
			t.Errorf("%q: title is %q, want %q", query, got, want)
		}
	}
	if got := parseForm("a.b=1&c d=2"); got.Get("a_b") != "1" || got.Get("c_d") != "2" {
		t.Errorf("names: %v", got)
	}
}
