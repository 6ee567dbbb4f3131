// Package handover lets a process give its listening sockets to a successor, so that a new build takes
// over without a refused connection: both accept from the same queues until the older one stops.
package handover

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// variable carries what a successor inherits: addresses in the order of their descriptors, from 3 on;
// behind them comes the pipe on which it says that it is ready.
const variable = "NAMEPLATE_EDGE_INHERITED"

const firstDescriptor = 3

// word is what a successor says when it serves.
const word = "ready\n"

// Sockets are the listening sockets of a process, by address as configured. It is safe for concurrent use.
type Sockets struct {
	mu     sync.Mutex
	order  []string
	held   map[string]*net.TCPListener
	given  []*listener
	report *os.File // to the predecessor; nil without one
}

// Inherit takes over what a predecessor handed on; without one, the sockets are empty.
func Inherit() (*Sockets, error) {
	s := &Sockets{held: map[string]*net.TCPListener{}}
	text := os.Getenv(variable)
	if text == "" {
		return s, nil
	}
	if err := os.Unsetenv(variable); err != nil {
		return nil, err
	}
	var addresses []string
	if err := json.Unmarshal([]byte(text), &addresses); err != nil {
		return nil, fmt.Errorf("handover: %s: %w", variable, err)
	}
	for i, address := range addresses {
		file := os.NewFile(uintptr(firstDescriptor+i), address)
		if file == nil {
			return nil, fmt.Errorf("handover: no descriptor for %s", address)
		}
		listener, err := net.FileListener(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("handover: %s: %w", address, err)
		}
		s.keep(address, listener.(*net.TCPListener))
	}
	s.report = os.NewFile(uintptr(firstDescriptor+len(addresses)), "report")
	return s, nil
}

func (s *Sockets) keep(address string, listener *net.TCPListener) {
	s.order = append(s.order, address)
	s.held[address] = listener
}

// Succeeds reports whether the process takes over from another one, which serves until Ready is called.
func (s *Sockets) Succeeds() bool { return s.report != nil }

// Open listens at the addresses that are not held yet. An address that somebody else listens at is an error.
func (s *Sockets) Open(addresses ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, address := range addresses {
		if s.held[address] != nil {
			continue
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		s.keep(address, listener.(*net.TCPListener))
	}
	return nil
}

// Listener returns a listener of its own for a socket that is held. Closing it leaves the socket.
func (s *Sockets) Listener(address string) (net.Listener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.held[address]
	if held == nil {
		return nil, fmt.Errorf("handover: no socket for %s", address)
	}
	file, err := held.File()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	own, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	l := &listener{TCPListener: own.(*net.TCPListener), closed: make(chan struct{}), released: make(chan struct{})}
	s.given = append(s.given, l)
	return l, nil
}

// Rest makes listeners accept nothing more, without closing them: servers that close a listener forget
// what they accepted a moment before. A successor accepts what comes from now on.
func (s *Sockets) Rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.given {
		l.resting.Store(true)
		_ = l.SetDeadline(time.Unix(1, 0)) // ends an Accept that waits
	}
}

// listener shares its socket with the successor.
type listener struct {
	*net.TCPListener
	resting  atomic.Bool
	closing  sync.Once
	closed   chan struct{} // the server has asked for it
	released chan struct{} // the descriptor is gone
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.TCPListener.Accept()
	if err != nil && l.resting.Load() {
		<-l.closed
		return nil, net.ErrClosed
	}
	return c, err
}

func (l *listener) Close() error {
	err := net.ErrClosed
	l.closing.Do(func() {
		close(l.closed)
		err = l.TCPListener.Close()
		close(l.released)
	})
	return err
}

// Close gives the sockets up. What was accepted goes on; a successor keeps them.
func (s *Sockets) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, listener := range s.held {
		_ = listener.Close()
	}
	clear(s.held)
	s.order = nil
}

// Released waits until the servers have closed the listeners that they were given, and this process has
// no socket left at the addresses, or until ctx ends. Caddy closes them at a moment of its own.
func (s *Sockets) Released(ctx context.Context) error {
	s.mu.Lock()
	given := slices.Clone(s.given)
	s.mu.Unlock()
	for _, l := range given {
		select {
		case <-l.released:
		case <-ctx.Done():
			return fmt.Errorf("handover: %s is still listened at: %w", l.Addr(), ctx.Err())
		}
	}
	return nil
}

// Ready tells the predecessor that this process serves. Without one it does nothing.
func (s *Sockets) Ready() error {
	if s.report == nil {
		return nil
	}
	_, err := s.report.WriteString(word)
	return errors.Join(err, s.report.Close())
}

// Succeed starts a program on the same sockets and waits until it says that it serves. If it ends
// before, or ctx does, it is killed and an error returned.
func (s *Sockets) Succeed(ctx context.Context, program string, args []string) (*os.Process, error) {
	command, report, err := s.prepare(program, args)
	if err != nil {
		return nil, err
	}
	defer report.Close()
	err = command.Start()
	for _, file := range command.ExtraFiles {
		_ = file.Close()
	}
	if err != nil {
		return nil, err
	}
	said := make(chan error, 1)
	go func() {
		line, err := bufio.NewReader(report).ReadString('\n')
		if err == nil && line != word {
			err = fmt.Errorf("it said %q", line)
		}
		said <- err
	}()
	select {
	case err = <-said:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		_ = command.Process.Kill()
		return nil, fmt.Errorf("handover: the successor does not serve: %w (%v)", err, command.Wait())
	}
	return command.Process, nil
}

func (s *Sockets) prepare(program string, args []string) (command *exec.Cmd, report *os.File, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	addresses, err := json.Marshal(s.order)
	if err != nil {
		return nil, nil, err
	}
	command = exec.Command(program, args...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.Env = append(os.Environ(), variable+"="+string(addresses))
	report, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	for _, address := range s.order {
		file, err := s.held[address].File()
		if err != nil {
			return nil, nil, errors.Join(err, report.Close(), write.Close())
		}
		command.ExtraFiles = append(command.ExtraFiles, file)
	}
	command.ExtraFiles = append(command.ExtraFiles, write)
	return command, report, nil
}
