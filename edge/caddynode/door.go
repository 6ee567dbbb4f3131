package caddynode

import (
	"net"
	"net/netip"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/proxyprotocol"
)

func init() { caddy.RegisterModule(Door{}) }

// Door is what stands before the HTTPS listener.
type Door struct{ app *App }

// CaddyModule says what this module is.
func (Door) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "caddy.listeners.nameplate", New: func() caddy.Module { return new(Door) }}
}

// Provision finds the node's door.
func (d *Door) Provision(ctx caddy.Context) (err error) {
	d.app, err = appOf(ctx)
	return err
}

// WrapListener puts the door before the listener.
func (d *Door) WrapListener(l net.Listener) net.Listener { return d.app.guard(l, true) }

// guard puts before a public listener what reads who comes from balancers, and the front door behind that.
func (a *App) guard(l net.Listener, secure bool) net.Listener {
	if a.proxies != nil {
		l = a.proxies.WrapListener(l)
	}
	return a.door.Guard(l, secure)
}

// proxies reads what balancers at these addresses say about the visitor; nil without any.
func proxies(from []netip.Prefix, ctx caddy.Context) (*proxyprotocol.ListenerWrapper, error) {
	if len(from) == 0 {
		return nil, nil
	}
	// From anybody else the header is what it looks like: no TLS and no HTTP.
	wrapper := &proxyprotocol.ListenerWrapper{Timeout: caddy.Duration(proxyTimeout), FallbackPolicy: proxyprotocol.PolicySKIP}
	for _, prefix := range from {
		wrapper.Allow = append(wrapper.Allow, prefix.String())
	}
	return wrapper, wrapper.Provision(ctx)
}

var _ caddy.ListenerWrapper = (*Door)(nil)
