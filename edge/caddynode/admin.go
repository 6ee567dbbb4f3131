package caddynode

import (
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"nameplate.io/edge/frontdoor"
	"nameplate.io/edge/node"
)

// adminHandler serves what operators and supervisors ask of a node. It belongs on loopback.
func adminHandler(n *node.Node, door *frontdoor.Door) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		status := n.Status()
		w.Header().Set("Content-Type", "application/json")
		if !status.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(status)
	})
	metrics := promhttp.HandlerFor(newRegistry(n, door), promhttp.HandlerOpts{})
	mux.Handle("GET /prometheus", metrics) // where all processes have them
	mux.Handle("GET /metrics", metrics)    // where monitoring looks first
	return mux
}
