package cli

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"sallyport/internal/incident/outbreak"
)

// both plays a plan with the doors off and on.
func both(t *testing.T, c outbreakCommand) (off, on *outbreak.Result) {
	t.Helper()
	off, _, err := c.play(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	on, breaker, err := c.play(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s, %d people, seed %d: off: %d infected in %d minutes, %d site-code writes, %d pages deleted; on: %d infected, %d site-code writes, %d deleted, %d of %d honest edits refused; %s",
		c.Way, c.People, c.Seed, off.Infected, off.Lasted, off.Site, off.Deleted, on.Infected, on.Site, on.Deleted, on.Refused, on.Edits, strings.TrimSpace(c.told(breaker)))
	return off, on
}

func TestAnOutbreakEndsAtTheDoors(t *testing.T) {
	for _, way := range []string{"incident", "scripts"} {
		for seed := range uint64(3) {
			c := outbreakCommand{People: 60, Minutes: 60, Way: way, Seed: seed, Breaker: true}
			off, on := both(t, c)
			if off.Infected < 30 || off.Site == 0 {
				t.Errorf("%s, seed %d: with the doors off it does not spread: %+v", way, seed, *off)
			}
			if on.Site != 0 || on.Infected > 2 || on.Deleted != 0 {
				t.Errorf("%s, seed %d: with the doors on: %d infected, %d site-code writes, %d deleted", way, seed, on.Infected, on.Site, on.Deleted)
			}
			if off.Refused != 0 || on.Refused != 0 || on.Edits == 0 {
				t.Errorf("%s, seed %d: honest edits refused: %d and %d", way, seed, off.Refused, on.Refused)
			}
		}
	}
}

func TestNothingOfAnOrdinaryDayIsStopped(t *testing.T) {
	c := dayCommand{People: 60, Seed: 1}
	day, breaker, err := c.play(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range day.Refused {
		if n > 0 {
			t.Errorf("%s: %d not made", what, n)
		}
	}
	if trips := breaker.State().Trips; len(trips) > 0 || day.Writes < 500 || breaker.Scripts() < 60 {
		t.Errorf("%d writes, %d scripts seen, %d alarms: %v", day.Writes, breaker.Scripts(), len(trips), trips)
	}
	t.Logf("%d views, %d writes, %d scripts seen, %d alarms", day.Views, day.Writes, breaker.Scripts(), len(breaker.State().Trips))
}

const picture = "../../docs/outbreak.svg"

func TestThePictureOfAnOutbreakIsWhatIsPlayed(t *testing.T) {
	c := outbreakCommand{People: 100, Minutes: 60, Way: "incident", Seed: 1, Breaker: true}
	off, on := both(t, c)
	got := outbreak.SVG(c.plan(), []outbreak.Series{{Name: "doors off", Result: off}, {Name: "doors on", Result: on}})
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is not XML: %v", err)
		}
	}
	for _, want := range []string{"<title", "<desc", `role="img"`, "doors off", "doors on"} {
		if !strings.Contains(got, want) {
			t.Errorf("the picture has no %s", want)
		}
	}
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(picture, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(picture)
	if err != nil || !bytes.Equal(kept, []byte(got)) {
		t.Errorf("docs/outbreak.svg is not what is played now (%v); UPDATE=1 draws it again", err)
	}
}
