//go:build !nocount

package node

import "nameplate.io/edge/table"

// count counts an answer. A build with -tags nocount does so only in turns, which shows what counting costs.
func (n *Node) count(e *table.Entry, status int) { e.Count(n.Meter, status) }
