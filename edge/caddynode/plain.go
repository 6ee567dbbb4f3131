package caddynode

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"time"
)

const (
	// plainTimeout is for a whole request by HTTP; nothing there has use for a body.
	plainTimeout = 30 * time.Second
	// plainGrace is plenty for answers that come from memory.
	plainGrace = time.Second
)

// startPlain opens the HTTP port. It is served without Caddy: answers come from the node alone (redirects to HTTPS, ACME
// and reach answers), and what Caddy's server prepares for its handlers would cost as much as the rest of a request.
func (a *App) startPlain() error {
	listener, err := sockets.Load().Listener(a.HTTPAddress)
	if err != nil {
		return fmt.Errorf("http address: %w", err)
	}
	a.plain = &http.Server{
		Handler:           http.HandlerFunc(a.node.ServePlain),
		ReadHeaderTimeout: time.Duration(a.HeaderTimeout),
		ReadTimeout:       plainTimeout,
		WriteTimeout:      plainTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(onlyPanics{}, "", 0),
	}
	go serve(a.plain, a.guard(listener, false), "HTTP")
	return nil
}

// stopPlain lets requests under way finish. Clients that still send a header are cut off.
func (a *App) stopPlain() error {
	if a.plain == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), plainGrace)
	defer cancel()
	if a.plain.Shutdown(ctx) == nil {
		return nil
	}
	return a.plain.Close()
}

// onlyPanics drops net/http's lines about what visitors do wrong, which they could cause by the thousand.
type onlyPanics struct{}

func (onlyPanics) Write(line []byte) (int, error) {
	if bytes.HasPrefix(line, []byte("http: panic serving")) {
		slog.Error("answering by HTTP", "error", string(line))
	}
	return len(line), nil
}
