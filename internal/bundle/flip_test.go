package bundle

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func flipped(text string) string {
	toks, _, _ := cssTokens(text)
	flip(toks)
	return joinTokens(toks)
}

// mirrored lists styles with their mirror images, after the behaviour CSSJanus publishes; "=" means unchanged.
var mirrored = []struct{ in, want string }{
	// words in names and values
	{"a{left:1px}", "a{right:1px}"},
	{"a{ margin-left : 1px; PADDING-RIGHT: 2px }", "a{ margin-right : 1px; PADDING-left: 2px }"},
	{"a{float:left!important;clear:right}", "a{float:right!important;clear:left}"},
	{"a{text-align:LEFT}", "a{text-align:right}"},
	{"a{border-left-color:red;border-top-left-radius:1px}", "a{border-right-color:red;border-top-right-radius:1px}"},
	{".left, #right { color: red }", "="},
	{"a.left:hover{left:0}", "a.left:hover{right:0}"},
	{"a{xleft:1;leftx:1;bright:x}", "="},
	{"a{transition:left 1s, margin-right 2s}", "a{transition:right 1s, margin-left 2s}"},
	{"a{background:linear-gradient(to left, red, blue)}", "a{background:linear-gradient(to right, red, blue)}"},
	// what keeps its meaning
	{"a{background:url(left.png) no-repeat}", "="},
	{"a{background:url('right.png');content:'left'}", "="},
	{"a{--left:1px;width:var(--left);content:attr(data-left)}", "="},
	{"@keyframes left{from{left:0}}", "@keyframes left{from{right:0}}"},
	{"a{animation:slide-left 1s;grid-area:left}", "="},
	{"/* left */ a { /* right: 1px */ color: red }", "="},
	// direction and cursors
	{"a{direction:ltr}b{direction:rtl}", "a{direction:rtl}b{direction:ltr}"},
	{"a{cursor:e-resize}b{cursor:nw-resize}c{cursor:ew-resize}d{cursor:pointer}", "a{cursor:w-resize}b{cursor:ne-resize}c{cursor:ew-resize}d{cursor:pointer}"},
	// four sides
	{"a{margin:1px 2px 3px 4px}", "a{margin:1px 4px 3px 2px}"},
	{"a{padding:1px  -2em 0 auto !important}", "a{padding:1px  auto 0 -2em !important}"},
	{"a{margin:1px 2px 3px}", "="},
	{"a{border-width:1px 2px 3px 4px;border-color:red #000 rgba(0,0,0,.5) blue;border-style:none solid dotted dashed}", "a{border-width:1px 4px 3px 2px;border-color:red blue rgba(0,0,0,.5) #000;border-style:none dashed dotted solid}"},
	{"a{margin:0 calc(1px + 2px) 0 var(--x)}", "a{margin:0 var(--x) 0 calc(1px + 2px)}"},
	{"a{inset:1px 2px 3px 4px}", "a{inset:1px 4px 3px 2px}"},
	// corners
	{"a{border-radius:1px 2px 3px 4px}", "a{border-radius:2px 1px 4px 3px}"},
	{"a{border-radius:1px 2px 3px}", "a{border-radius:2px 1px 2px 3px}"},
	{"a{border-radius:1px 2px}", "a{border-radius:2px 1px}"},
	{"a{border-radius:1px}", "="},
	{"a{-webkit-border-radius:1px 2px 3px 4px / 5px 6px}", "a{-webkit-border-radius:2px 1px 4px 3px / 6px 5px}"},
	// shadows
	{"a{box-shadow:1px 2px 3px red}", "a{box-shadow:-1px 2px 3px red}"},
	{"a{box-shadow:inset -1px 2px red, 3px 0 blue}", "a{box-shadow:inset 1px 2px red, -3px 0 blue}"},
	{"a{text-shadow:red 1px 2px}", "a{text-shadow:red -1px 2px}"},
	{"a{text-shadow:0 1px #fff;box-shadow:none}", "="},
	{"a{text-shadow:.5em 0 red}", "a{text-shadow:-.5em 0 red}"},
	// backgrounds
	{"a{background-position:10% 20%}", "a{background-position:90% 20%}"},
	{"a{background:#fff url(a.png) no-repeat 12.50% 0}", "a{background:#fff url(a.png) no-repeat 87.50% 0}"},
	{"a{background-position-x:0%}", "a{background-position-x:100%}"},
	{"a{background-position:5px 20%;background-size:10% 20%}", "="},
	{"a{background:url(a) 10% 0,url(b) 30% 0}", "a{background:url(a) 90% 0,url(b) 70% 0}"},
	{"a{background-position:right 10% top 5%}", "a{background-position:left 10% top 5%}"},
	{"a{background:url(a) center / 50%}", "="},
	{"a{background-position-y:40%}", "="},
	// translations
	{"a{transform:translate(10px, 5px) rotate(3deg)}", "a{transform:translate(-10px, 5px) rotate(3deg)}"},
	{"a{-webkit-transform:translateX( -50% )}", "a{-webkit-transform:translateX( 50% )}"},
	{"a{transform:translateY(5px) translate3d(1px,2px,3px)}", "a{transform:translateY(5px) translate3d(-1px,2px,3px)}"},
	{"a{transform:translate(calc(1px))}", "="},
	// annotations
	{"/* @noflip */ a{left:1px} b{left:1px}", "/* @noflip */ a{left:1px} b{right:1px}"},
	{"a{/*@noflip*/left:1px;right:1px}", "a{/*@noflip*/left:1px;left:1px}"},
	{"/*! @noflip */\n@media print{a{left:1px} b{left:1px}} c{left:1px}", "/*! @noflip */\n@media print{a{left:1px} b{left:1px}} c{right:1px}"},
	{"a{left:1px;/* @noflip */ float:left;clear:left}", "a{right:1px;/* @noflip */ float:left;clear:right}"},
	// nesting and odd ends
	{"@media screen{a{left:0;&:hover{right:0}}}", "@media screen{a{right:0;&:hover{left:0}}}"},
	{"a{left:0", "a{right:0"}, {"left", "="}, {"a{;left:0;;}", "a{;right:0;;}"}, {"a{left}", "="},
}

func TestStylesAreMirrored(t *testing.T) {
	for _, c := range mirrored {
		want := c.want
		if want == "=" {
			want = c.in
		}
		if got := flipped(c.in); got != want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, want)
		}
	}
}

// janus mirrors texts with the CSSJanus of an installed MediaWiki.
func janus(t *testing.T, texts []string) []string {
	t.Helper()
	const library = "/usr/share/mediawiki/vendor/wikimedia/cssjanus/src/CSSJanus.php"
	if _, err := os.Stat(library); err != nil {
		missing(t, "MediaWiki with CSSJanus")
	}
	bin, err := exec.LookPath("php")
	if err != nil {
		missing(t, "php")
	}
	input, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-r", `require $argv[1]; echo json_encode(array_map(fn($s) => CSSJanus::transform($s), json_decode(stream_get_contents(STDIN))));`, library)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []string
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// Declarations of the corpus that CSSJanus mirrors otherwise than we do, with the reason.
var otherwise = map[string]string{
	"@supports (background: repeating-linear-gradient(red 0%, red 0% 1%, red 2%)) {": "the stop of a gradient is no position",
}

func TestRealStylesAreMirroredAsCSSJanusDoes(t *testing.T) {
	var texts []string
	bytes := 0
	for _, f := range corpus(t, ".css") {
		texts = append(texts, f.text)
		bytes += len(f.text)
	}
	seen := map[string]bool{}
	lines := 0
	for i, want := range janus(t, texts) {
		ours, theirs := strings.Split(flipped(texts[i]), "\n"), strings.Split(want, "\n")
		source := strings.Split(texts[i], "\n")
		if len(ours) != len(theirs) {
			t.Errorf("file %d: %d lines, CSSJanus has %d", i, len(ours), len(theirs))
			continue
		}
		for n := range ours {
			lines++
			line := strings.TrimSpace(source[n])
			if ours[n] == theirs[n] {
				continue
			}
			seen[line] = true
			if otherwise[line] == "" {
				t.Errorf("%s\n    ours %s\nCSSJanus %s", line, strings.TrimSpace(ours[n]), strings.TrimSpace(theirs[n]))
			}
		}
	}
	for line := range otherwise {
		if !seen[line] {
			t.Errorf("listed and not found: %s", line)
		}
	}
	t.Logf("%d files, %d bytes, %d lines, %d mirrored otherwise", len(texts), bytes, lines, len(seen))
}
