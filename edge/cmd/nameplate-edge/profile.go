//go:build profile

package main

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

// A program built with -tags profile writes ten seconds of CPU profile at each SIGUSR1.
func init() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			if err := profile(); err != nil {
				slog.Error("no profile", "error", err)
			}
		}
	}()
}

func profile() error {
	f, err := os.Create(filepath.Join(os.TempDir(), fmt.Sprintf("nameplate-edge-%d.pprof", os.Getpid())))
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
