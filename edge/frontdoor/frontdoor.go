// Package frontdoor decides about connections before anything is spent on them: which sources have too
// many, and whether the name a TLS client asks for is held at all. It keeps nothing by source or by
// name: its memory has one size, whoever comes.
package frontdoor

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Limits of a door. Zero means none.
type Limits struct {
	Connections          int // open at once
	ConnectionsPerSource int // open at once from one source
	UnknownPerSecond     int // handshakes for unknown names from one source, before its connections are closed unread
}

// Defaults leave a source more than any browser, office or carrier's NAT uses. A source is an IPv4
// address or an IPv6 /64, which is what one customer of an access provider gets (RFC 6177).
var Defaults = Limits{ConnectionsPerSource: 10_000, UnknownPerSecond: 200}

// ByFiles is how many connections the process can hold: one file each, another for the origin behind
// it, and some to spare.
func ByFiles() int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return 0
	}
	const spare = 1_000
	return int(max(100, (int64(min(files.Cur, 1<<30))-spare)/2))
}

// Figures count since the door was made.
type Figures struct {
	Open        int64  // connections now
	Unknown     uint64 // handshakes refused because the name is not held
	FullSource  uint64 // connections closed because their source has too many
	FullDoor    uint64 // connections closed because there are too many
	FloodSource uint64 // connections closed because their source keeps asking for unknown names
}

// Refused is how many connections were closed that a door without limits would have let in.
func (f Figures) Refused() uint64 { return f.FullSource + f.FullDoor + f.FloodSource }

// Door guards listeners. It is safe for concurrent use.
type Door struct {
	limits  atomic.Pointer[Limits]
	known   func(serverName string) bool
	behind  bool
	open    atomic.Int64
	sources sketch
	unknown sketch

	unknowns, fullSource, fullDoor, floodSource atomic.Uint64
	hellos                                      sync.Pool
}

// New makes a door. known answers from memory, for a server name as the client sent it. behind says
// that connections may come through proxies that tell the visitor's address in the stream (PROXY
// protocol), so that an address is known only when something was read.
func New(limits Limits, behind bool, known func(serverName string) bool) *Door {
	d := &Door{known: known, behind: behind}
	d.Limit(limits)
	d.sources.seed()
	d.unknown.seed()
	d.hellos.New = func() any { return new([helloSize]byte) }
	return d
}

// Limit replaces the limits. Whoever is in stays in.
func (d *Door) Limit(limits Limits) { d.limits.Store(&limits) }

// Limits are those that hold now.
func (d *Door) Limits() Limits { return *d.limits.Load() }

// Forget lets what sources did before weigh half. It has to be called once a second.
func (d *Door) Forget() { d.unknown.halve() }

// Figures are what happened so far.
func (d *Door) Figures() Figures {
	return Figures{
		Open: d.open.Load(), Unknown: d.unknowns.Load(), FullSource: d.fullSource.Load(),
		FullDoor: d.fullDoor.Load(), FloodSource: d.floodSource.Load(),
	}
}

// Guard returns the listener with the door before it. secure says that clients begin with TLS.
func (d *Door) Guard(l net.Listener, secure bool) net.Listener {
	if secure {
		waitForHello(l)
	}
	return &listener{Listener: l, door: d, secure: secure}
}

type listener struct {
	net.Listener
	door   *Door
	secure bool
}

// Accept returns the next connection that may come in. It never waits for what a client sends.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if in := l.door.admit(c, l.secure); in != nil {
			return in, nil
		}
		_ = c.Close() // if judge has not
	}
}

func (d *Door) admit(c net.Conn, secure bool) net.Conn {
	if n, limit := d.open.Add(1), d.limits.Load().Connections; limit > 0 && n > int64(limit) {
		d.open.Add(-1)
		d.fullDoor.Add(1)
		return nil
	}
	in := &conn{Conn: c, door: d, secure: secure}
	if d.behind {
		return in
	}
	if !in.identify() {
		d.open.Add(-1)
		return nil
	}
	if secure && in.hasCome() {
		if !in.judge() {
			return nil
		}
		in.state = passing
	}
	return in
}

// full reports whether a source may not come in now, and counts why.
func (d *Door) full(s spots) bool {
	limits := d.limits.Load()
	// Halved each second, a count settles at twice what comes in a second.
	if limit := limits.UnknownPerSecond; limit > 0 && d.unknown.least(s) > int32(2*limit) {
		d.floodSource.Add(1)
		return true
	}
	if limit := limits.ConnectionsPerSource; limit > 0 && d.sources.least(s) > int32(limit) {
		d.fullSource.Add(1)
		return true
	}
	return false
}

// conn is a connection that came in. If its ClientHello is there when it is accepted, it is looked at there and then:
// a flood of unknown names takes one goroutine's time, and good handshakes have the other processors. Else the first
// Read looks, where the connection is served anyway, under the server's own deadline.
type conn struct {
	net.Conn
	door   *Door
	secure bool
	state  state
	source spots
	hello  *[helloSize]byte // what was read ahead; nil when all of it was passed on
	from   int
	to     int
	closed atomic.Bool
	known  atomic.Bool // the source is counted
}

type state byte

const (
	unread state = iota
	passing
	refused
)

// identify counts the connection for its source; false if the source has too many.
func (c *conn) identify() bool {
	c.source = c.door.sources.spotsOf(sourceOf(c.RemoteAddr()))
	c.door.sources.add(c.source, 1)
	c.known.Store(true)
	if c.door.full(c.source) || c.closed.Load() {
		c.forget()
		return false
	}
	return true
}

// forget takes the connection out of its source's count, once.
func (c *conn) forget() {
	if c.known.Swap(false) {
		c.door.sources.add(c.source, -1)
	}
}

// Read passes on what the client sent.
func (c *conn) Read(p []byte) (int, error) {
	switch c.state {
	case unread:
		if err := c.enter(); err != nil {
			c.state = refused
			return 0, err
		}
		c.state = passing
	case refused:
		return 0, net.ErrClosed
	case passing:
	}
	if c.hello == nil {
		return c.Conn.Read(p)
	}
	n := copy(p, c.hello[c.from:c.to])
	if c.from += n; c.from == c.to {
		c.forgetHello()
	}
	return n, nil
}

func (c *conn) enter() error {
	if c.door.behind && !c.identify() {
		_ = c.Close()
		return net.ErrClosed
	}
	if !c.secure {
		return nil
	}
	if c.hello == nil {
		c.hello = c.door.hellos.Get().(*[helloSize]byte)
	}
	n, err := readHello(c.Conn, c.hello[:], c.to)
	c.to = n
	if err != nil && n == 0 {
		c.forgetHello()
		return err
	}
	if !c.judge() {
		return net.ErrClosed
	}
	return nil
}

// hasCome reads what has come so far, without waiting, and reports whether that is all that judge needs.
func (c *conn) hasCome() bool {
	tcp, ok := c.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	c.hello = c.door.hellos.Get().(*[helloSize]byte)
	_ = raw.Read(func(descriptor uintptr) bool { // whatever went wrong, the next Read says
		if n, err := syscall.Read(int(descriptor), c.hello[:]); err == nil {
			c.to = n
		}
		return true
	})
	if c.to == 0 {
		c.forgetHello()
		return false
	}
	return helloEnded(c.hello[:], c.to)
}

// judge looks at the ClientHello that was read, and refuses the connection, closed, if nobody has its name.
func (c *conn) judge() bool {
	name, whole := serverName(c.hello[:c.to])
	if !whole || c.door.known(name) {
		return true // what is no ClientHello in one record is crypto/tls's to judge
	}
	c.door.unknowns.Add(1)
	c.door.unknown.add(c.source, 1)
	_, _ = c.Conn.Write(unrecognizedName)
	c.forgetHello()
	_ = c.Close()
	return false
}

func (c *conn) forgetHello() {
	c.door.hellos.Put(c.hello)
	c.hello = nil
}

// Close closes the connection and takes it out of the counts.
func (c *conn) Close() error {
	if c.closed.CompareAndSwap(false, true) {
		c.door.open.Add(-1)
		c.forget()
	}
	return c.Conn.Close()
}

// unrecognizedName is a fatal alert (RFC 6066 section 3) in a record of its own.
var unrecognizedName = []byte{21, 3, 3, 0, 2, 2, 112}

// sourceOf is the address whose connections count together.
func sourceOf(address net.Addr) netip.Prefix {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip, _ := netip.AddrFromSlice(tcp.IP)
	ip = ip.Unmap()
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// ForgetUntil calls Forget once a second until stop is closed.
func (d *Door) ForgetUntil(stop <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			d.Forget()
		}
	}
}
