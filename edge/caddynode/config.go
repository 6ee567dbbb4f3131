package caddynode

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/caddyserver/caddy/v2"
)

type object = map[string]any

// configFor is the whole of Caddy's configuration. It is the same for one name and for a million.
func configFor(options Options) (object, error) {
	httpsPort, err := portOf(options.Node.HTTPSAddress)
	if err != nil {
		return nil, fmt.Errorf("https address: %w", err)
	}
	httpPort, err := portOf(options.Node.HTTPAddress)
	if err != nil {
		return nil, fmt.Errorf("http address: %w", err)
	}
	grace := options.Grace.String()
	route := object{"handle": []object{
		{"handler": "nameplate"},
		{
			"handler":   "reverse_proxy",
			"transport": object{"protocol": "nameplate"},
			// A fixed address that is never dialled: the transport takes the entry's. A dynamic source
			// of upstreams would take a global lock for every request.
			"upstreams":          []object{{"dial": "origin.invalid:1"}},
			"stream_close_delay": grace,
		},
	}}
	// The HTTP port is not Caddy's (plain.go).
	secure := object{
		"listen":              []string{network + "/" + options.Node.HTTPSAddress},
		"listener_wrappers":   []object{{"wrapper": "nameplate"}, {"wrapper": "tls"}},
		"protocols":           []string{"h1", "h2", "h3"},
		"automatic_https":     object{"disable": true},
		"read_header_timeout": headerTimeout(options).String(), // the handshake's too
		"idle_timeout":        idleTimeout.String(),
		"read_idle_timeout":   "5m", // of a request's body: streams in both directions rest at times
		"max_header_bytes":    maxHeaderBytes,
		"routes":              []object{route},
		"allow_0rtt":          false,
		"strict_sni_host":     false, // the node answers 421 itself, and only across teams
		"tls_connection_policies": []object{{
			"alpn":              []string{"h2", "http/1.1"},
			"protocol_min":      "tls1.2",
			"handshake_context": object{"module": "nameplate"},
		}},
	}
	return object{
		"admin":   object{"disabled": true, "config": object{"persist": false}},
		"logging": logging(),
		"storage": object{"module": "file_system", "root": filepath.Join(options.Node.DataDir, "caddy")},
		"apps": object{
			"nameplate": App{
				Config: options.Node, AdminAddress: options.AdminAddress,
				Limits: options.Limits, ProxyFrom: options.ProxyFrom, HeaderTimeout: caddy.Duration(headerTimeout(options)),
			},
			"tls": neverIssues(),
			"http": object{
				"http_port":    httpPort,
				"https_port":   httpsPort,
				"grace_period": grace,
				"servers":      object{"https": secure},
			},
		},
	}, nil
}

// neverIssues keeps Caddy from getting certificates by itself, in three ways: the one manager answers
// for every name, the permission denies, and the issuer leads nowhere.
func neverIssues() object {
	return object{
		"disable_ocsp_stapling": true,
		"disable_storage_check": true,
		"disable_storage_clean": true,
		"automation": object{
			"on_demand": object{"permission": object{"module": "nameplate"}},
			"policies": []object{{
				"get_certificate": []object{{"via": "nameplate"}},
				"on_demand":       true,
				"issuers": []object{{
					"module": "acme",
					"ca":     "https://ca.invalid/",
					"challenges": object{
						"http":     object{"disabled": true},
						"tls-alpn": object{"disabled": true},
					},
				}},
			}},
		},
	}
}

// logging writes JSON lines to stderr. What visitors cause by the thousand (refused handshakes) stays out.
func logging() object {
	return object{"logs": object{"default": object{
		"level":   "INFO",
		"writer":  object{"output": "stderr"},
		"encoder": object{"format": "json", "time_key": "time", "time_format": "rfc3339_nano", "level_format": "upper"},
		"exclude": []string{"tls.handshake", "tls.on_demand", "http.log.access", "http.handlers.reverse_proxy"},
	}}}
}

func portOf(address string) (int, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return 0, fmt.Errorf("%q: port (expected: 1 to 65535)", address)
	}
	return n, nil
}

const (
	idleTimeout    = 2 * time.Minute // of a kept connection, between requests
	maxHeaderBytes = 64 << 10
	proxyTimeout   = 5 * time.Second // for a balancer to say who comes
)

// headerTimeout is how long a visitor may take for a handshake, and for a request's header.
func headerTimeout(options Options) time.Duration {
	if options.HeaderTimeout > 0 {
		return options.HeaderTimeout
	}
	return DefaultHeaderTimeout
}

// DefaultHeaderTimeout suits visitors on bad lines, and frees what slow ones hold.
const DefaultHeaderTimeout = 15 * time.Second

// DefaultDrainDelay is enough for a balancer that asks every two seconds to see twice that no traffic
// should come.
const DefaultDrainDelay = 5 * time.Second

// DefaultGrace is how long a drain may take.
const DefaultGrace = 10 * time.Second
