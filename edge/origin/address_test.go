package origin

import (
	"net/netip"
	"os"
	"strings"
	"testing"
)

// The control plane's tests read the same file.
func TestOnlyPublicAddressesAreDialled(t *testing.T) {
	text, err := os.ReadFile("testdata/addresses.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rules Rules
	judged := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		verdict, address, _ := strings.Cut(line, " ")
		if got := rules.Allows(netip.MustParseAddr(address)); got != (verdict == "allowed") {
			t.Errorf("%s: %v (expected: %s)", address, got, verdict)
		}
		judged++
	}
	if judged < 80 {
		t.Errorf("%d addresses in the file (expected: all of them)", judged)
	}
	if rules.Allows(netip.MustParseAddr("fe80::1%eth0")) {
		t.Error("an address with a zone is allowed")
	}
}

func TestAnAdministratorOpensRangesButNeverTheNodeItself(t *testing.T) {
	rules := Rules{
		Allowed: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
		Own:     []netip.Addr{netip.MustParseAddr("10.1.0.5"), netip.MustParseAddr("93.184.216.34")},
	}
	for text, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "10.1.0.5": false, "::ffff:10.1.0.5": false, "93.184.216.34": false, "93.184.216.35": true,
	} {
		if got := rules.Allows(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v (expected: %v)", text, got, want)
		}
	}
}
