package bench

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"sallyport/internal/collect"
	"sallyport/internal/store/sqlstore"
)

var collectKey = []byte("only for measuring")

// signedPath is an address that a collector of this process's children takes reports at.
func signedPath() string {
	return "/csp?v=" + collect.New(collect.Options{Key: collectKey, Clock: time.Now}).Sign("p1")
}

const (
	fromVar   = "X-From" // header: the address a report comes from, as a trusted proxy would say
	userVar   = "X-User" // header: the account
	limitsVar = "SALLYPORT_BENCH_LIMITS"
)

// serveCollector is Sallyport's collector in front of a store, until it is told to stop; then everything that was answered is
// in the store. Senders may send without limit, unless limitsVar says "default".
func serveCollector(l net.Listener, store string) error {
	debug.SetGCPercent(800) // as `sallyport serve` has it
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := sqlstore.Open(ctx, store)
	if err != nil {
		return err
	}
	defer db.Close()
	limits := collect.Limits{UserBurst: 1e12, NetworkBurst: 1e12, NewByUser: 1e9} // one sender plays many
	if os.Getenv(limitsVar) == "default" {
		limits = collect.Limits{}
	}
	c := collect.New(collect.Options{
		Wiki: "w", Origins: []string{"https://wiki.example"}, Store: db, Key: collectKey, Node: "n", Clock: time.Now, Limits: limits,
		User: func(r *http.Request) string { return cmp.Or(r.Header.Get(userVar), "7") },
		Client: func(r *http.Request) netip.Addr {
			a, _ := netip.ParseAddr(cmp.Or(r.Header.Get(fromVar), "127.0.0.1"))
			return a
		},
	})
	server := &http.Server{Handler: c}
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	running := make(chan error, 1)
	ended, end := context.WithCancel(context.Background())
	go func() { running <- c.Run(ended, time.Tick(2*time.Second)) }()
	err = server.Serve(l)
	end()
	return cmp.Or(<-running, err)
}

// answerUnread is the least an HTTP server can do with a report.
func answerUnread() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
}
