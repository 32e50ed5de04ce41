package incident

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/capability"
	"sallyport/internal/risk"
	"sallyport/internal/shelf"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// Myself is who switches something off by itself, in the log and on pages.
const Myself = "Sallyport"

// NetworkCode stands, among names of capabilities, for code from a server that is not listed.
const NetworkCode = "network:code"

// newFor is how long after it was saved a text counts as new. What is analysed anew later, by other rules, is no news about the text.
const newFor = 24 * time.Hour

// What happens to a new text of the site's own code and gadgets ([Sudden]).
const (
	SiteOff      = "off"       // nothing: it is not looked at
	SiteFallBack = "fall-back" // it is switched off where an earlier text is served in its place; elsewhere it is only said
	SiteAlways   = "always"    // it is switched off, though the page may then come empty
)

// Sudden switches off the new text of a script that many people run when it can do what outbreaks are made of and the text before it
// could not, or when it became a severe risk. The site's own scripts and gadgets count as run by many. What reviewers approved stays
// on, and so does what an operator switched on again.
type Sudden struct {
	Site     *wiki.Site
	Popular  int      // people who make a script popular
	Gains    []string // names of capabilities, and [NetworkCode]
	SiteCode string   // [SiteOff], [SiteFallBack] or [SiteAlways]; empty is off
	DryRun   bool     // only say it
	Off      Switches
	// Instead says whether a text of the site's own that was approved before is served when one of the same page is off.
	Instead func(ctx context.Context, t wiki.Title, d store.Digest) (bool, error)
	// People counts the accounts that ran a page lately, as far as it is known, up to most.
	People func(ctx context.Context, title string, most int) (int, error)
	// Approved says whether reviewers approved a text.
	Approved func(ctx context.Context, t wiki.Title, d store.Digest) (bool, error)
	Listed   func(host string) bool // servers that operators allow code from
	// Began is when a page was made, or a moment after.
	Began func(ctx context.Context, t wiki.Title) (time.Time, error)
	Now   func() time.Time
	Log   *slog.Logger

	said *otter.Cache[store.Digest, struct{}]
}

// Switches is what a Sudden does; a [switches.Keeper] is one.
type Switches interface {
	SwitchOff(ctx context.Context, s switches.Switch) (switches.Switch, error)
	Last(ctx context.Context, limit int) ([]switches.Switch, error)
}

// Bounds.
const (
	maxSaid     = 1000 // texts that were spoken of and not switched off
	maxLooked   = 1000 // switches that are looked at for one that was undone
	maxReasons  = 3    // gains that a reason names
	maxSentence = 200  // bytes of one
)

// NewSudden completes one.
func NewSudden(s Sudden) *Sudden {
	s.said = otter.Must(&otter.Options[store.Digest, struct{}]{MaximumSize: maxSaid})
	return &s
}

// Changed looks at a text that was read. It may be told the same again, and at every process.
func (s *Sudden) Changed(ctx context.Context, c shelf.Change) error {
	why := s.why(&c)
	if why == "" || s.Now().Sub(c.Saved) > newFor {
		return nil
	}
	title := s.Site.PrefixedText(c.Title)
	whose, err := s.whose(ctx, &c, title)
	if err != nil || whose == "" {
		return err
	}
	if c.Base == "" { // what has been there for long is only read for the first time
		began, err := s.Began(ctx, c.Title)
		if err != nil || s.Now().Sub(began) > newFor {
			return err
		}
	}
	fine, err := s.fine(ctx, &c)
	if err != nil || fine {
		return err
	}
	why = fmt.Sprintf("By itself, because %s and its newest text %s", whose, why)
	if c.Title.NS == wiki.NSMediaWiki {
		instead, err := s.Instead(ctx, c.Title, c.Now)
		switch {
		case err != nil:
			return err
		case instead:
			why += ". The text approved before is served in its place"
		case s.SiteCode != SiteAlways:
			s.say(&c, "a script of the site's own is not switched off: nothing would be served in its place. Look at it", title, why)
			return nil
		default:
			why += ". Nothing is served in its place until somebody decides"
		}
	}
	if s.DryRun {
		s.say(&c, "a script would be switched off", title, why)
		return nil
	}
	_, err = s.Off.SwitchOff(ctx, switches.Switch{Kind: switches.Revision, Target: string(c.Now), Title: s.Site.Prefixed(c.Title), Reason: why, By: Myself})
	switch {
	case errors.Is(err, switches.ErrOff): // another process was faster
		return nil
	case errors.Is(err, switches.ErrTooMany): // people have to look anyway
		s.Log.Error("a script is not switched off: too much is", "wiki", s.Site.ID, "page", title, "sha256", string(c.Now), "reason", why)
		return nil
	}
	if err != nil {
		return fmt.Errorf("switch off the newest text of %s: %w", title, err)
	}
	return nil
}

// say tells operators once of what is not done.
func (s *Sudden) say(c *shelf.Change, what, title, why string) {
	if _, first := s.said.SetIfAbsent(c.Now, struct{}{}); first {
		s.Log.Error(what, "wiki", s.Site.ID, "page", title, "sha256", string(c.Now), "reason", why, "dry_run", s.DryRun) //nolint:sloglint // what is a constant of those who call
	}
}

// whose says in words why a script counts as run by many; empty when it does not.
func (s *Sudden) whose(ctx context.Context, c *shelf.Change, title string) (string, error) {
	switch {
	case c.Title.NS == wiki.NSMediaWiki && strings.HasSuffix(c.Title.Key, ".js") && s.SiteCode != SiteOff && s.SiteCode != "":
		return "it is the site's own", nil
	case c.Title.NS != wiki.NSUser:
		return "", nil
	}
	people, err := s.people(ctx, title, c.People)
	if err != nil || people < s.Popular {
		return "", err
	}
	return fmt.Sprintf("%d people or more run it", people), nil
}

// why says in words what is sudden about a change; empty when nothing is.
func (s *Sudden) why(c *shelf.Change) string {
	var all []string
	for _, can := range c.Gained {
		if s.sudden(&can) {
			all = append(all, short(can.Sentence()))
		}
	}
	if len(all) > maxReasons {
		all = append(all[:maxReasons], fmt.Sprintf("%d more", len(all)-maxReasons))
	}
	var parts []string
	if len(all) > 0 {
		parts = append(parts, "gained: "+strings.Join(all, "; "))
	}
	if c.Score >= risk.SevereFrom && c.Was < risk.SevereFrom {
		parts = append(parts, fmt.Sprintf("is a severe risk (%d, was %d)", c.Score, c.Was))
	}
	return strings.Join(parts, ", and ")
}

// sudden says whether a capability is one that no popular script gains overnight. What the reader is asked about each time does not
// spread by itself, and a suspicion is none.
func (s *Sudden) sudden(c *capability.Capability) bool {
	if c.Certainty == capability.Possible || c.Trigger == capability.OnConfirmation {
		return false
	}
	if slices.Contains(s.Gains, string(c.Name)) {
		return true
	}
	return c.Name == capability.Network && (c.How == "script" || c.How == "worker") && slices.Contains(s.Gains, NetworkCode) && !s.Listed(c.Target)
}

// people is how many run it, by whichever way more are known; at most as many as make it popular are counted anew.
func (s *Sudden) people(ctx context.Context, title string, known int) (int, error) {
	if known >= s.Popular {
		return known, nil
	}
	ran, err := s.People(ctx, title, s.Popular)
	return max(known, ran), err
}

// fine says whether people decided that a text may run.
func (s *Sudden) fine(ctx context.Context, c *shelf.Change) (bool, error) {
	ok, err := s.Approved(ctx, c.Title, c.Now)
	if err != nil || ok {
		return ok, err
	}
	last, err := s.Off.Last(ctx, maxLooked)
	return slices.ContainsFunc(last, func(o switches.Switch) bool {
		return o.Kind == switches.Revision && o.Target == string(c.Now) && !o.Ended.IsZero()
	}), err
}

// short keeps what a stranger wrote short, between letters.
func short(text string) string {
	if len(text) <= maxSentence {
		return text
	}
	return strings.ToValidUTF8(text[:maxSentence], "") + "…"
}
