package main

import (
	"errors"
	"flag"
	"fmt"
	"syscall"
	"time"

	"nameplate.io/edge/node"
)

// stop makes the node on a data directory drain, and waits until its process has ended.
func stop(args []string) error {
	flags := flag.NewFlagSet("stop", flag.ContinueOnError)
	data := flags.String("data", "", "`directory` of the node's state and keys")
	within := flags.Duration("within", 5*time.Minute, "how long to wait for the end; the node's --drain-delay and --grace say how long it takes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *data == "" || flags.NArg() > 0 {
		return errors.New("stop: expected --data DIR")
	}
	pid, err := node.Holder(*data)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("process %d: %w", pid, err)
	}
	for deadline := time.Now().Add(*within); runs(pid); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d drains still, after %s", pid, *within)
		}
	}
	fmt.Printf("process %d drained and ended\n", pid)
	return nil
}

// status says which process runs the node on a data directory.
func status(args []string) error {
	flags := flag.NewFlagSet("status", flag.ContinueOnError)
	data := flags.String("data", "", "`directory` of the node's state and keys")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *data == "" || flags.NArg() > 0 {
		return errors.New("status: expected --data DIR")
	}
	pid, err := node.Holder(*data)
	if err != nil {
		return err
	}
	fmt.Println(pid)
	return nil
}
