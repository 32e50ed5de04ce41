package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// embedded is a server in this process.
type embedded struct {
	nats   *server.Server
	lock   *os.File
	socket *socket // nil when nothing is kept: then nobody else may come
	scrap  string  // a folder that goes when we do
}

// started bounds how long a server may take to read what it kept.
const started = time.Minute

// embed starts a server that opens no port. JetStream wants a folder in any case; without one it gets a folder that goes
// when we do.
func embed(ctx context.Context, folder string, log *slog.Logger) (e *embedded, err error) {
	e = &embedded{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
			e = nil
		}
	}()
	if folder == "" {
		if e.scrap, err = os.MkdirTemp("", "sallyport-bus-"); err != nil {
			return e, err
		}
	} else {
		if err = os.MkdirAll(folder, 0o700); err != nil {
			return e, err
		}
		if e.lock, err = lock(filepath.Join(folder, "lock")); err != nil {
			return e, err
		}
	}
	if err = e.start(ctx, cmp.Or(e.scrap, folder), log); err != nil || folder == "" {
		return e, err
	}
	e.socket, err = listen(ctx, folder, e.nats.InProcessConn)
	return e, err
}

func (e *embedded) start(ctx context.Context, folder string, log *slog.Logger) (err error) {
	e.nats, err = server.NewServer(&server.Options{
		ServerName: "sallyport", DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: folder, JetStreamMaxMemory: 4 * mostBytes, JetStreamMaxStore: 4 * mostBytes,
		SyncAlways: e.scrap == "", // what was added is there after a power cut
	})
	if err != nil {
		return err
	}
	e.nats.SetLoggerV2(serverLog{log}, false, false, false)
	e.nats.Start()
	limit, cancel := context.WithTimeout(ctx, started)
	defer cancel()
	for !e.nats.ReadyForConnections(50*time.Millisecond) || !e.nats.JetStreamEnabled() {
		if limit.Err() != nil || !e.nats.Running() {
			return fmt.Errorf("the server in %s does not start", folder)
		}
	}
	return nil
}

func (e *embedded) close() error {
	var errs []error
	if e.socket != nil {
		errs = append(errs, e.socket.close())
	}
	if e.nats != nil {
		e.nats.Shutdown()
		e.nats.WaitForShutdown()
	}
	if e.scrap != "" {
		errs = append(errs, os.RemoveAll(e.scrap))
	}
	if e.lock != nil {
		errs = append(errs, e.lock.Close()) // which gives the lock back
	}
	return errors.Join(errs...)
}

// serverLog passes on what the server complains about.
type serverLog struct{ log *slog.Logger }

func (serverLog) Noticef(string, ...any) {}
func (serverLog) Debugf(string, ...any)  {}
func (serverLog) Tracef(string, ...any)  {}

func (l serverLog) Warnf(format string, args ...any) {
	l.log.Warn("bus server", "says", fmt.Sprintf(format, args...))
}

func (l serverLog) Errorf(format string, args ...any) {
	l.log.Error("bus server", "says", fmt.Sprintf(format, args...))
}

func (l serverLog) Fatalf(format string, args ...any) { l.Errorf(format, args...) }
