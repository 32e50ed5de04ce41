package scan

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

const export11 = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
  <siteinfo><sitename>Pretend</sitename><namespaces><namespace key="2" case="first-letter">User</namespace></namespaces></siteinfo>
  <page><title>Main Page</title><ns>0</ns><id>1</id><revision><id>1</id><model>wikitext</model><text bytes="9">eval(no);</text></revision></page>
  <page><title>MediaWiki:Common.js</title><ns>8</ns><id>2</id>
    <revision><id>2</id><model>javascript</model><format>text/javascript</format><text bytes="9">eval(old)</text></revision>
    <revision><id>3</id><contributor><username>Mara</username></contributor><model>javascript</model><text bytes="40">if ( a &lt; b &amp;&amp; c ) { alert( "é" ); }</text></revision>
  </page>
  <page><title>User:Mara/my tool</title><ns>2</ns><revision><model>javascript</model><text><![CDATA[eval(]]><!-- x --><![CDATA[x)]]></text></revision></page>
  <page><title>User:Mara/notes.js</title><ns>2</ns><revision><model>wikitext</model><text>eval(prose)</text></revision></page>
  <page><title>Benutzer:Ira/x.css</title><ns>2</ns><revision><text>a{}</text></revision></page>
  <page><title>MediaWiki:Copyright</title><ns>8</ns><revision><model>wikitext</model><text>b</text></revision></page>
  <page><title>User:Mara/stub.js</title><ns>2</ns><revision><model>javascript</model><text bytes="77" id="5" /></revision></page>
  <page><title>User:Mara/hidden.js</title><ns>2</ns><revision><model>javascript</model><text bytes="0" deleted="deleted" /></revision></page>
  <page><title>User:Mara/empty.js</title><ns>2</ns><revision><model>javascript</model><text bytes="0" /></revision></page>
</mediawiki>
`

const exported = `MediaWiki:Common.js script alert@1:21
User:Mara/my tool script eval@1:1
Benutzer:Ira/x.css css
User:Mara/stub.js opaque opaque@0:0 It could not be read: the dump does not hold its text.
User:Mara/hidden.js opaque opaque@0:0 It could not be read: the dump does not hold its text.
User:Mara/empty.js script`

func dumpFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dump")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestADumpGivesItsCodePagesHoweverItIsPacked(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(export11[:500]))
	z.Close()
	z.Reset(&zipped) // dumps are packed in several members
	z.Write([]byte(export11[500:]))
	z.Close()
	packer, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bzipped, err := os.ReadFile("testdata/export.xml.bz2") // the standard library only reads it: bzip2 < export.xml
	if err != nil {
		t.Fatal(err)
	}
	packings := map[string][]byte{
		"plain": []byte(export11), "gzip": zipped.Bytes(), "zstd": packer.EncodeAll([]byte(export11), nil), "bzip2": bzipped,
	}
	for name, content := range packings {
		var said []string
		out, sum := scanned(t, Options{}, Dump(dumpFile(t, content), func(line string) { said = append(said, line) }))
		if diff := cmp.Diff(exported, out.String()); diff != "" || sum.Broken != 2 {
			t.Errorf("%s: %d broken, %s", name, sum.Broken, diff)
		}
		if diff := cmp.Diff([]string{"MediaWiki:Copyright: a message in HTML; not read"}, said); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestADumpThatIsCutOffSaysSoAfterWhatItHas(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(export11))
	z.Close()
	half := export11[:strings.Index(export11, "<page><title>User:Mara/notes.js")+20]
	for name, content := range map[string][]byte{"plain": []byte(half), "gzip": zipped.Bytes()[:zipped.Len()-30]} {
		path := dumpFile(t, content)
		out, sum := scanned(t, Options{}, Dump(path, silent))
		got := strings.ReplaceAll(out.String(), path, "DUMP")
		if !strings.HasPrefix(got, "MediaWiki:Common.js script alert@1:21\n") ||
			!strings.Contains(got, "DUMP opaque opaque@0:0 It could not be read: the dump is cut off: fetch it again (after ") || sum.Broken == 0 {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func TestWhatIsNoDumpIsSaid(t *testing.T) {
	tiny := func(parts ...string) string {
		return "<mediawiki><page><title>MediaWiki:A.js</title><ns>8</ns><revision><text>" + strings.Join(parts, "") + "</text></revision></page></mediawiki>"
	}
	for name, content := range map[string]string{
		"nothing": "", "a script": "eval(x)", "other XML": "<rss></rss>", "nested": strings.Repeat("<mediawiki>", 100),
		"crossed": "<mediawiki><page></mediawiki>", "wrong characters": tiny("\x00"), "a bomb": tiny(strings.Repeat("x", longestText+10_000)),
		"gzip of nothing": "\x1f\x8b\x08\x00", "zstd of nothing": "\x28\xb5\x2f\xfd\x00",
	} {
		if out, sum := scanned(t, Options{}, Dump(dumpFile(t, []byte(content)), silent)); sum.Broken != 1 || sum.Scripts != 1 {
			t.Errorf("%s: %+v %.200s", name, sum, out)
		}
	}
	out, sum := scanned(t, Options{}, Dump(dumpFile(t, []byte(tiny(strings.Repeat("x", maxSize), "<!-- -->", "xx"))), silent))
	if sum.Opaque != 1 || !strings.Contains(out.String(), "longer than 8 MB") {
		t.Errorf("a page in pieces that is too long: %+v %.200s", sum, out)
	}
	if _, sum := scanned(t, Options{}, Dump("no such file", silent)); sum.Broken != 1 {
		t.Errorf("no file: %+v", sum)
	}
}

func FuzzDump(f *testing.F) {
	f.Add([]byte(export11))
	f.Add([]byte(export11[:900]))
	f.Add([]byte("<mediawiki><page></page></mediawiki>"))
	f.Fuzz(func(t *testing.T, content []byte) {
		pages := 0
		err := readDump(bytes.NewReader(content), func(p *dumped) error {
			if pages++; p.text.Len() > len(content) {
				t.Errorf("%q has a text of %d bytes", p.name, p.text.Len())
			}
			return nil
		})
		if err == nil && !bytes.Contains(content, []byte("mediawiki")) {
			t.Errorf("%q is read as a dump", content)
		}
	})
}
