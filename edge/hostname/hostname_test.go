package hostname

import (
	"strings"
	"testing"
)

func TestSpellingsOfOneNameMeet(t *testing.T) {
	for spelling, want := range map[string]string{
		"shop.acme.com":          "shop.acme.com",
		"SHOP.Acme.com":          "shop.acme.com",
		"shop.acme.com.":         "shop.acme.com",
		"shop.acme.com:443":      "shop.acme.com",
		"Shop.Acme.Com.:8443":    "shop.acme.com",
		"shop.acme.com:":         "shop.acme.com",
		"bücher.example":         "xn--bcher-kva.example",
		"BÜCHER.example.":        "xn--bcher-kva.example",
		"xn--bcher-kva.example":  "xn--bcher-kva.example",
		"faß.example":            "xn--fa-hia.example",
		"127.0.0.1:80":           "127.0.0.1",
		strings.Repeat("a", 253): strings.Repeat("a", 253),
	} {
		if got, ok := OfHost(spelling); !ok || got != want {
			t.Errorf("OfHost(%q) = %q, %v (expected: %q)", spelling, got, ok, want)
		}
	}
}

func TestWhatIsNoNameIsRefused(t *testing.T) {
	for _, host := range []string{
		"", ".", ":80", "[::1]:80", "::1", "a b", "a/b", "a_b.example", "shop.acme.com:80a", "shop.acme.com\x00",
		"user@shop.acme.com", "%73hop.acme.com", "..", "a..b", ".a", "a..", "a.\u3002", strings.Repeat("a", 254), strings.Repeat("é", 2000), "\xff\xfe",
	} {
		if got, ok := OfHost(host); ok {
			t.Errorf("OfHost(%q) = %q (expected: refused)", host, got)
		}
	}
}

func TestTheUsualSpellingAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { OfHost("shop.acme.com:443") }); n != 0 {
		t.Errorf("%v allocations (expected: 0)", n)
	}
}

func FuzzOfHost(f *testing.F) {
	for _, seed := range []string{"shop.acme.com", "BÜCHER.example.:443", "[::1]:80", "a..b", "xn--", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		name, ok := OfHost(host)
		if !ok {
			return
		}
		if name == "" || len(name) > maxLength || name != strings.ToLower(name) || strings.Contains("."+name+".", "..") {
			t.Fatalf("OfHost(%q) = %q", host, name)
		}
		for _, c := range []byte(name) {
			if c >= 0x80 || c == ':' || c == '/' {
				t.Fatalf("OfHost(%q) = %q", host, name)
			}
		}
	})
}
