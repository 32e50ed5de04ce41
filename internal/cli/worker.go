package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"

	"sallyport/internal/bus"
	"sallyport/internal/config"
	"sallyport/internal/store/sqlstore"
)

type workerCommand struct {
	Config string `help:"The settings file that serve has; see: sallyport config print." required:"" type:"path" placeholder:"FILE"`
	Jobs   int    `help:"Scripts analysed at once; one a core when 0." default:"0" placeholder:"N"`
	Failed bool   `help:"List the jobs that were set aside, with the reasons, and end." xor:"instead"`
	Retry  bool   `help:"Put back the jobs that were set aside, and end." xor:"instead"`
}

// Run works until it is told to stop, and then finishes what it has begun.
func (c workerCommand) Run(s streams) error {
	settings, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	level, err := settings.Level()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(s.stderr, &slog.HandlerOptions{Level: level}))
	db, err := sqlstore.Open(s.ctx, settings.Store)
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Failed {
		return listFailed(s, db)
	}
	from := bus.Options{Address: settings.Bus, Guest: true, Name: "worker", Log: log}
	if c.Retry {
		connection, q, err := openQueue(s.ctx, from, db, log)
		if err != nil {
			return err
		}
		n, err := q.Retry(s.ctx)
		fmt.Fprintf(s.stdout, "%d jobs wait again.\n", n)
		return errors.Join(err, connection.Close())
	}
	collectSeldom(400)
	slots := c.Jobs
	if slots <= 0 {
		slots = runtime.GOMAXPROCS(0)
	}
	log.Info("worker", "jobs", slots, "version", version())
	return background{bus: from, store: db, slots: slots, log: log}.run(s.ctx)
}
