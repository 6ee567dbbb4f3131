package caddynode

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy" // the handler that follows ours

	"nameplate.io/edge/node"
)

func init() {
	caddy.RegisterModule(Handler{})
	caddy.RegisterModule(Transport{})
}

// Handler answers requests from the node's table; what is left goes to the reverse proxy behind it.
type Handler struct{ node *node.Node }

// CaddyModule says what this module is.
func (Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.nameplate", New: func() caddy.Module { return new(Handler) }}
}

// Provision finds the node.
func (h *Handler) Provision(ctx caddy.Context) (err error) {
	h.node, err = nodeOf(ctx)
	return err
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	return h.node.ServeHTTP(w, r, next)
}

// Transport takes requests from the reverse proxy to the origin of their entry.
type Transport struct{ node *node.Node }

// CaddyModule says what this module is.
func (Transport) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.reverse_proxy.transport.nameplate", New: func() caddy.Module { return new(Transport) }}
}

// Provision finds the node.
func (t *Transport) Provision(ctx caddy.Context) (err error) {
	t.node, err = nodeOf(ctx)
	return err
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) { return t.node.RoundTrip(r) }

var (
	_ caddyhttp.MiddlewareHandler = (*Handler)(nil)
	_ http.RoundTripper           = (*Transport)(nil)
)
