package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience bounds how long a cluster may take to start or to stop.
const patience = 30 * time.Second

// oldest is the first PostgreSQL whose initdb knows ICU locales.
const oldest = 15

// cluster is a running server in a folder of its own.
type cluster struct {
	address string // of the database "postgres"
	folder  string
	process *exec.Cmd
	log     bytes.Buffer // what the server said; to be read after exited is closed
	exited  chan struct{}
}

// startCluster makes a cluster and waits until it answers. The locale is English, not C: what depends on the order of
// letters fails here and not at somebody's home.
func startCluster() (*cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	account, err := serverAccount()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	c := &cluster{folder: folder, exited: make(chan struct{})}
	if account != nil {
		err = os.Chown(folder, int(account.Uid), int(account.Gid))
	}
	if err == nil {
		err = c.initialise(bin, account)
	}
	if err == nil {
		err = c.start(bin, account)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), os.RemoveAll(folder))
	}
	return c, nil
}

// binaries finds the newest installed server's programs.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	version := func(initdb string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb)))) // 0 is too old
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) == 0 || version(found[0]) < oldest {
		return "", errMissing
	}
	return filepath.Dir(found[0]), nil
}

// serverAccount is who runs the server: nil for ourselves. The server refuses to run as root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: no account to run it: %w", errMissing, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read user id %q: %w", u.Uid, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read group id %q: %w", u.Gid, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (c *cluster) initialise(bin string, account *syscall.Credential) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", filepath.Join(c.folder, "data"),
		"--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-sync",
		"--locale", "C", "--locale-provider", "icu", "--icu-locale", "en-US")
	cmd.Dir = c.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// start runs the server, without the syncing that only a power cut would need.
func (c *cluster) start(bin string, account *syscall.Credential) error {
	settings := []string{
		"listen_addresses=", "unix_socket_directories=" + c.folder, "fsync=off", "synchronous_commit=off",
		"full_page_writes=off", "max_connections=200", "log_min_messages=fatal",
	}
	c.process = exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(c.folder, "data"))
	for _, setting := range settings {
		c.process.Args = append(c.process.Args, "-c", setting)
	}
	c.process.Dir = c.folder
	c.process.Stdout, c.process.Stderr = &c.log, &c.log
	// Should this process be killed, the server is told to stop at once.
	c.process.SysProcAttr = &syscall.SysProcAttr{Credential: account, Pdeathsig: syscall.SIGQUIT}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // Pdeathsig means the death of the thread that started the server
		err := c.process.Start()
		started <- err
		if err == nil {
			_ = c.process.Wait() // how it ended is in its log
			close(c.exited)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	c.address = "postgres://postgres@/postgres?host=" + url.QueryEscape(c.folder)
	if err := c.ready(); err != nil {
		return errors.Join(err, c.quit())
	}
	return nil
}

// ready waits until the server answers.
func (c *cluster) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.exited:
			return fmt.Errorf("the server ended: %s", c.log.String())
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server and removes its folder.
func (c *cluster) stop() error {
	return errors.Join(c.quit(), os.RemoveAll(c.folder))
}

// quit asks the server to stop at once, and makes it when it does not.
func (c *cluster) quit() error {
	_ = c.process.Process.Signal(syscall.SIGQUIT) // it may have ended
	select {
	case <-c.exited:
		return nil
	case <-time.After(patience):
		return errors.Join(errors.New("PostgreSQL does not stop; it is killed"), c.process.Process.Kill())
	}
}
