package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/store/storetest/pgtest"
)

// childQueue tells a copy of this test program to work on a queue until it is killed, instead of testing.
const childQueue = "SALLYPORT_TEST_CHILD_QUEUE"

// child is what a working process is told.
type child struct {
	Bus    bus.Options
	Store  string
	Ledger string // a file that gets a line for each analysis
	Tries  int
}

func TestMain(m *testing.M) {
	if orders := os.Getenv(childQueue); orders != "" {
		fmt.Fprintln(os.Stderr, "the child ends:", obey(orders))
		os.Exit(1)
	}
	os.Exit(pgtest.Run(m))
}

func obey(orders string) error {
	ctx := context.Background()
	var c child
	if err := json.Unmarshal([]byte(orders), &c); err != nil {
		return err
	}
	db, err := sqlstore.Open(ctx, c.Store)
	if err != nil {
		return err
	}
	ledger, err := os.OpenFile(c.Ledger, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	q, _, err := c.join(ctx, db)
	if err != nil {
		return err
	}
	analyse := func(_ context.Context, j Job, text string) ([]byte, error) {
		if text == "deadly" {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		_, err := fmt.Fprintln(ledger, j.SHA256)
		time.Sleep(20 * time.Millisecond) // long enough to be killed in
		return fmt.Appendf(nil, `{"pid":%d}`, os.Getpid()), err
	}
	var all []Analyser
	for _, kind := range kinds {
		all = append(all, Analyser{Kind: kind, Version: "1", Slots: 1, Analyse: analyse})
	}
	return q.Work(ctx, all...)
}

// join opens the queue as soon as the bus is there.
func (c child) join(ctx context.Context, s Store) (*Queue, *bus.Bus, error) {
	var errs error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		b, err := bus.Open(ctx, c.Bus)
		if err == nil {
			var q *Queue
			if q, err = Open(ctx, Options{Bus: b, Store: s, Silence: time.Second, Limit: time.Second, Tries: c.Tries}); err == nil {
				q.look = 100 * time.Millisecond
				return q, b, nil
			}
			_ = b.Close()
		}
		errs = err
	}
	return nil, nil, errors.Join(errors.New("no bus"), errs)
}

// process is a child that may be killed and started again.
type process struct {
	t     *testing.T
	c     child
	cmd   *exec.Cmd
	ended chan struct{}
}

func start(t *testing.T, c child) *process {
	p := &process{t: t, c: c}
	p.run()
	t.Cleanup(p.kill)
	return p
}

func (p *process) run() {
	p.t.Helper()
	orders, err := json.Marshal(p.c)
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd, p.ended = exec.Command(os.Args[0]), make(chan struct{})
	p.cmd.Env = append(os.Environ(), childQueue+"="+string(orders))
	p.cmd.Stderr = os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := make(chan error)
	go func(cmd *exec.Cmd, ended chan struct{}) {
		runtime.LockOSThread() // Pdeathsig means the death of the thread that started the process
		err := cmd.Start()
		begun <- err
		if err == nil {
			_ = cmd.Wait()
			close(ended)
		}
	}(p.cmd, p.ended)
	if err := <-begun; err != nil {
		p.t.Fatal(err)
	}
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

func (p *process) dead() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}
