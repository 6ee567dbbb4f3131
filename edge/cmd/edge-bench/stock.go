package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy" // the configuration names them
	_ "github.com/caddyserver/caddy/v2/modules/caddytls"
	_ "github.com/caddyserver/caddy/v2/modules/filestorage"
	_ "github.com/caddyserver/caddy/v2/modules/logging"

	"nameplate.io/edge/bench"
	"nameplate.io/edge/pace"
)

// stockName is the one name that stock Caddy has a certificate for.
const stockName = "stock.example"

type object = map[string]any

// stock runs Caddy as its own documentation would have it for one site: a hard-coded route and a
// certificate. Time-outs, protocols, logging and garbage collection are as the node sets them.
func stock(args []string) error {
	flags := flag.NewFlagSet("edge-bench stock", flag.ContinueOnError)
	https := flags.String("https-address", "", "`host:port` for HTTPS")
	http := flags.String("http-address", "", "`host:port` for HTTP")
	to := flags.String("origin", "", "`host:port` of the origin")
	data := flags.String("data", "", "`folder` for Caddy's storage")
	if err := flags.Parse(args); err != nil {
		return err
	}
	go pace.Keep(context.Background(), func() uint64 { return 0 }) // as a node without names
	chain, key, err := bench.Pair(stockName)
	if err != nil {
		return err
	}
	text, err := json.Marshal(stockConfig(*https, *http, *to, *data, chain, key))
	if err != nil {
		return err
	}
	if err := caddy.Load(text, false); err != nil {
		return err
	}
	fmt.Println("serving")
	untilParentEnds()
	return caddy.Stop()
}

func stockConfig(https, http, to, data, chain, key string) object {
	server := func(address string, handle object, protocols ...string) object {
		return object{
			"listen":              []string{address},
			"protocols":           protocols,
			"automatic_https":     object{"disable": true},
			"read_header_timeout": "15s",
			"idle_timeout":        "2m",
			"read_idle_timeout":   "5m",
			"max_header_bytes":    64 << 10,
			"routes":              []object{{"handle": []object{handle}}},
		}
	}
	secure := server(https, object{
		"handler":            "reverse_proxy",
		"upstreams":          []object{{"dial": to}},
		"stream_close_delay": (10 * time.Second).String(),
	}, "h1", "h2", "h3")
	secure["allow_0rtt"] = false
	secure["tls_connection_policies"] = []object{{"alpn": []string{"h2", "http/1.1"}, "protocol_min": "tls1.2"}}
	return object{
		"admin": object{"disabled": true, "config": object{"persist": false}},
		"logging": object{"logs": object{"default": object{
			"level": "INFO", "writer": object{"output": "stderr"}, "encoder": object{"format": "json"},
			"exclude": []string{"tls.handshake", "tls.on_demand", "http.log.access", "http.handlers.reverse_proxy"},
		}}},
		"storage": object{"module": "file_system", "root": data},
		"apps": object{
			"tls": object{
				"certificates":          object{"load_pem": []object{{"certificate": chain, "key": key}}},
				"disable_ocsp_stapling": true,
				"disable_storage_check": true,
				"disable_storage_clean": true,
			},
			"http": object{
				"grace_period": "10s",
				"servers": object{
					"https": secure,
					// Beside a node's redirect to HTTPS, since that is all its HTTP port does with a request.
					"http": server(http, object{
						"handler": "static_response", "status_code": 308,
						"headers": object{"Location": []string{"https://{http.request.host}{http.request.uri}"}},
					}, "h1"),
				},
			},
		},
	}
}
