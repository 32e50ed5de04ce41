package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/csp"
	"sallyport/internal/mediawiki"
	"sallyport/internal/narrow"
	"sallyport/internal/policy"
	"sallyport/internal/rollout"
	"sallyport/internal/wiki"
)

// openRollout makes the keeper of the policy that the settings ask for, and of whichever was rolled out since; nil without one.
func openRollout(ctx context.Context, c config.Policy, origin string, client *mediawiki.Client, site *wiki.Site, db rollout.Store, log *slog.Logger) (*rollout.Keeper, error) {
	all, _, err := readPolicy(c, origin, site)
	if err != nil || all == nil {
		return nil, err
	}
	own, err := policy.Base(policy.Wiki{Origin: origin, ScriptPath: site.ScriptPath, Own: base, Raw: c.RawScripts})
	if err != nil {
		return nil, err
	}
	k := &rollout.Keeper{
		Store: db, Wiki: site.ID, Page: csp.ParseAddress(origin + "/"), Own: own, Settings: rollout.Settings{Policy: all.Everybody, Enforced: c.Mode == "enforce"},
		Now: time.Now, Random: rand.Reader, Log: log, WikiSends: client.PagePolicies,
	}
	return k, k.Sync(ctx)
}

// composers are one for every policy that is sent just now.
type composers struct {
	mu sync.Mutex
	by map[*csp.Policy]*policy.Composer
}

// maxComposers is more policies than are sent at once; those of before are forgotten.
const maxComposers = 16

func (c *composers) of(p *csp.Policy) *policy.Composer {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := c.by[p]
	if one == nil {
		if c.by == nil || len(c.by) >= maxComposers {
			c.by = map[*csp.Policy]*policy.Composer{}
		}
		one = policy.NewComposer(p)
		c.by[p] = one
	}
	return one
}

type cspStatus struct {
	onStore
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// standing is what status says: serve's mode, and how things stand.
type standing struct {
	Mode string `json:"mode"` // of the settings: "off" sends nothing at all
	rollout.Status
}

// Run prints how things stand.
func (c cspStatus) Run(s streams) error {
	settings, db, client, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	wanted := settings.Policy
	if wanted.Mode == "off" {
		wanted.Mode = "report" // what would be sent
	}
	k, err := openRollout(s.ctx, wanted, wikiOrigin(settings.WriteDoor.WikiOrigin, site), client, site, db, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	rows, err := k.Reports(s.ctx)
	if err != nil {
		return err
	}
	lost, err := k.Lost(s.ctx)
	if err != nil {
		return err
	}
	barred, err := k.Barred(s.ctx)
	if err != nil {
		return err
	}
	all := standing{settings.Policy.Mode, k.Status(rows, lost, barred)}
	if c.Format == "json" {
		return cspOutput{}.json(s.stdout, "sallyport.csp.status/1", all)
	}
	return all.write(s.stdout)
}

// write is the status for a person, the answer first.
func (s standing) write(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	if s.Mode == "off" {
		fmt.Fprintln(w, "policy.mode is off: nothing of this is sent.")
	}
	if s.Problem != "" {
		fmt.Fprintln(w, s.Problem)
	}
	f := s.InForce
	fmt.Fprintf(w, "in force\t%s, whose code runs %s, what may leave %s, %d bytes\n", map[bool]string{true: "enforced", false: "only reports"}[f.Enforced], f.Code, f.Leaks, f.Bytes)
	fmt.Fprintf(w, "from\t%s\n", policyFrom(f))
	if s.Draft != nil {
		fmt.Fprintf(w, "draft\t%s, whose code runs %s, what may leave %s, %d bytes\n", policyFrom(*s.Draft), s.Draft.Code, s.Draft.Leaks, s.Draft.Bytes)
	}
	writeRollout(w, s.Rollout)
	h := s.Headers
	fmt.Fprintf(w, "headers\t%d bytes for nobody's account, %d for readers, %d whose turn it is, %d at most\n", h.Anonymous, h.Reader, h.Turn, h.Most)
	r := s.Reports
	fmt.Fprintf(w, "reports\tin %d days %d people, %d hosts, %d scripts; the last %s\n", r.Days, r.People, r.Hosts, r.Scripts, moment(r.Last))
	for _, d := range s.Falls {
		fmt.Fprintf(w, "falls\t%s\t%s %s, %s\n", d.When.UTC().Format(time.DateOnly), d.Directive, d.Source, d.Why)
	}
	for _, b := range s.Barred {
		fmt.Fprintf(w, "barred\t%s %s, granted by %s: the wiki sends a policy of its own that blocks it ($wgCSPHeader)\n", b.Directive, b.Source, barredFor(b))
	}
	fmt.Fprintf(w, "policy\t%s\n", f.Policy)
	return w.Flush()
}

// barredFor is who could use a server.
func barredFor(b rollout.Barred) string {
	if b.People == 0 {
		return "the policy in force"
	}
	return fmt.Sprintf("%d people", b.People)
}

// policyFrom is where a policy came from.
func policyFrom(j rollout.Judged) string {
	if j.At.IsZero() {
		return "the settings"
	}
	return strings.TrimSuffix(fmt.Sprintf("%s on %s: %s", j.By, j.At.UTC().Format(time.DateOnly), j.Why), ": ")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.DateTime) + " UTC"
}

// writeRollout says how far a policy has come.
func writeRollout(w io.Writer, r *rollout.Underway) {
	if r == nil {
		fmt.Fprintln(w, "roll-out\tnone")
		return
	}
	fmt.Fprintf(w, "roll-out\t%d %% since %s, begun by %s: %s\n", r.Share, moment(r.Since), r.By, r.Why)
	if r.Halted != "" {
		fmt.Fprintf(w, "halted\t%s\n", r.Halted)
	}
	for _, list := range []struct {
		name string
		all  []narrow.Loss
	}{{"lost", r.Lost}, {"foreseen", r.Expects}} {
		for _, l := range list.all {
			fmt.Fprintf(w, "%s\t%d people\t%s %s %s\n", list.name, l.People, l.Directive, l.Blocked, strings.Join(l.Scripts, ", "))
		}
	}
}
