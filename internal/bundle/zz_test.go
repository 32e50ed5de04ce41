package bundle
import ("testing";"os";"path/filepath";"strings")
func TestZ(t *testing.T) {
	var texts, names []string
	filepath.Walk("/usr/share/mediawiki", func(p string, i os.FileInfo, err error) error {
		if err == nil && strings.HasSuffix(p, ".css") && !strings.Contains(p, ".rtl.") && !strings.Contains(p,"-rtl") { b, _ := os.ReadFile(p); texts = append(texts, strings.ToValidUTF8(string(b),"?")); names=append(names,p) }
		return nil
	})
	d, lines := 0, 0
	for i, want := range janus(t, texts) {
		a, b, c := strings.Split(flipped(texts[i]), "\n"), strings.Split(want, "\n"), strings.Split(texts[i], "\n")
		lines += len(a)
		for n := range a { if n < len(b) && a[n] != b[n] && d < 400 { d++; t.Logf("%s\n   %.150s\n ours %.150s\n them %.150s", names[i], strings.TrimSpace(c[n]), strings.TrimSpace(a[n]), strings.TrimSpace(b[n])) } }
		m := Build(Input{Module:"m",RTL:true,Files:[]File{{Name:"a.css",Title:names[i],Text:texts[i]}}})
		if len(m.Problems)>0 { t.Log(m.Problems) }
	}
	t.Log(len(texts), lines, d)
}
