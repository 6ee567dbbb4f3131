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
	for _, seed := range []string{
		"shop.acme.com", "SHOP.Acme.com.", "BÜCHER.example.:443", "[::1]:80", "127.0.0.1:8443", "a..b", ".a", "-a-.b", "xn--", "xn--bcher-kva.example",
		"xn--a.example", "faß.example", "a\u3002b", "a\u200db.example", "\u2024.example", "a.example:", "a.example:80:90", "a b", "\xff", "İ.example",
		strings.Repeat("a.", 126) + "a", strings.Repeat("ü", 63) + ".example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		name, ok := OfHost(host)
		if !ok {
			return
		}
		if name == "" || len(name) > maxLength || strings.Contains("."+name+".", "..") {
			t.Fatalf("OfHost(%q) = %q", host, name)
		}
		for _, c := range []byte(name) {
			if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.') {
				t.Fatalf("OfHost(%q) = %q", host, name)
			}
		}
		for _, spelling := range []string{name, name + ".", strings.ToUpper(name), name + ":443", name + ".:8443"} {
			if again, ok := OfHost(spelling); !ok || again != name {
				t.Fatalf("OfHost(%q) = %q, but OfHost(%q) = %q, %v", host, name, spelling, again, ok)
			}
		}
	})
}
