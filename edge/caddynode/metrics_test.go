package caddynode

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figure is the value of a series among metrics, which has to be there.
func figure(t *testing.T, text, series string) float64 {
	t.Helper()
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			number, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				t.Fatal(err)
			}
			return number
		}
	}
	t.Fatalf("%s is missing in\n%s", series, text)
	return 0
}

func TestMetricsAreAtBothPaths(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	for range 3 {
		e.get("https://shop.acme.com/")
	}
	for _, path := range []string{"/prometheus", "/metrics"} {
		eventually(t, "three answers in sum at "+path, 2*time.Minute, func() bool {
			return figure(t, e.metrics(path), `nameplate_edge_requests_total{class="2xx"}`) == 3
		})
		if text := e.metrics(path); strings.Contains(text, "acme") || figure(t, text, "nameplate_edge_names") != 1 {
			t.Errorf("%s names a domain, or misses one:\n%s", path, text)
		}
	}
}

// How often handshakes find a certificate parsed whose key is dear to parse is measured: each name costs one look-up
// that does not.
func TestTheCertificateCachesHitRateIsMeasured(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	for i := range 5 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		entry := e.entry(fmt.Sprintf("n%d.acme.com", i), origin)
		entry.Certificate = e.control.withKey(e.ca.issueFor(entry.Hostname, time.Now().Add(time.Hour), key), key, entry.Hostname)
		e.put(entry)
	}
	count := func() (hits, misses float64) {
		text := e.metrics("/prometheus")
		return figure(t, text, `nameplate_edge_parsed_certificates_total{found="yes"}`), figure(t, text, `nameplate_edge_parsed_certificates_total{found="no"}`)
	}
	hits, misses := count()
	for range 4 {
		for i := range 5 {
			if _, err := e.handshake(fmt.Sprintf("n%d.acme.com", i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	laterHits, laterMisses := count()
	if laterHits-hits != 15 || laterMisses-misses != 5 {
		t.Errorf("%v found, %v not, of 20 handshakes for 5 names (expected: 15 and 5)", laterHits-hits, laterMisses-misses)
	}
}
