package node

import (
	"net/http"
)

// serveChallenge answers a CA. The answer comes from memory, and is asked of the control plane when
// memory has none and the name is one of ours.
func (n *Node) serveChallenge(w http.ResponseWriter, r *http.Request, name, token string) {
	value, ok := "", false
	if name != "" && token != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		value, ok = n.Replica.Challenges.Value(name, token, n.clock())
		if !ok {
			value, ok = n.readThrough(r, name, token)
		}
	}
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(value))
}

// readThrough asks the control plane, one second at most. Unknown names never ask, and only so many
// ask at once: the rest is told that there is no answer.
func (n *Node) readThrough(r *http.Request, name, token string) (string, bool) {
	e := n.Replica.Table.Find(name)
	if (e == nil || e.Gone()) && !n.Replica.Challenges.Knows(name) {
		return "", false
	}
	m := n.member.Load()
	if m == nil {
		return "", false
	}
	select {
	case n.asks <- struct{}{}:
		defer func() { <-n.asks }()
	default:
		return "", false
	}
	answer, err := m.client.Answer(r.Context(), name, token)
	if err != nil || answer == nil || !n.clock().Before(answer.ExpiresAt) {
		return "", false
	}
	return answer.Value, true
}
