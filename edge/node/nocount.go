//go:build nocount

package node

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"nameplate.io/edge/table"
)

// silent is whether answers are not counted just now. Each SIGUSR1 changes it: what counting costs is
// measured in turns within one process, since two processes of the same program differ by more.
var silent atomic.Bool

func init() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			silent.Store(!silent.Load())
		}
	}()
}

func (n *Node) count(e *table.Entry, status int) {
	if !silent.Load() {
		e.Count(n.Meter, status)
	}
}
