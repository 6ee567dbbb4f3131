// Package challenge holds the answers to ACME HTTP-01 challenges, apart from the entries: they never
// change where a request goes.
package challenge

import (
	"strings"
	"sync"
	"time"

	"nameplate.io/edge/protocol"
)

// PathPrefix is where a CA asks (RFC 8555 section 8.3).
const PathPrefix = "/.well-known/acme-challenge/"

// maxToken bounds what is looked up; tokens of known CAs have 43 characters.
const maxToken = 128

// TokenIn returns the token of a request's path. The path is a challenge's if the second result is
// true; then an empty token means that no answer can exist.
func TokenIn(path string) (token string, isChallenge bool) {
	token, ok := strings.CutPrefix(path, PathPrefix)
	if !ok {
		return "", false
	}
	if len(token) > maxToken {
		return "", true
	}
	for _, c := range []byte(token) {
		if ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'; !ok {
			return "", true
		}
	}
	return token, true
}

type key struct{ hostname, token string }

// Held is an answer as a node holds it. Epoch and Revision say how new it is.
type Held struct {
	protocol.Answer
	Epoch int64
}

// Store is safe for concurrent use. The zero value is empty.
type Store struct {
	mu      sync.RWMutex
	answers map[key]Held
	names   map[string]int // answers held per name
}

// Newer reports whether the answer would replace what is held.
func (s *Store) Newer(answer Held) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	held, ok := s.answers[key{answer.Hostname, answer.Token}]
	return !ok || held.Epoch < answer.Epoch || held.Epoch == answer.Epoch && held.Revision < answer.Revision
}

// Install takes answers over as they are.
func (s *Store) Install(answers []Held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers == nil {
		s.answers, s.names = map[key]Held{}, map[string]int{}
	}
	for _, answer := range answers {
		k := key{answer.Hostname, answer.Token}
		if _, ok := s.answers[k]; !ok {
			s.names[answer.Hostname]++
		}
		s.answers[k] = answer
	}
}

// Value returns the answer for (hostname, token), and false if there is none that still holds.
func (s *Store) Value(hostname, token string, now time.Time) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	held, ok := s.answers[key{hostname, token}]
	if !ok || held.Removed || !now.Before(held.ExpiresAt) {
		return "", false
	}
	return held.Value, true
}

// Knows reports whether any answer of the name is held, expired ones included.
func (s *Store) Knows(hostname string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.names[hostname] > 0
}

// Expire forgets the answers that ended before the moment.
func (s *Store) Expire(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, held := range s.answers {
		if held.ExpiresAt.Before(before) {
			delete(s.answers, k)
			if s.names[k.hostname]--; s.names[k.hostname] == 0 {
				delete(s.names, k.hostname)
			}
		}
	}
}

// All returns the answers held, in no order.
func (s *Store) All() []Held {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]Held, 0, len(s.answers))
	for _, held := range s.answers {
		all = append(all, held)
	}
	return all
}
