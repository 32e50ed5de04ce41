// Package bus carries events and work between Sallyport's processes.
//
// It is NATS with JetStream. By default the server is part of the first process and opens no port: that process talks to it
// in memory, others on the machine through a Unix socket in the server's own folder. At scale an address names NATS servers
// that somebody else runs, and the same code talks to those.
//
//	Publish ──► every Subscribe, now or never           events
//	Add ──► kept in a stream ──► Take ──► Done          work: once for each id, again when a worker dies
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var (
	// ErrFull means that as much work waits as may; trying again later helps.
	ErrFull = errors.New("the queue is full")
	// ErrTaken means that another process has the embedded server's folder.
	ErrTaken = errors.New("another process uses it")
)

// Options say where the bus is. The zero value is a server of this process's own that keeps nothing.
type Options struct {
	// Address is one of
	//
	//	embedded:FOLDER    a server in this process; work is kept in the folder, which is made when it is missing
	//	embedded:          nothing is kept after Close; "" means the same
	//	nats://HOST:PORT   servers that run already, several with commas between; tls:// for TLS
	Address string
	// Guest joins the embedded server of another process on this machine instead of starting one.
	Guest bool
	Name  string // of this process, for the server's lists
	Log   *slog.Logger
}

// Bus is a connection to the server, and the server itself when it is embedded. Methods are safe for concurrent use.
type Bus struct {
	log    *slog.Logger
	conn   *nats.Conn
	js     jetstream.JetStream
	server *embedded // nil when it is elsewhere
	memory bool      // nothing outlives the server

	mu   sync.Mutex
	gaps map[chan struct{}]bool // of subscribers who may have missed something

	closing sync.Once
	closed  error
}

// Open connects, after starting the server when it is embedded. Once open, a connection that breaks is made again for as
// long as it takes.
func Open(ctx context.Context, o Options) (*Bus, error) {
	b := &Bus{log: o.Log, gaps: map[chan struct{}]bool{}}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	err := b.open(ctx, o)
	if err == nil {
		b.js, err = jetstream.New(b.conn)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open bus %s: %w", redact(o.Address), err), b.Close())
	}
	return b, nil
}

func (b *Bus) open(ctx context.Context, o Options) (err error) {
	scheme, folder, _ := strings.Cut(o.Address, ":")
	switch {
	case (scheme == "nats" || scheme == "tls") && redact(o.Address) == unreadable:
		err = errors.New("it is not a list of addresses such as nats://HOST:PORT")
	case scheme == "nats" || scheme == "tls":
		b.conn, err = b.connect(o.Address, o.Name)
	case scheme != "embedded" && o.Address != "":
		err = errors.New("not a bus address; use embedded:FOLDER or nats://HOST:PORT")
	case o.Guest && folder == "":
		err = errors.New("a server that keeps nothing is for one process alone; give it a folder")
	case o.Guest:
		b.conn, err = b.join(folder, o.Name)
	default:
		b.memory = folder == ""
		if b.server, err = embed(ctx, folder, b.log); err == nil {
			b.conn, err = b.connect("", o.Name, nats.InProcessServer(b.server.nats))
		}
	}
	return err
}

// Close ends the connection, and the server when it is ours.
func (b *Bus) Close() error {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server == nil {
		return nil
	}
	b.closing.Do(func() { b.closed = b.server.close() })
	if b.closed != nil {
		return fmt.Errorf("close bus: %w", b.closed)
	}
	return nil
}
