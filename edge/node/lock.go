package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// lockWait bridges the moment in which another process ends, hands over, or looks who has the lock.
	lockWait  = 2 * time.Second
	lockAgain = 20 * time.Millisecond
)

func lockPath(dataDir string) string { return filepath.Join(dataDir, "lock") }

func (n *Node) stateDir() string { return filepath.Join(n.Config.DataDir, "state") }

// lockDir keeps a second process away from the same data, and writes into the lock who has it.
func (n *Node) lockDir() error {
	f, err := os.OpenFile(lockPath(n.Config.DataDir), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(lockWait); ; time.Sleep(lockAgain) {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			break
		}
		if time.Now().After(deadline) {
			f.Close()
			return fmt.Errorf("data directory %s is in use by another process: %w", n.Config.DataDir, err)
		}
	}
	n.lock = f
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// Holder is the process that has a data directory, as its lock says; an error if none has.
func Holder(dataDir string) (int, error) {
	f, err := os.OpenFile(lockPath(dataDir), os.O_RDWR, 0o600)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
		return 0, fmt.Errorf("no node runs on %s", dataDir)
	}
	text, err := os.ReadFile(f.Name())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// Lend leaves the data directory to a successor. The node goes on serving and following, in memory.
// After an error the data is the node's own, as before.
func (n *Node) Lend() error {
	if err := n.Replica.Lend(); err != nil {
		return failedWith(err, n.Replica.TakeBack(n.stateDir()))
	}
	err := n.lock.Close()
	n.lock = nil
	if err != nil {
		return n.TakeBack(err)
	}
	return nil
}

// TakeBack takes the data directory again after a successor has failed, and returns why it did.
func (n *Node) TakeBack(why error) error {
	if err := n.lockDir(); err != nil {
		return failedWith(why, err)
	}
	return failedWith(why, n.Replica.TakeBack(n.stateDir()))
}

// failedWith adds to a failure that the data could not be taken back, if so.
func failedWith(why, back error) error {
	if back == nil {
		return why
	}
	return fmt.Errorf("%w; and the data cannot be taken back, so changes are kept in memory alone: %w", why, back)
}

// Retire ends what the node says to the control plane, which its successor says from now on.
func (n *Node) Retire() {
	if n.stop != nil {
		n.stop()
	}
	n.done.Wait()
}

var errNotAMember = errors.New("the node has not joined yet")

// CanLend says why the node cannot leave its data to a successor now; nil if it can.
func (n *Node) CanLend() error {
	if n.member.Load() == nil {
		return errNotAMember
	}
	return nil
}
