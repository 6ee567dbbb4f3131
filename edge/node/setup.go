package node

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"

	"nameplate.io/edge/origin"
)

// Check finds what would keep a node from opening, without reading its state.
func Check(config Config) error {
	if err := checkControl(config); err != nil {
		return err
	}
	n := &Node{Config: config}
	err := n.prepareIdentity()
	if n.lock != nil {
		n.lock.Close()
	}
	return err
}

func checkControl(config Config) error {
	if control, err := url.Parse(config.Control); err != nil || control.Scheme != "https" || control.Host == "" {
		return fmt.Errorf("control %q (expected: https://HOST:PORT)", config.Control)
	}
	return nil
}

func publicPort(config Config) (int, error) {
	if config.PublicHTTPSPort != 0 {
		return config.PublicHTTPSPort, nil
	}
	_, port, err := net.SplitHostPort(config.HTTPSAddress)
	if err != nil {
		return 0, fmt.Errorf("https address %q: %w", config.HTTPSAddress, err)
	}
	return strconv.Atoi(port)
}

// altSvc says where HTTP/3 is, for nodes whose visitors come to another port than they listen at.
func altSvc(config Config, public int) []string {
	if _, port, err := net.SplitHostPort(config.HTTPSAddress); err == nil && port == strconv.Itoa(public) {
		return nil
	}
	return []string{`h3=":` + strconv.Itoa(public) + `"; ma=2592000`}
}

func newOrigins(config Config) (*origin.Transport, error) {
	rules := origin.Rules{Allowed: config.AllowOrigins}
	for _, address := range []string{config.HTTPSAddress, config.HTTPAddress} {
		if own, err := netip.ParseAddrPort(address); err == nil && !own.Addr().IsUnspecified() {
			rules.Own = append(rules.Own, own.Addr().Unmap())
		}
	}
	var roots *x509.CertPool
	if config.OriginCA != "" {
		text, err := os.ReadFile(config.OriginCA)
		if err != nil {
			return nil, fmt.Errorf("origin CA: %w", err)
		}
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("origin CA: %s holds no certificate", config.OriginCA)
		}
	}
	return origin.NewTransport(rules, origin.ResolverAt(config.Resolver), roots), nil
}
