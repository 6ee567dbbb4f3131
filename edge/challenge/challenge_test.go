package challenge

import (
	"strings"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
)

var noon = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

func held(epoch, revision int64, value string) Held {
	return Held{Epoch: epoch, Answer: protocol.Answer{
		Hostname: "shop.acme.com", Token: "token", Value: value, Revision: revision, ExpiresAt: noon,
	}}
}

func TestAnAnswerHoldsForItsNameItsTokenAndItsTime(t *testing.T) {
	var s Store
	s.Install([]Held{held(1, 1, "value")})
	before := noon.Add(-time.Second)
	if v, ok := s.Value("shop.acme.com", "token", before); !ok || v != "value" {
		t.Errorf("%q, %v (expected: value)", v, ok)
	}
	for what, ok := range map[string]bool{
		"another name":  second(s.Value("other.acme.com", "token", before)),
		"another token": second(s.Value("shop.acme.com", "other", before)),
		"its end":       second(s.Value("shop.acme.com", "token", noon)),
	} {
		if ok {
			t.Errorf("%s has an answer", what)
		}
	}
}

func second(_ string, ok bool) bool { return ok }

func TestOlderAnswersAreNoNews(t *testing.T) {
	var s Store
	s.Install([]Held{held(1, 5, "value")})
	if s.Newer(held(1, 5, "same")) || s.Newer(held(1, 4, "older")) || !s.Newer(held(1, 6, "newer")) || !s.Newer(held(2, 1, "new epoch")) {
		t.Error("newer is not what it should be")
	}
}

func TestExpiredAnswersAreForgotten(t *testing.T) {
	var s Store
	s.Install([]Held{held(1, 1, "value")})
	s.Expire(noon)
	if !s.Knows("shop.acme.com") {
		t.Error("forgotten at its end (expected: after it)")
	}
	s.Expire(noon.Add(time.Second))
	if s.Knows("shop.acme.com") || len(s.All()) != 0 {
		t.Error("still known")
	}
}

func TestTokensAreReadFromPaths(t *testing.T) {
	for path, want := range map[string]string{
		PathPrefix + "abc-_9":                 "abc-_9",
		PathPrefix:                            "",
		PathPrefix + "a/b":                    "",
		PathPrefix + "..":                     "",
		PathPrefix + "a%2f":                   "",
		PathPrefix + strings.Repeat("a", 200): "",
	} {
		if token, is := TokenIn(path); !is || token != want {
			t.Errorf("%q: %q, %v (expected: %q)", path, token, is, want)
		}
	}
	if _, is := TokenIn("/.well-known/acme-challengex/abc"); is {
		t.Error("another path is taken for a challenge")
	}
}

func FuzzTokenIn(f *testing.F) {
	for _, seed := range []string{"/", PathPrefix, PathPrefix + "tok-en_1", PathPrefix + "a/b", PathPrefix + "../x", PathPrefix + "a%00", "/.well-known/acme-challenge", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		token, is := TokenIn(path)
		if is != strings.HasPrefix(path, PathPrefix) || token != "" && path != PathPrefix+token || len(token) > maxToken || strings.ContainsAny(token, "/.%\x00 ") {
			t.Fatalf("%q: %q, %v", path, token, is)
		}
	})
}
