// Package hostname brings the names that visitors send (SNI, Host) into the one form that the table
// knows: A-labels in lower case, without port and without trailing dot.
package hostname

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxLength is the longest name in its text form (RFC 1035 section 2.3.4, without the root's dot).
const maxLength = 253

// Normalize returns the table's form of a name, and false for what cannot be one. A name that already
// has that form comes back as it is, without allocation. It does not judge labels: a name that breaks
// the rules of DNS is simply not in the table.
func Normalize(name string) (string, bool) {
	if n := len(name); n > 0 && name[n-1] == '.' {
		name = name[:n-1]
	}
	if name == "" || len(name) > 4*maxLength {
		return "", false
	}
	if !isASCII(name) {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil || !utf8.ValidString(name) || !isASCII(ascii) {
			return "", false
		}
		name = strings.TrimSuffix(ascii, ".")
	}
	upper := false
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-':
		case 'A' <= c && c <= 'Z':
			upper = true
		case c == '.':
			if i == 0 || name[i-1] == '.' || i == len(name)-1 {
				return "", false
			}
		default:
			return "", false
		}
	}
	if upper {
		name = strings.ToLower(name)
	}
	if name == "" || len(name) > maxLength {
		return "", false
	}
	return name, true
}

func isASCII(name string) bool {
	for i := 0; i < len(name); i++ {
		if name[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// OfHost is Normalize for a Host header, which may carry a port.
func OfHost(host string) (string, bool) {
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		for _, c := range []byte(host[i+1:]) {
			if c < '0' || c > '9' {
				return "", false
			}
		}
		host = host[:i]
	}
	return Normalize(host)
}
