package bench

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"
)

// Load is what clients do to a server. Each connection has one client, which begins with the next
// request when it has the answer to the one before; an HTTP/2 connection has several under way.
type Load struct {
	Address     string
	From        string // first three bytes of the addresses to come from; empty: the system's choice
	TLS         bool
	H2          bool
	Handshakes  bool // only open connections, one after the other
	Connections int
	PerSecond   int // begin so many in a second, whether earlier ones are answered or not; 0: as fast as it goes
	Path        string
	Status      int // what must be answered
	Bytes       int // and with how long a body

	ServerName func() string // of a new connection; nil without TLS
	Host       func() string // of a request
}

// Streams is how many requests an HTTP/2 client has under way.
const Streams = 4

// warmUp is how long clients run before it counts.
const warmUp = 250 * time.Millisecond

// timeout is how long anything may take before it is an error.
const timeout = 10 * time.Second

// Result is what came of a load.
type Result struct {
	PerSecond float64
	P50, P99  time.Duration
	Done      int
	All       int // with what was done before it counted
	Errors    int
	First     error // the first of the errors
}

// client does one thing after the other over one connection and reports how long each took.
type client interface {
	// next does one more, or finishes one of several under way.
	next() (time.Duration, error)
	close()
}

// Run applies the load for a while.
func (l *Load) Run(length time.Duration) Result {
	type share struct {
		took   []time.Duration
		all    int
		errors int
		first  error
	}
	shares := make([]share, l.Connections)
	var done sync.WaitGroup
	begin := time.Now().Add(warmUp)
	end := begin.Add(length)
	for i := range shares {
		done.Go(func() {
			s := &shares[i]
			s.took = make([]time.Duration, 0, 1<<15)
			var c client
			pace := l.pace(i)
			for time.Now().Before(end) {
				late := pace(end)
				var err error
				if c == nil {
					c, err = l.open()
				}
				var took time.Duration
				if err == nil {
					took, err = c.next()
				}
				if err != nil {
					s.errors++
					if s.first == nil {
						s.first = err
					}
					if c != nil {
						c.close()
						c = nil
					}
					time.Sleep(10 * time.Millisecond)
					continue
				}
				s.all++
				if now := time.Now(); now.After(begin) && now.Before(end) {
					s.took = append(s.took, late+took)
				}
			}
			if c != nil {
				c.close()
			}
		})
	}
	done.Wait()
	var all []time.Duration
	var result Result
	for i := range shares {
		all = append(all, shares[i].took...)
		result.All += shares[i].all
		result.Errors += shares[i].errors
		if result.First == nil {
			result.First = shares[i].first
		}
	}
	result.Done = len(all)
	result.PerSecond = float64(len(all)) / length.Seconds()
	if len(all) == 0 {
		result.Errors++
		result.First = errors.Join(result.First, errors.New("bench: nothing was answered"))
		return result
	}
	slices.Sort(all)
	result.P50, result.P99 = all[len(all)/2], all[len(all)*99/100]
	return result
}

// pace is a function that waits until the client with the number may go on, and says how late that is: who
// waits for a slow answer would begin later, and not notice how long others would have waited.
func (l *Load) pace(client int) func(end time.Time) time.Duration {
	if l.PerSecond == 0 {
		return func(time.Time) time.Duration { return 0 }
	}
	between := time.Duration(l.Connections) * time.Second / time.Duration(l.PerSecond)
	due := time.Now().Add(between * time.Duration(client) / time.Duration(l.Connections))
	return func(end time.Time) time.Duration {
		now := time.Now()
		if due.After(now) {
			time.Sleep(min(due.Sub(now), end.Sub(now)))
			now = time.Now()
		}
		late := max(0, now.Sub(due))
		due = due.Add(between)
		return late
	}
}

// Handshake opens a connection for the name and closes it, and says how long opening took.
func (l *Load) Handshake(name string) (time.Duration, error) {
	one := *l
	one.ServerName = func() string { return name }
	return (&handshaker{load: &one}).next()
}

func (l *Load) open() (client, error) {
	if l.Handshakes {
		return &handshaker{load: l}, nil
	}
	conn, err := l.dial()
	if err != nil {
		return nil, err
	}
	if l.H2 {
		return newH2(l, conn)
	}
	return newH1(l, conn), nil
}

// dialFrom comes from one of a hundred addresses: connections that come and go by the thousand a second
// would use up one address's ports.
func dialFrom(network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: timeout}
	if network != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(fmt.Sprintf("%s.%d", network, 100+rand.IntN(100)))}
	}
	return dialer.Dial("tcp", address)
}

func (l *Load) dial() (net.Conn, error) {
	conn, err := dialFrom(l.From, l.Address)
	if err != nil || !l.TLS {
		return conn, err
	}
	protocol := "http/1.1"
	if l.H2 {
		protocol = "h2"
	}
	name := l.ServerName()
	secured := tls.Client(conn, &tls.Config{
		ServerName: name, NextProtos: []string{protocol},
		InsecureSkipVerify: true, // checking the chain is the client's cost; the name is compared below
	})
	_ = conn.SetDeadline(time.Now().Add(timeout)) // a connection that is closed already says so when it is used
	if err := secured.Handshake(); err != nil {
		conn.Close()
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	state := secured.ConnectionState()
	if names := state.PeerCertificates[0].DNSNames; len(names) != 1 || names[0] != name {
		conn.Close()
		return nil, fmt.Errorf("bench: the certificate is for %v (expected: %s)", names, name)
	}
	if state.DidResume || state.NegotiatedProtocol != protocol {
		conn.Close()
		return nil, fmt.Errorf("bench: resumed %t, protocol %q (expected: a full handshake for %s)", state.DidResume, state.NegotiatedProtocol, protocol)
	}
	return secured, nil
}

// handshaker opens a connection and closes it again.
type handshaker struct {
	load  *Load
	shown *x509.Certificate // by the newest
}

func (h *handshaker) next() (time.Duration, error) {
	began := time.Now()
	conn, err := h.load.dial()
	if err != nil {
		return 0, err
	}
	err = h.parse(conn.(*tls.Conn).ConnectionState().PeerCertificates[0])
	took := time.Since(began)
	return took, errors.Join(err, conn.Close())
}

// parse makes a handshake cost a client as much with a server that has one certificate as with one that has many. Each
// visitor parses what it is shown, but crypto/tls keeps what it has parsed for as long as it is in use, and here all
// visitors are one process.
func (h *handshaker) parse(shown *x509.Certificate) error {
	if h.shown != shown {
		h.shown = shown
		return nil
	}
	_, err := x509.ParseCertificate(shown.Raw)
	return err
}

func (*handshaker) close() {}
