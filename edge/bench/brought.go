package bench

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"
)

// Brought describes names of a provider that is left behind, with their certificates: what
// `domains import` takes in. Some have an origin that speaks WebSocket.
type Brought struct {
	Run                      string // tells the names of one run from those of another
	Pages, Sockets           int
	PageOrigin, SocketOrigin string
}

// PageOf is the name with the number whose origin has pages.
func (b *Brought) PageOf(i int) string { return fmt.Sprintf("www.customer-%07d-%s.com", i, b.Run) }

// SocketOf is the name with the number whose origin has WebSockets.
func (b *Brought) SocketOf(i int) string { return fmt.Sprintf("ws.customer-%07d-%s.com", i, b.Run) }

// Write makes a key and a certificate for each name, and writes them as lines to import, and the root
// that signed them, PEM.
func (b *Brought) Write(lines, root string) error {
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	if err := os.WriteFile(root, []byte(certificatePEM(ca.der)), 0o600); err != nil {
		return err
	}
	f, err := os.OpenFile(lines, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	all := b.Pages + b.Sockets
	for text := range inOrder((all+pageSize-1)/pageSize, func(page int) result {
		return b.lines(ca, page*pageSize, min((page+1)*pageSize, all))
	}) {
		if text.err != nil {
			return text.err
		}
		_, _ = w.Write(text.bytes) // a failed write is found by Flush
	}
	return errors.Join(w.Flush(), f.Close())
}

func (b *Brought) lines(ca *authority, from, to int) result {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	chain := certificatePEM(ca.der)
	for i := from; i < to; i++ {
		name, origin := b.PageOf(i), b.PageOrigin
		if i >= b.Pages {
			name, origin = b.SocketOf(i-b.Pages), b.SocketOrigin
		}
		leaf, private, err := ca.issue(int64(i)+1, name, time.Now().Add(lifetime))
		if err != nil {
			return result{err: err}
		}
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			return result{err: err}
		}
		err = encoder.Encode(map[string]string{
			"hostname": name, "origin": origin, "certificate": certificatePEM(leaf) + chain,
			"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		})
		if err != nil {
			return result{err: err}
		}
	}
	return result{bytes: out.Bytes()}
}
