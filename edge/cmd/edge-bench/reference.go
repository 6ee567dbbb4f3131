package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"nameplate.io/edge/bench"
)

// reference is another web server that is measured, if it is installed, to have something to compare with:
// one hard-coded route and one certificate, as stock Caddy.
type reference struct {
	program string
	config  func(dir, https, origin, pair string) string
	args    func(config string) []string
}

var references = []reference{
	{
		program: "nginx",
		config: func(dir, https, origin, pair string) string {
			return fmt.Sprintf(`daemon off;
worker_processes auto;
pid %[1]s/nginx.pid;
error_log %[1]s/nginx.log error;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path %[1]s/nginx-body;
  proxy_temp_path %[1]s/nginx-proxy;
  fastcgi_temp_path %[1]s/nginx-fastcgi;
  uwsgi_temp_path %[1]s/nginx-uwsgi;
  scgi_temp_path %[1]s/nginx-scgi;
  keepalive_requests 100000000;
  upstream origin { server %[3]s; keepalive 64; keepalive_requests 100000000; }
  server {
    listen %[2]s ssl;
    ssl_certificate %[4]s;
    ssl_certificate_key %[4]s;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
    }
  }
}
`, dir, https, origin, pair)
		},
		args: func(config string) []string { return []string{"-c", config} },
	},
	{
		program: "haproxy",
		config: func(dir, https, origin, pair string) string {
			return fmt.Sprintf(`defaults
  mode http
  timeout connect 5s
  timeout client 2m
  timeout server 60s
  option forwardfor
  http-reuse always
frontend visitors
  bind %[2]s ssl crt %[4]s alpn h2,http/1.1 ssl-min-ver TLSv1.2
  default_backend origin
backend origin
  http-request set-header X-Forwarded-Proto https
  server origin %[3]s
`, dir, https, origin, pair)
		},
		args: func(config string) []string { return []string{"-db", "-f", config} },
	},
}

// referenceSlices is how many slices each gets; nothing is judged by them.
const referenceSlices = 3

// references measures the other web servers that are installed.
func (l *lab) references(s *settings, f *figures, lacking *int) error {
	for _, r := range references {
		program, err := exec.LookPath(r.program)
		if err != nil {
			continue
		}
		on, err := l.startReference(s, r, program)
		if err != nil {
			return err
		}
		for _, c := range []comparison{comparisons[0], comparisons[len(comparisons)-1]} {
			var of []slice
			for range min(s.pairs, referenceSlices) {
				of = append(of, c.slice(s, on))
			}
			*lacking += failures(c.about, r.program, of)
			rate := median(of, func(s slice) float64 { return s.PerSecond })
			f.put(c.figure+"_per_s_"+r.program, rate)
			say("for reference, %s: %.0f/s, %s", r.program, rate, c.about)
		}
		on.process.stop()
	}
	return nil
}

func (l *lab) startReference(s *settings, r reference, program string) (*side, error) {
	chain, key, err := bench.Pair(stockName)
	if err != nil {
		return nil, err
	}
	pair := filepath.Join(l.dir, r.program+".pem")
	if err := os.WriteFile(pair, []byte(chain+key), 0o600); err != nil {
		return nil, err
	}
	on := &side{name: r.program, host: func() string { return stockName }, serverName: func() string { return stockName }}
	if on.https, err = free(s.network + ".6"); err != nil {
		return nil, err
	}
	config := filepath.Join(l.dir, r.program+".conf")
	if err := os.WriteFile(config, []byte(r.config(l.dir, on.https, l.world.origin, pair)), 0o600); err != nil {
		return nil, err
	}
	if on.process, err = start(l.log(r.program), program, r.args(config)...); err != nil {
		return nil, err
	}
	l.started = append(l.started, on.process)
	return on, on.process.accepts(on.https)
}
