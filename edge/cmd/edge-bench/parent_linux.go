package main

import (
	"os/exec"
	"syscall"
)

// endWithParent keeps a program from outliving this one, however this one ends.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
