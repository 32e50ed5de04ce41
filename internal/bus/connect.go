package bus

import (
	"context"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	dialTimeout   = 5 * time.Second
	reconnectWait = 100 * time.Millisecond // with up to as much again at random
	// pingEvery finds connections that are dead without having ended, after two answers are missing.
	pingEvery = 5 * time.Second
)

func (b *Bus) connect(address, name string, more ...nats.Option) (*nats.Conn, error) {
	options := append([]nats.Option{
		nats.Name("sallyport " + name),
		nats.Timeout(dialTimeout),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.ReconnectJitter(reconnectWait, reconnectWait),
		nats.ReconnectBufSize(-1), // what cannot be sent now is an error now
		nats.PingInterval(pingEvery),
		nats.MaxPingsOutstanding(2),
		nats.NoCallbacksAfterClientClose(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			b.log.Warn("bus lost", "err", err)
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			b.log.Info("bus found again")
			b.missed()
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.log.Warn("bus", "err", err)
			b.missed() // of the errors that come here, those that matter are events that were dropped
		}),
	}, more...)
	return nats.Connect(address, options...)
}

// join connects to another process's embedded server.
func (b *Bus) join(folder, name string) (*nats.Conn, error) {
	// The client insists on an address of the usual form; the dialer looks at the folder alone.
	return b.connect("nats://127.0.0.1", name, nats.SetCustomDialer(socketDialer(folder)), nats.IgnoreDiscoveredServers())
}

// socketDialer connects to the socket in a folder.
type socketDialer string

// Dial is what the client calls.
func (d socketDialer) Dial(_, _ string) (net.Conn, error) {
	return (&net.Dialer{Timeout: dialTimeout}).DialContext(context.Background(), "unix", socketIn(string(d)))
}

// unreadable stands for an address that cannot be read, and so may have a password anywhere.
const unreadable = "(unreadable address)"

// redact hides the passwords of an address.
func redact(address string) string {
	if strings.HasPrefix(address, "embedded:") {
		return address
	}
	all := strings.Split(address, ",")
	for i, one := range all {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil {
			return unreadable
		}
		if u.User != nil {
			all[i] = u.Redacted()
		}
	}
	return strings.Join(all, ",")
}
