package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// What every request carries beside its Host: little, so that the proxy's own work weighs most.
var headers = [][2]string{{"User-Agent", "nameplate-bench"}, {"Accept", "*/*"}, {"Accept-Encoding", "gzip, br"}}

// h1 sends requests over an HTTP/1.1 connection.
type h1 struct {
	load *Load
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	head []byte // up to the Host
	tail []byte // after it
}

func newH1(l *Load, conn net.Conn) *h1 {
	c := &h1{load: l, conn: conn, in: bufio.NewReaderSize(conn, 64<<10), head: []byte("GET " + l.Path + " HTTP/1.1\r\nHost: ")}
	for _, header := range headers {
		c.tail = append(c.tail, "\r\n"+header[0]+": "+header[1]...)
	}
	c.tail = append(c.tail, "\r\n\r\n"...)
	return c
}

func (c *h1) close() { c.conn.Close() }

func (c *h1) next() (time.Duration, error) {
	c.out = append(c.out[:0], c.head...)
	c.out = append(c.out, c.load.Host()...)
	c.out = append(c.out, c.tail...)
	began := time.Now()
	_ = c.conn.SetDeadline(began.Add(timeout)) // as in dial
	if _, err := c.conn.Write(c.out); err != nil {
		return 0, err
	}
	status, size, err := c.readHead()
	if err != nil {
		return 0, err
	}
	if status != c.load.Status || size != c.load.Bytes {
		return 0, fmt.Errorf("bench: status %d with %d bytes (expected: %d with %d)", status, size, c.load.Status, c.load.Bytes)
	}
	if _, err := c.in.Discard(size); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}

var lengthHeader = []byte("content-length:")

func (c *h1) readHead() (status, size int, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("bench: status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, err
	}
	size = -1
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		if len(line) <= 2 {
			return status, size, nil
		}
		if n := len(lengthHeader); len(line) > n && bytes.EqualFold(line[:n], lengthHeader) {
			if size, err = strconv.Atoi(string(bytes.TrimSpace(line[n:]))); err != nil {
				return 0, 0, err
			}
		}
	}
}

// window is how much a server may send ahead; flow control is not what is measured.
const window = 1 << 30

// h2 keeps several requests under way on an HTTP/2 connection.
type h2 struct {
	load     *Load
	conn     net.Conn
	out      *bufio.Writer
	framer   *http2.Framer
	encoder  *hpack.Encoder
	block    bytes.Buffer
	last     uint32 // the newest stream
	underway map[uint32]*stream
	received uint32 // since the window was last opened again
}

type stream struct {
	began  time.Time
	status int
	size   int
}

func newH2(l *Load, conn net.Conn) (client, error) {
	c := &h2{load: l, conn: conn, out: bufio.NewWriter(conn), underway: map[uint32]*stream{}}
	c.framer = http2.NewFramer(c.out, bufio.NewReaderSize(conn, 64<<10))
	c.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	c.framer.SetReuseFrames()
	c.encoder = hpack.NewEncoder(&c.block)
	_, _ = c.out.WriteString(http2.ClientPreface) // Flush reports
	err := errors.Join(
		c.framer.WriteSettings(
			http2.Setting{ID: http2.SettingEnablePush, Val: 0},
			http2.Setting{ID: http2.SettingInitialWindowSize, Val: window}),
		c.framer.WriteWindowUpdate(0, window))
	for range Streams {
		err = errors.Join(err, c.request())
	}
	if err = errors.Join(err, c.out.Flush()); err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *h2) close() { c.conn.Close() }

func (c *h2) request() error {
	c.block.Reset()
	field := func(name, value string) {
		_ = c.encoder.WriteField(hpack.HeaderField{Name: name, Value: value}) // a Buffer does not fail
	}
	field(":authority", c.load.Host())
	field(":method", "GET")
	field(":path", c.load.Path)
	field(":scheme", "https")
	for _, header := range headers {
		field(string(bytes.ToLower([]byte(header[0]))), header[1])
	}
	if c.last == 0 {
		c.last = 1
	} else {
		c.last += 2
	}
	c.underway[c.last] = &stream{began: time.Now()}
	return c.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: c.last, BlockFragment: c.block.Bytes(), EndStream: true, EndHeaders: true,
	})
}

func (c *h2) next() (time.Duration, error) {
	_ = c.conn.SetDeadline(time.Now().Add(timeout)) // as in dial
	for {
		frame, err := c.framer.ReadFrame()
		if err != nil {
			return 0, err
		}
		ended, err := c.read(frame)
		if err != nil {
			return 0, err
		}
		if !ended {
			continue
		}
		id := frame.Header().StreamID
		s := c.underway[id]
		delete(c.underway, id)
		if s.status != c.load.Status || s.size != c.load.Bytes {
			return 0, fmt.Errorf("bench: status %d with %d bytes (expected: %d with %d)", s.status, s.size, c.load.Status, c.load.Bytes)
		}
		took := time.Since(s.began)
		return took, errors.Join(c.request(), c.out.Flush())
	}
}

// read takes in a frame and reports whether it ended its stream.
func (c *h2) read(frame http2.Frame) (bool, error) {
	switch f := frame.(type) {
	case *http2.MetaHeadersFrame:
		s := c.underway[f.StreamID]
		if s == nil {
			return false, fmt.Errorf("bench: headers of stream %d, which nobody asked for", f.StreamID)
		}
		var err error
		s.status, err = strconv.Atoi(f.PseudoValue("status"))
		return f.StreamEnded(), err
	case *http2.DataFrame:
		s := c.underway[f.StreamID]
		if s == nil {
			return false, fmt.Errorf("bench: data of stream %d, which nobody asked for", f.StreamID)
		}
		s.size += len(f.Data())
		if c.received += f.Length; c.received > window/2 {
			if err := errors.Join(c.framer.WriteWindowUpdate(0, c.received), c.out.Flush()); err != nil {
				return false, err
			}
			c.received = 0
		}
		return f.StreamEnded(), nil
	case *http2.SettingsFrame:
		if f.IsAck() {
			return false, nil
		}
		return false, errors.Join(c.framer.WriteSettingsAck(), c.out.Flush())
	case *http2.PingFrame:
		if f.IsAck() {
			return false, nil
		}
		return false, errors.Join(c.framer.WritePing(true, f.Data), c.out.Flush())
	case *http2.RSTStreamFrame:
		return false, fmt.Errorf("bench: stream reset: %s", f.ErrCode)
	case *http2.GoAwayFrame:
		return false, fmt.Errorf("bench: connection ended by the server: %w", io.EOF)
	default:
		return false, nil
	}
}
