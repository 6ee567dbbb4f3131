package caddynode

import (
	"net"

	"github.com/caddyserver/caddy/v2"

	"nameplate.io/edge/frontdoor"
)

func init() { caddy.RegisterModule(Door{}) }

// Door is the node's front door before the HTTPS listener.
type Door struct{ door *frontdoor.Door }

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

// WrapListener puts the door before the listener.
func (d *Door) WrapListener(l net.Listener) net.Listener { return d.door.Guard(l, true) }

var _ caddy.ListenerWrapper = (*Door)(nil)
