package caddynode

import (
	"net"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/proxyprotocol" // the configuration names it

	"nameplate.io/edge/frontdoor"
)

func init() { caddy.RegisterModule(Door{}) }

// Door is the node's front door before a listener.
type Door struct {
	Secure bool `json:"secure,omitempty"` // clients begin with TLS

	door *frontdoor.Door
}

// CaddyModule says what this module is.
func (Door) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "caddy.listeners.nameplate", New: func() caddy.Module { return new(Door) }}
}

// Provision finds the node's door.
func (d *Door) Provision(ctx caddy.Context) error {
	app, err := appOf(ctx)
	if err != nil {
		return err
	}
	d.door = app.door
	return nil
}

// WrapListener puts the door before a listener.
func (d *Door) WrapListener(l net.Listener) net.Listener { return d.door.Guard(l, d.Secure) }

var _ caddy.ListenerWrapper = (*Door)(nil)
