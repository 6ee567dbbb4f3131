package caddynode

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddytls"
	"github.com/caddyserver/certmagic"

	"nameplate.io/edge/node"
)

func init() {
	caddy.RegisterModule(Handshake{})
	caddy.RegisterModule(Certificates{})
	caddy.RegisterModule(Denial{})
}

// Handshake takes over the choice of certificates and the resumption of sessions. It is provisioned as
// a connection policy's handshake context, which is the one place where the policy's TLS
// configuration is complete and no listener is open yet.
//
// Asking the node directly spares each handshake certmagic's cache, its hashing of the chain and its
// log line, and lets an unknown name be refused with the alert it deserves, unrecognized_name.
type Handshake struct {
	node *node.Node
	tls  *tls.Config
	stop context.CancelFunc
}

// CaddyModule says what this module is.
func (Handshake) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "tls.context.nameplate", New: func() caddy.Module { return new(Handshake) }}
}

// Provision adjusts the TLS configuration of the server that is being provisioned.
func (h *Handshake) Provision(ctx caddy.Context) error {
	var err error
	if h.node, err = nodeOf(ctx); err != nil {
		return err
	}
	server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if !ok || len(server.TLSConnPolicies) != 1 || server.TLSConnPolicies[0].TLSConfig == nil {
		return errors.New("nameplate: expected one connection policy with its TLS configuration")
	}
	h.tls = server.TLSConnPolicies[0].TLSConfig
	h.tls.NextProtos = []string{"h2", "http/1.1"} // without acme-tls/1: nothing here answers it
	h.tls.GetCertificate = h.certificate
	h.tls.WrapSession = h.wrap
	h.tls.UnwrapSession = h.unwrap
	h.rotate() // before the first handshake
	h.startRotation()
	return nil
}

// Cleanup ends the rotation of ticket keys.
func (h *Handshake) Cleanup() error {
	if h.stop != nil {
		h.stop()
	}
	return nil
}

// HandshakeContext is part of the interface; nothing asks for it, since certificate does not.
func (h *Handshake) HandshakeContext(hello *tls.ClientHelloInfo) (context.Context, error) {
	return hello.Context(), nil
}

// certificate returns nothing for what cannot be served: crypto/tls then sends unrecognized_name.
func (h *Handshake) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	certificate, err := h.node.Certificate(hello.ServerName)
	if err != nil {
		return nil, nil
	}
	return certificate, nil
}

// wrap binds a session to the name and the certificate it began with.
func (h *Handshake) wrap(state tls.ConnectionState, session *tls.SessionState) ([]byte, error) {
	session.Extra = append(session.Extra, h.binding(state.ServerName))
	return h.tls.EncryptTicket(state, session)
}

// unwrap resumes a session only while its name has the same certificate. Resumption skips the choice
// of certificate, so without this a removed name, a revoked certificate or another name would live on.
func (h *Handshake) unwrap(identity []byte, state tls.ConnectionState) (*tls.SessionState, error) {
	session, err := h.tls.DecryptTicket(identity, state)
	if session == nil || err != nil {
		return nil, err
	}
	bound := h.binding(state.ServerName)
	if bound == nil || !slices.ContainsFunc(session.Extra, func(extra []byte) bool { return string(extra) == string(bound) }) {
		return nil, nil
	}
	return session, nil
}

func (h *Handshake) binding(serverName string) []byte {
	id := h.node.CertificateID(serverName)
	if id == "" {
		return nil
	}
	return []byte("nameplate:" + serverName + "|" + id)
}

// rotateEvery is short so that a node that has just joined soon shares its cluster's keys.
const rotateEvery = 10 * time.Second

func (h *Handshake) rotate() {
	if keys := h.node.TicketKeys(); keys != nil {
		h.tls.SetSessionTicketKeys(keys)
	}
}

func (h *Handshake) startRotation() {
	var rotation context.Context
	rotation, h.stop = context.WithCancel(context.Background())
	go h.node.Guard(rotation, h.rotateUntil)
}

func (h *Handshake) rotateUntil(ctx context.Context) {
	tick := time.NewTicker(rotateEvery)
	defer tick.Stop()
	for {
		h.rotate()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Certificates is Caddy's way to the node's certificates. Handshake answers before it is asked; it
// stands behind, so that no path leads to an issuer.
type Certificates struct{ node *node.Node }

// CaddyModule says what this module is.
func (Certificates) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "tls.get_certificate.nameplate", New: func() caddy.Module { return new(Certificates) }}
}

// Provision remembers the node. It is found later than the tls app, which must not wait for it.
func (c *Certificates) Provision(ctx caddy.Context) (err error) {
	c.node, err = nodeOf(ctx)
	return err
}

// GetCertificate returns an error for what is not held: with nothing and no error, certmagic would go
// on to storage and issuers.
func (c *Certificates) GetCertificate(_ context.Context, hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.node.Certificate(hello.ServerName)
}

// Denial is the permission to get certificates on demand. There is none.
type Denial struct{}

// CaddyModule says what this module is.
func (Denial) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "tls.permission.nameplate", New: func() caddy.Module { return new(Denial) }}
}

// CertificateAllowed denies.
func (*Denial) CertificateAllowed(context.Context, string) error {
	return caddytls.ErrPermissionDenied
}

var (
	_ caddytls.HandshakeContext   = (*Handshake)(nil)
	_ certmagic.Manager           = (*Certificates)(nil)
	_ caddytls.OnDemandPermission = (*Denial)(nil)
)
