package bench

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Flood asks for names that nobody holds: a connection for each, closed when it was refused.
type Flood struct {
	Address     string
	From        string // as in Load
	Connections int
}

// Refusals is what came of a flood.
type Refusals struct {
	PerSecond float64
	Done      int
	Errors    int   // other answers than the refusal
	First     error // the first of the errors
}

// placeholder stands in a ClientHello where names of the same length come.
const placeholder = "unknown-0123456789abcdef.example"

// unrecognizedName is the alert that refuses such a name.
var unrecognizedName = []byte{21, 3, 3, 0, 2, 2, 112}

// Run goes on until stop is closed.
func (f *Flood) Run(stop <-chan struct{}) (Refusals, error) {
	hello, err := clientHello(placeholder)
	if err != nil {
		return Refusals{}, err
	}
	var result Refusals
	var mu sync.Mutex
	var done sync.WaitGroup
	began := time.Now()
	for range f.Connections {
		done.Go(func() {
			mine := bytes.Clone(hello)
			name := mine[bytes.Index(mine, []byte(placeholder)):][:len(placeholder)]
			refused, failed := 0, 0
			var first error
			for ; !closed(stop); refused++ {
				copy(name[len("unknown-"):], fmt.Sprintf("%016x", mathrand.Uint64()))
				if err := f.ask(mine); err != nil {
					refused--
					failed++
					first = errors.Join(first, err)
					time.Sleep(10 * time.Millisecond)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			result.Done += refused
			result.Errors += failed
			if result.First == nil {
				result.First = first
			}
		})
	}
	done.Wait()
	result.PerSecond = float64(result.Done) / time.Since(began).Seconds()
	return result, nil
}

func (f *Flood) ask(hello []byte) error {
	conn, err := dialFrom(f.From, f.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // else closed connections would use up the ports
	}
	_ = conn.SetDeadline(time.Now().Add(timeout)) // as in dial
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	answer := make([]byte, len(unrecognizedName))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if !bytes.Equal(answer, unrecognizedName) {
		return fmt.Errorf("bench: %x (expected: the alert unrecognized_name)", answer)
	}
	return nil
}

// Refuse answers each connection with the alert that the flood expects once something came on it, and does nothing else:
// what is beside it is the least that a flood costs on this machine.
func Refuse(listener net.Listener) error {
	hello := make([]byte, 4096)
	return eachOf(listener, func(conn net.Conn) {
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(timeout)) // as in dial
		if _, err := conn.Read(hello); err == nil {
			_, _ = conn.Write(unrecognizedName) // the flood tells if it did not come
		}
	})
}

func closed(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// clientHello is the first record that crypto/tls sends for a name.
func clientHello(name string) ([]byte, error) {
	client, server := net.Pipe()
	defer server.Close()
	go func() {
		// It ends with the pipe.
		_ = tls.Client(client, &tls.Config{ServerName: name, NextProtos: []string{"h2", "http/1.1"}}).Handshake()
	}()
	record := make([]byte, 5)
	if _, err := io.ReadFull(server, record); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint16(record[3:]))
	if _, err := io.ReadFull(server, body); err != nil {
		return nil, err
	}
	return append(record, body...), nil
}

// Slow is clients that hold connections and hardly use them: a third send a ClientHello, a third a
// request's header, and a third read an answer of 1 MB, each a byte or a little more in a second. What the
// server closes is opened again.
type Slow struct {
	Address string
	From    string // as in Load
	Sockets int
	Name    string // one that is served
}

// openers bounds how many of the sockets are opened at a time.
const openers = 16

// Run calls opened when all sockets were opened once, and goes on until stop is closed. It returns how
// many could not be opened, with the first of the errors.
func (s *Slow) Run(opened func(), stop <-chan struct{}) (int, error) {
	hello, err := clientHello(s.Name)
	if err != nil {
		return 0, err
	}
	var failed atomic.Int64
	var first atomic.Pointer[error]
	room := make(chan struct{}, openers)
	var once, all sync.WaitGroup
	once.Add(s.Sockets)
	for i := range s.Sockets {
		all.Go(func() {
			for begun := false; !closed(stop); {
				room <- struct{}{}
				conn, use, err := s.open(i, hello)
				<-room
				if !begun {
					begun = true
					once.Done()
				}
				if err != nil {
					failed.Add(1)
					first.CompareAndSwap(nil, &err)
					return
				}
				hold(conn, use, stop)
			}
		})
	}
	once.Wait()
	opened()
	all.Wait()
	if err := first.Load(); err != nil {
		return int(failed.Load()), *err
	}
	return 0, nil
}

// open opens a socket, and says how it is used a little at a time.
func (s *Slow) open(i int, hello []byte) (net.Conn, func(net.Conn) error, error) {
	if i%3 == 0 {
		conn, err := dialFrom(s.From, s.Address)
		return conn, drip(hello), err
	}
	load := Load{Address: s.Address, From: s.From, TLS: true, ServerName: func() string { return s.Name }}
	conn, err := load.dial()
	if err != nil {
		return nil, nil, err
	}
	if i%3 == 1 {
		return conn, drip([]byte("GET / HTTP/1.1\r\nHost: " + s.Name + "\r\nX-Slow: " + rand.Text() + rand.Text() + rand.Text())), nil
	}
	if _, err := conn.Write([]byte("GET " + LargePath + " HTTP/1.1\r\nHost: " + s.Name + "\r\n\r\n")); err != nil {
		conn.Close()
		return nil, nil, err
	}
	few := make([]byte, 1024)
	return conn, func(conn net.Conn) error { _, err := conn.Read(few); return err }, nil
}

func drip(text []byte) func(net.Conn) error {
	return func(conn net.Conn) error {
		if len(text) <= 1 {
			return io.EOF
		}
		var next byte
		next, text = text[0], text[1:]
		_, err := conn.Write([]byte{next})
		return err
	}
}

// hold uses a connection once a second until that fails or stop is closed.
func hold(conn net.Conn, use func(net.Conn) error, stop <-chan struct{}) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Minute)) // as in dial
	wait := time.NewTimer(time.Duration(mathrand.Int64N(int64(time.Second))))
	for {
		select {
		case <-stop:
			return
		case <-wait.C:
			if err := use(conn); err != nil {
				return // the server has had enough
			}
			wait.Reset(time.Second)
		}
	}
}
