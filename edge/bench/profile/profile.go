// Package profile lets a program write CPU profiles of itself: ten seconds of it at each SIGUSR1. Only
// programs built with -tags profile have it.
package profile

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"
)

// Listen waits for the signal in the background.
func Listen() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			if err := write(); err != nil {
				slog.Error("no profile", "error", err)
			}
		}
	}()
}

// Path is where the profile of a process goes.
func Path(process int) string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("nameplate-%d.pprof", process))
}

func write() error {
	f, err := os.Create(Path(os.Getpid()))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	time.Sleep(10 * time.Second)
	pprof.StopCPUProfile()
	return nil
}
