package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
)

// The paths of Origin and how long their bodies are.
const (
	SmallPath, SmallBytes = "/small", 128
	LargePath, LargeBytes = "/large", 1 << 20
)

// ServeOrigin answers requests without bodies over kept connections, as cheaply as it can be done:
// what an origin costs is taken from both sides of a comparison alike, and hides their difference.
func ServeOrigin(listener net.Listener) error {
	small, large := response(SmallBytes), response(LargeBytes)
	return eachOf(listener, func(conn net.Conn) {
		go func() {
			defer conn.Close()
			r := bufio.NewReader(conn)
			for {
				first, err := r.ReadSlice('\n')
				if err != nil {
					return
				}
				answer := small
				if bytes.Contains(first, []byte(LargePath)) {
					answer = large
				}
				for line := first; len(line) > 2; {
					if line, err = r.ReadSlice('\n'); err != nil {
						return
					}
				}
				if _, err := conn.Write(answer); err != nil {
					return
				}
			}
		}()
	})
}

// eachOf takes a listener's connections until it is closed.
func eachOf(listener net.Listener, take func(net.Conn)) error {
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		take(conn)
	}
}

func response(size int) []byte {
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-cache\r\nContent-Length: %d\r\n\r\n", size)
	return append([]byte(head), bytes.Repeat([]byte("n"), size)...)
}
