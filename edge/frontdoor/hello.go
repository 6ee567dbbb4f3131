package frontdoor

import (
	"io"

	"golang.org/x/crypto/cryptobyte"
)

const (
	recordHeader = 5
	// helloSize is more than a ClientHello with a hybrid post-quantum key share needs (about 1,800
	// bytes). A longer one is judged by crypto/tls alone.
	helloSize = 4096

	recordHandshake      = 22
	messageClientHello   = 1
	extensionServerName  = 0
	serverNameOfHostName = 0
)

// readHello reads into p, which holds n bytes already, until helloEnded. It returns how much p holds, and an error only
// from the reader.
func readHello(r io.Reader, p []byte, n int) (int, error) {
	for !helloEnded(p, n) {
		got, err := r.Read(p[n:])
		n += got
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// helloEnded reports whether the first TLS record is whole in the first n bytes of p, or p is full, or what came is no
// handshake.
func helloEnded(p []byte, n int) bool {
	if n == len(p) || n > 0 && p[0] != recordHandshake {
		return true
	}
	if n < recordHeader {
		return false
	}
	whole := recordHeader + int(p[3])<<8 + int(p[4])
	return n >= whole || whole > len(p)
}

// serverName returns the host name that a ClientHello asks for (RFC 6066 section 3), empty if it asks
// for none, and false if p does not begin with a record that holds a whole ClientHello.
func serverName(p []byte) (string, bool) {
	record := cryptobyte.String(p)
	var kind uint8
	var version uint16
	var fragment, body cryptobyte.String
	if !record.ReadUint8(&kind) || kind != recordHandshake || !record.ReadUint16(&version) ||
		!record.ReadUint16LengthPrefixed(&fragment) {
		return "", false
	}
	var message uint8
	if !fragment.ReadUint8(&message) || message != messageClientHello || !fragment.ReadUint24LengthPrefixed(&body) {
		return "", false
	}
	var session, suites, methods, extensions cryptobyte.String
	if !body.Skip(2+32) || !body.ReadUint8LengthPrefixed(&session) || !body.ReadUint16LengthPrefixed(&suites) ||
		!body.ReadUint8LengthPrefixed(&methods) {
		return "", false
	}
	if body.Empty() {
		return "", true
	}
	if !body.ReadUint16LengthPrefixed(&extensions) {
		return "", false
	}
	for !extensions.Empty() {
		var extension uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&extension) || !extensions.ReadUint16LengthPrefixed(&data) {
			return "", false
		}
		if extension == extensionServerName {
			return hostNameIn(data)
		}
	}
	return "", true
}

func hostNameIn(data cryptobyte.String) (string, bool) {
	var list cryptobyte.String
	if !data.ReadUint16LengthPrefixed(&list) {
		return "", false
	}
	for !list.Empty() {
		var kind uint8
		var name cryptobyte.String
		if !list.ReadUint8(&kind) || !list.ReadUint16LengthPrefixed(&name) {
			return "", false
		}
		if kind == serverNameOfHostName {
			return string(name), true
		}
	}
	return "", true
}
