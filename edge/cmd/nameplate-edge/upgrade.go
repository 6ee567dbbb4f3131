package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"

	"nameplate.io/edge/caddynode"
	"nameplate.io/edge/node"
	"nameplate.io/edge/protocol"
)

// upgradeTakes is how long a node may take to hand over, or to give it up.
const upgradeTakes = 3 * time.Minute

// askingTakes is longer than one request to the control plane may take.
const askingTakes = 15 * time.Second

// upgrade asks the control plane whether this build may come to the node on a data directory, then the node
// to hand over, and waits until another process has the data and goes on having it.
func upgrade(args []string) error {
	flags := flag.NewFlagSet("upgrade", flag.ContinueOnError)
	data := flags.String("data", "", "`directory` of the node's state and keys")
	force := flags.Bool("force", false, "do not ask the control plane whether another node has to run this build first")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *data == "" || flags.NArg() > 0 {
		return errors.New("upgrade: expected --data DIR, perhaps --force, and nothing else")
	}
	before, err := node.Holder(*data)
	if err != nil {
		return err
	}
	if !*force {
		if err := permitted(*data); err != nil {
			return err
		}
	}
	if err := syscall.Kill(before, caddynode.UpgradeSignal); err != nil {
		return fmt.Errorf("process %d: %w", before, err)
	}
	deadline := time.Now().Add(upgradeTakes)
	for lent := false; time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		now, err := node.Holder(*data)
		switch {
		case err != nil:
			lent = true // between the two
		case now == before && lent:
			return fmt.Errorf("the new process did not serve; process %d goes on, and its log says why", before)
		case now != before && !runs(before):
			fmt.Printf("process %d took over from %d\n", now, before)
			return nil
		case now != before:
			lent = true
		}
	}
	return fmt.Errorf("process %d has not handed over within %s; its log says why", before, upgradeTakes)
}

// permitted asks the control plane whether the node may go over to this build, and says what it said.
func permitted(data string) error {
	ctx, cancel := context.WithTimeout(context.Background(), askingTakes)
	defer cancel()
	told, err := node.AskToUpgrade(ctx, data, version)
	if err != nil {
		return fmt.Errorf("whether %s may come to this node cannot be asked (--force goes without): %w", version, err)
	}
	switch told.Answer {
	case protocol.UpgradeGo:
		fmt.Println(told.Why)
		return nil
	case protocol.UpgradeWait:
		return fmt.Errorf("not yet: %s", told.Why)
	default:
		return fmt.Errorf("no: %s", told.Why)
	}
}

// runs reports whether a process is there. One that has ended and was not waited for yet is not.
func runs(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !zombie(string(stat))
}

// zombie reads the state behind the program's name, which stands in brackets and may hold anything.
func zombie(stat string) bool {
	for i := len(stat) - 1; i >= 0; i-- {
		if stat[i] == ')' {
			return i+2 < len(stat) && stat[i+2] == 'Z'
		}
	}
	return false
}
