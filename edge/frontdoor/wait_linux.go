package frontdoor

import (
	"log/slog"
	"net"
	"syscall"
)

// waitForHello has the kernel hand over a connection when something has come on it (TCP_DEFER_ACCEPT, tcp(7)), so that
// its ClientHello can be looked at when it is accepted. Who says nothing is handed over all the same, after the kernel has
// asked again, a second or two later.
func waitForHello(l net.Listener) {
	tcp, ok := l.(syscall.Conn)
	if !ok {
		return // behind a proxy, who says first who comes
	}
	raw, err := tcp.SyscallConn()
	if err == nil {
		failed := raw.Control(func(descriptor uintptr) {
			const seconds = 1
			err = syscall.SetsockoptInt(int(descriptor), syscall.IPPROTO_TCP, syscall.TCP_DEFER_ACCEPT, seconds)
		})
		if failed != nil {
			err = failed
		}
	}
	if err != nil {
		slog.Warn("connections are accepted before they say anything", "error", err)
	}
}
