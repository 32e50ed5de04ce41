package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// profilePrefix begins the names of profiles.
const profilePrefix = "sallyport-browser-"

// start starts the browser, sealed in as l says.
func (l launch) start(ctx context.Context, log *slog.Logger) (*process, error) {
	p := &process{launch: l, ended: make(chan struct{}), errors: &tail{}}
	if err := p.run(ctx); err != nil {
		p.kill()
		return nil, err
	}
	log.Debug("browser started", "level", l.level, "pid", p.cmd.Process.Pid, "sandbox", l.sandbox)
	return p, nil
}

func (p *process) run(ctx context.Context) error {
	profile, err := p.makeProfile()
	if err != nil {
		return err
	}
	theirs, err := p.open()
	if err != nil {
		return err
	}
	defer func() {
		for _, f := range theirs {
			_ = f.Close()
		}
	}()
	port := 0
	if p.level != LevelA {
		if p.doors, port, err = newHostDoors(ctx); err != nil {
			return err
		}
	}
	args := switches(p.launch, profile)
	env := environment(profile)
	if p.level == LevelC {
		p.cmd = &exec.Cmd{Path: p.path, Args: append([]string{p.path}, args...), Env: env, Dir: "/", SysProcAttr: plain()}
	} else if err := p.orderHelper(profile, port, args, env); err != nil {
		return err
	}
	p.cmd.SysProcAttr.Setpgid = true
	p.cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	p.cmd.ExtraFiles = theirs
	p.cmd.Stderr = p.errors
	p.cmd.WaitDelay = time.Second
	if err := p.spawn(); err != nil {
		return refused(err)
	}
	if p.level == LevelC {
		return nil
	}
	return p.hear()
}

// orderHelper has this program itself, started anew, seal itself in before it becomes the browser.
func (p *process) orderHelper(profile string, port int, args, env []string) error {
	o := order{
		Level: p.level, Private: p.private, Port: port, Profile: profile, Outside: p.outside, Path: p.path, Args: args, Env: env,
	}
	if p.private {
		o.Hide = hidden(p.path)
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	p.cmd = &exec.Cmd{Path: "/proc/self/exe", Args: []string{helperName, string(text)}, Env: env, Dir: "/"}
	p.cmd.SysProcAttr = plain()
	if p.level == LevelA {
		p.cmd.SysProcAttr = namespaces(p.private)
	}
	return nil
}

// plain starts a process in our own namespaces; root becomes nobody.
func plain() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return attr
}

// open makes the browser's pipes and the helper's socket, and returns the other side's ends for its descriptors 3, 4 and 5.
func (p *process) open() ([]*os.File, error) {
	toRead, toWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	fromRead, fromWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make a socket pair: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "control"), os.NewFile(uintptr(pair[1]), "control")
	p.control = ours
	p.files = append(p.files, toWrite, fromRead, ours)
	p.pipe = newPipe(fromRead, toWrite)
	return []*os.File{toRead, fromWrite, theirs}, nil
}

// spawn starts the process on a thread that lives as long as it does: the kernel kills it when that thread ends.
func (p *process) spawn() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
			close(p.ended)
		}
	}()
	return <-started
}

// hear waits for the helper's word, and takes the sockets it sends.
func (p *process) hear() error {
	conn, err := net.FileConn(p.control)
	if err != nil {
		return fmt.Errorf("listen to the helper: %w", err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("listen to the helper: not a Unix socket")
	}
	data, rights := make([]byte, 1<<16), make([]byte, 256)
	n, m, _, _, err := unixConn.ReadMsgUnix(data, rights)
	var said outcome
	if err == nil {
		err = json.Unmarshal(data[:n], &said)
	}
	switch {
	case err != nil:
		return fmt.Errorf("the helper said nothing (is browser.Helper called first in main?): %w", err)
	case said.Error != "":
		return refused(errors.New(said.Error))
	case p.level == LevelA:
		return p.take(rights[:m])
	}
	return nil
}

// take makes the sockets the helper sent ours.
func (p *process) take(rights []byte) error {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return fmt.Errorf("the helper sent no sockets: %w", err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 2 {
		return fmt.Errorf("the helper sent no sockets: %w", err)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	door := os.NewFile(uintptr(fds[0]), "door")
	defer door.Close()
	p.witness = os.NewFile(uintptr(fds[1]), "witness")
	p.files = append(p.files, p.witness)
	l, err := net.FileListener(door)
	if err != nil {
		return fmt.Errorf("listen in the namespace: %w", err)
	}
	p.doors = newNamespaceDoors(l)
	return drain(p.witness) // what the helper tried
}

// kill ends the browser with all its processes and removes what it left. It may be called again.
func (p *process) kill() {
	p.once.Do(func() {
		if p.cmd != nil && p.cmd.Process != nil {
			family := descendants(p.cmd.Process.Pid)
			_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
			for _, pid := range family {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			<-p.ended
		}
		if p.doors != nil {
			p.doors.close()
		}
		for _, f := range p.files {
			_ = f.Close()
		}
		for range 50 { // processes that are about to end may still write
			if p.profile == "" || os.RemoveAll(p.profile) == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
}

// makeProfile returns the browser's folder: one of its own on this file system, or the name of one that the helper makes in a
// file system that goes with the namespace. Folders of processes that were killed are removed.
func (p *process) makeProfile() (string, error) {
	sweep()
	if p.private {
		for _, dir := range hidden(p.path) {
			if dir == "/tmp" {
				return "/tmp/profile", nil
			}
		}
	}
	dir, err := os.MkdirTemp("", profilePrefix)
	if err != nil {
		return "", fmt.Errorf("make a profile: %w", err)
	}
	p.profile, p.private = dir, false
	lock, err := os.Open(dir) // #nosec G304 -- just made
	if err != nil {
		return "", fmt.Errorf("make a profile: %w", err)
	}
	p.files = append(p.files, lock)
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return "", fmt.Errorf("lock the profile: %w", err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return "", fmt.Errorf("make a profile: %w", err)
		}
	}
	return dir, nil
}

// fresh is how old a folder must be before anybody but its maker touches it: it is made first and locked then.
const fresh = 2 * time.Second

// sweep removes the profiles of processes that are no more: nobody holds their locks.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), profilePrefix+"*"))
	for _, dir := range left {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < fresh {
			continue
		}
		if f, err := os.Open(dir); err == nil { // #nosec G304 -- one of ours
			if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
				_ = os.RemoveAll(dir)
			}
			_ = f.Close()
		}
	}
}
