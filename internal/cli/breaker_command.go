package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os/user"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/incident"
	"sallyport/internal/store"
)

type breakerCommand struct {
	Status breakerStatus `cmd:"" help:"Say what is stopped, why, and by which numbers."`
	Pull   breakerPull   `cmd:"" help:"The kill switch: user code is off for everybody and no script can be changed, within a second, until it is reset."`
	Reset  breakerReset  `cmd:"" help:"Let everything through again, once somebody has looked."`
}

// opened is a breaker as the store has it, beside a running serve.
type opened struct {
	*incident.Keeper
	db   store.Store
	wiki string
}

func (o onStore) breaker(ctx context.Context) (*opened, error) {
	settings, db, _, site, err := o.open(ctx)
	if err != nil {
		return nil, err
	}
	set, err := (&breakerParts{settings.Breaker}).numbers()
	if err != nil {
		return nil, err
	}
	k := &incident.Keeper{Breaker: incident.New(set, time.Now()), Store: db, Wiki: site.ID, Now: time.Now}
	return &opened{k, db, site.ID}, k.Sync(ctx)
}

// close leaves the store; what had to be kept is kept.
func (o *opened) close() { _ = o.db.Close() }

type breakerStatus struct {
	onStore
	JSON bool `help:"Print one object, without the numbers."`
}

// Run prints what the store says.
func (c breakerStatus) Run(s streams) error {
	b, err := c.breaker(s.ctx)
	if err != nil {
		return err
	}
	defer b.close()
	if c.JSON {
		e := json.NewEncoder(s.stdout)
		e.SetIndent("", "\t")
		return e.Encode(b.Breaker.State())
	}
	if settings, err := config.Load(c.Config); err == nil && (!settings.Breaker.Enabled || !settings.WriteDoor.Enabled) {
		fmt.Fprintln(s.stdout, "The settings switch the breaker off: serve stops nothing.")
	}
	fmt.Fprint(s.stdout, b.Breaker.Explain())
	return nil
}

// signed is who does something to a breaker, and why, for the log.
type signed struct {
	By  string `help:"Who you are, for the log." placeholder:"NAME"`
	Why string `help:"For the log." default:"no reason was given" placeholder:"TEXT"`
}

// name is what was given, or whose shell it is.
func (w signed) name() string {
	if w.By != "" {
		return w.By
	}
	if u, err := user.Current(); err == nil {
		return u.Username + " (on the server)"
	}
	return "somebody on the server"
}

type breakerPull struct {
	onStore
	signed
}

// Run pulls the breaker; serve sees it within a second.
func (c breakerPull) Run(s streams) error {
	b, err := c.breaker(s.ctx)
	if err != nil {
		return err
	}
	defer b.close()
	t := b.Breaker.Pull(time.Now(), c.name(), c.Why)
	if err := b.Sync(s.ctx); err != nil {
		return err
	}
	if err := logIncident(s.ctx, b.db, b.wiki, "breaker tripped", t.At, t); err != nil {
		return err
	}
	fmt.Fprintln(s.stdout, "Pulled. Within a second no script that people wrote is served any more, and none can be changed.\nTo go on: sallyport breaker reset --config", c.Config)
	return nil
}

type breakerReset struct {
	onStore
	signed
	Harmless bool `help:"What tripped it was looked at and is fine: those scripts do not count again."`
}

// Run resets the breaker.
func (c breakerReset) Run(s streams) error {
	b, err := c.breaker(s.ctx)
	if err != nil {
		return err
	}
	defer b.close()
	was := b.Breaker.State()
	b.Breaker.Reset(c.Harmless)
	if err := b.Sync(s.ctx); err != nil {
		return err
	}
	err = logIncident(s.ctx, b.db, b.wiki, "breaker reset", time.Now(), map[string]any{"by": c.name(), "why": c.Why, "harmless": c.Harmless, "was": was})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.stdout, "Reset. Within a second everything goes on as before. Pages that carried what tripped it are served again: put them back first if that was hostile.")
	return nil
}
