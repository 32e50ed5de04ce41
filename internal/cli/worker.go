package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/config"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

type workerCommand struct {
	Config string `help:"The settings file that serve has; see: sallyport config print." required:"" type:"path" placeholder:"FILE"`
	Jobs   int    `help:"Scripts read at once, and half as many run; one a core when 0." default:"0" placeholder:"N"`
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
	defer func() { _ = db.Close() }()
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
	l, err := labourOf(settings.Analysis, slots, c.near(s.ctx, settings, db, log))
	if err != nil {
		return err
	}
	log.Info("worker", "jobs", slots, "runs", l.runs, "version", version())
	return background{bus: from, store: db, labour: l, log: log}.run(s.ctx)
}

// near is the wiki of the settings. A wiki that never answered hands out no companions, and scripts are read alone.
func (workerCommand) near(ctx context.Context, settings *config.Config, db store.Store, log *slog.Logger) *near {
	client := mediawiki.New(settings.Wiki.URL, settings.Wiki.ScriptPath, &http.Client{}, mediawiki.Options{Timeout: 20 * time.Second})
	site, err := siteOf(ctx, client, parts{wikiURL: settings.Wiki.URL, scriptPath: settings.Wiki.ScriptPath, store: db, log: log})
	if err != nil {
		log.Warn("scripts are analysed without those they name", "err", err)
		return nil
	}
	return &near{site: site, client: client}
}
