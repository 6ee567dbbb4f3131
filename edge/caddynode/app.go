// Package caddynode puts a node into Caddy. The configuration is made once, in process, and never
// reloaded: domains live in the node's table, not in it.
package caddynode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/proxyprotocol"
	_ "github.com/caddyserver/caddy/v2/modules/filestorage" // the configuration names them
	_ "github.com/caddyserver/caddy/v2/modules/logging"

	"nameplate.io/edge/frontdoor"
	"nameplate.io/edge/node"
)

func init() { caddy.RegisterModule(App{}) }

// App owns the node for as long as Caddy runs.
type App struct {
	node.Config
	AdminAddress string           `json:"admin_address,omitempty"`
	Limits       frontdoor.Limits `json:"limits"`
	ProxyFrom    []netip.Prefix   `json:"proxy_from,omitempty"`
	// HeaderTimeout is how long a request's header may take on the HTTP port.
	HeaderTimeout caddy.Duration `json:"header_timeout,omitempty"`

	node    *node.Node
	door    *frontdoor.Door
	proxies *proxyprotocol.ListenerWrapper
	quit    chan struct{}
	admin   *http.Server
	plain   *http.Server
}

// CaddyModule says what this module is.
func (App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "nameplate", New: func() caddy.Module { return new(App) }}
}

// Provision reads the node's state from its disk, before any listener opens.
func (a *App) Provision(ctx caddy.Context) error {
	var err error
	if a.proxies, err = proxies(a.ProxyFrom, ctx); err != nil {
		return err
	}
	if a.node, err = node.Open(a.Config, slog.Default(), time.Now); err != nil {
		return err
	}
	a.door = frontdoor.New(a.Limits, len(a.ProxyFrom) > 0, func(name string) bool { return a.node.CertificateID(name) != "" })
	a.node.Guarded(a.door)
	a.quit = make(chan struct{})
	return nil
}

// Start connects the node to the control plane and opens the HTTP and the admin listener.
func (a *App) Start() error {
	if err := a.startPlain(); err != nil {
		return err
	}
	if err := a.startAdmin(); err != nil {
		return err
	}
	go a.door.ForgetUntil(a.quit)
	a.node.Start()
	return nil
}

func (a *App) startAdmin() error {
	if a.AdminAddress == "" {
		return nil
	}
	listener, err := sockets.Load().Listener(a.AdminAddress)
	if err != nil {
		return fmt.Errorf("admin address: %w", err)
	}
	a.admin = &http.Server{Handler: adminHandler(a.node, a.door), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	go func() {
		// While a predecessor serves, it answers for both.
		for sockets.Load().Succeeds() && !a.node.Ready() {
			select {
			case <-a.quit:
				return
			case <-time.After(readyAgain):
			}
		}
		serve(a.admin, listener, "admin")
	}()
	return nil
}

func serve(server *http.Server, listener net.Listener, what string) {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		slog.Error("the "+what+" listener ended", "error", err)
	}
}

// Stop ends the HTTP and the admin listener. The node goes on until Cleanup, since requests may be under way.
func (a *App) Stop() error { return errors.Join(a.stopPlain(), a.stopAdmin()) }

func (a *App) stopAdmin() error {
	if a.admin == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return a.admin.Shutdown(ctx)
}

// Cleanup closes the node.
func (a *App) Cleanup() error {
	if a.node == nil {
		return nil
	}
	if a.quit != nil {
		close(a.quit)
	}
	return a.node.Close()
}

// appOf returns the app of the configuration that is being provisioned.
func appOf(ctx caddy.Context) (*App, error) {
	app, err := ctx.App("nameplate")
	if err != nil {
		return nil, err
	}
	return app.(*App), nil
}

// nodeOf returns its node.
func nodeOf(ctx caddy.Context) (*node.Node, error) {
	app, err := appOf(ctx)
	if err != nil {
		return nil, err
	}
	return app.node, nil
}

// Running returns the node of the configuration that runs, or nil.
func Running() *node.Node {
	if app := runningApp(); app != nil {
		return app.node
	}
	return nil
}

func runningApp() *App {
	ctx := caddy.ActiveContext()
	if ctx.Context == nil {
		return nil
	}
	app, err := ctx.AppIfConfigured("nameplate")
	if err != nil {
		return nil
	}
	return app.(*App)
}

// Options are what a run needs beyond the node's own configuration.
type Options struct {
	Node          node.Config
	AdminAddress  string
	DrainDelay    time.Duration    // how long to go on accepting at the end, while /readyz says no
	Grace         time.Duration    // how long requests under way may take when the process ends
	HeaderTimeout time.Duration    // 0: DefaultHeaderTimeout
	Limits        frontdoor.Limits // of the public listeners
	ProxyFrom     []netip.Prefix   // balancers that tell the visitor's address by the PROXY protocol
}
