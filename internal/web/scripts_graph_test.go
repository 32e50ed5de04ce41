package web

import (
	"fmt"
	"strings"
	"testing"
)

func TestThePictureOfWhatLoadsWhatHasRoomForTheMostLoaded(t *testing.T) {
	g := &loadGraph{}
	for i := range graphScripts {
		what := []graphNode{{Name: fmt.Sprintf("User:Only/%d.js", i)}, {Name: fmt.Sprintf("User:Two/%d.js", i/2)}}
		if i%2 == 1 {
			what = append(what, graphNode{Name: "User:All/" + strings.Repeat("x", 100) + ".js"})
		}
		g.Rows = append(g.Rows, graphRow{graphNode{Name: fmt.Sprintf("User:A/%d.js", i)}, what})
	}
	g.draw()
	// 61 are loaded: one by 20, twenty by two each, forty by one each.
	if len(g.Left) != graphScripts || len(g.Right) != graphLoaded || g.Rest != 21 || len(g.Lines) != 20+40+19 {
		t.Errorf("%d load %d, and %d more, by %d lines", len(g.Left), len(g.Right), g.Rest, len(g.Lines))
	}
	for i, n := range g.Right {
		if len([]rune(n.Short)) > graphName || n.Y != place(i) || n.Y >= g.Height {
			t.Errorf("%d: %+v", i, n)
		}
		if strings.HasPrefix(n.Name, "User:All/") && (n.Loads != 20 || i < 5 || i > 35) {
			t.Errorf("what many load is not in the middle of them: %d of %+v", i, n)
		}
	}
}
