package risk

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	document = "../../docs/risk.md"
	picture  = "../../docs/risk.svg"
)

// scores are those of a set, lowest first, with nothing known of who keeps the scripts and who runs them.
func scores(all []sample) []int {
	var out []int
	for i := range all {
		out = append(out, Score(all[i].subject()).Score)
	}
	slices.Sort(out)
	return out
}

func TestTheDocumentShowsWhatIsMeasured(t *testing.T) {
	bad, good := hostile(t), honest(t)
	a, low, high := auc(likelihoods(bad, -1), likelihoods(good, -1))
	says := fmt.Sprintf("AUC %.3f (95 %%: %.3f to %.3f)", a, low, high)
	drawn := draw(scores(bad), scores(good), says)
	for d := xml.NewDecoder(strings.NewReader(drawn)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is not XML: %v", err)
		}
	}
	kept(t, picture, func([]byte) []byte { return []byte(drawn) })
	kept(t, document, func(text []byte) []byte {
		const begin, end = "<!-- measured: made by go test ./internal/risk, UPDATE=1 -->\n", "<!-- end -->"
		head, rest, ok := bytes.Cut(text, []byte(begin))
		_, tail, closed := bytes.Cut(rest, []byte(end))
		if !ok || !closed {
			t.Fatalf("%s has no place for what is measured", document)
		}
		return []byte(string(head) + begin + figures(scores(bad), scores(good), says) + end + string(tail))
	})
}

// kept compares a file with what it should be, or writes it.
func kept(t *testing.T, name string, want func([]byte) []byte) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil && os.Getenv("UPDATE") != "1" {
		t.Fatal(err)
	}
	should := want(got)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(name, should, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, should) {
		t.Errorf("%s is not what is measured now; UPDATE=1 makes it again", name)
	}
}

// figures is the table of the document.
func figures(bad, good []int, says string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d hostile and %d honest scripts: %s.\n\n| score | level | hostile | honest |\n|---|---|--:|--:|\n", len(bad), len(good), says)
	edges := []int{0, ModerateFrom, HighFrom, SevereFrom, 101}
	for i, from := range edges[:4] {
		fmt.Fprintf(&b, "| %d to %d | %s | %d | %d |\n", from, edges[i+1]-1, LevelOf(from), within(bad, from, edges[i+1]), within(good, from, edges[i+1]))
	}
	return b.String() + "\n"
}

func within(sorted []int, from, to int) int {
	first, _ := slices.BinarySearch(sorted, from)
	behind, _ := slices.BinarySearch(sorted, to)
	return behind - first
}

// draw is two pictures in one: how scores are spread, and how many hostile scripts are at or above a limit for each share of honest ones.
func draw(bad, good []int, says string) string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 380" role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="13">`)
	put(`<title id="t">Scores of honest and of hostile scripts</title>`)
	put(`<desc id="d">Of %d honest scripts %d score %d or more, of %d hostile ones %d. %s.</desc>`, len(good), within(good, SevereFrom, 101), SevereFrom, len(bad), within(bad, SevereFrom, 101), says)
	put(`<rect width="860" height="380" fill="#fff"/>`)
	put(`<text x="20" y="24" font-size="16" fill="#202122">Share of the scripts, by score</text>`)
	const left, bottom, wide, tall = 60, 320, 440, 240
	for share := 0; share <= 80; share += 20 {
		y := bottom - tall*share/80
		put(`<path d="M%d %dH%d" stroke="#dadde3"/><text x="%d" y="%d" text-anchor="end" fill="#54595d">%d %%</text>`, left, y, left+wide, left-8, y+4, share)
	}
	for from := 0; from < 100; from += 5 {
		for i, set := range [][]int{good, bad} {
			n := within(set, from, from+5+from/95)
			high := float64(tall*n*100) / float64(80*len(set))
			x, colour := float64(left)+float64(wide*from)/100+1+float64(10*i), []string{"#36c", "#d73333"}[i]
			if n > 0 {
				put(`<rect x="%.1f" y="%.1f" width="9.5" height="%.1f" fill="%s"/>`, x, bottom-high, high, colour)
			}
		}
	}
	for _, level := range []int{0, ModerateFrom, HighFrom, SevereFrom, 100} {
		x := left + wide*level/100
		put(`<path d="M%d %dV%d" stroke="#54595d" stroke-dasharray="3 3"/><text x="%d" y="%d" text-anchor="middle" fill="#54595d">%d</text>`, x, bottom, bottom-tall, x, bottom+18, level)
		if level < 100 {
			put(`<text x="%d" y="%d" fill="#54595d">%s</text>`, x+4, bottom-tall-6, LevelOf(level))
		}
	}
	put(`<rect x="300" y="346" width="10" height="10" fill="#36c"/><text x="316" y="356" fill="#202122">honest</text>`)
	put(`<rect x="390" y="346" width="10" height="10" fill="#d73333"/><text x="406" y="356" fill="#202122">hostile</text>`)
	curve(put, bad, good, says)
	put(`</svg>`)
	return b.String()
}

// curve draws the receiver operating characteristic, up to one honest script in five.
func curve(put func(string, ...any), bad, good []int, says string) {
	const left, bottom, side, most = 580, 320, 240, 0.2
	put(`<text x="540" y="24" font-size="16" fill="#202122">Found, for each share of false alarms</text>`)
	put(`<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#dadde3"/>`, left, bottom-side, side, side)
	var path strings.Builder
	fmt.Fprintf(&path, "M%d %d", left, bottom)
	for limit := 100; limit >= 0; limit-- {
		x := min(most, float64(within(good, limit, 101))/float64(len(good)))
		y := float64(within(bad, limit, 101)) / float64(len(bad))
		fmt.Fprintf(&path, "L%.1f %.1f", left+side*x/most, bottom-side*y)
	}
	put(`<path d="%s" fill="none" stroke="#202122" stroke-width="2"/>`, path.String())
	for _, share := range []int{0, 50, 100} {
		put(`<text x="%d" y="%d" text-anchor="end" fill="#54595d">%d %%</text>`, left-6, bottom-side*share/100+4, share)
		put(`<text x="%d" y="%d" text-anchor="middle" fill="#54595d">%d %%</text>`, left+side*share/100, bottom+18, share/5)
	}
	put(`<text x="%d" y="%d" text-anchor="end" fill="#202122">%s</text>`, left+side-8, bottom-12, says)
}
