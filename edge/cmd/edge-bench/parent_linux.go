package main

import (
	"os/exec"
	"syscall"
	"time"
	"unsafe"
)

// endWithParent keeps a program from outliving this one, however this one ends.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// cpu is how much processor time the process has used. The kernel keeps a clock of it in nanoseconds;
// /proc counts in hundredths of a second, which is near a percent of a slice.
func (p *process) cpu() time.Duration {
	const scheduled = 2                                 // what clock_getcpuclockid(3) asks for
	clock := uintptr(^p.cmd.Process.Pid<<3 | scheduled) // its encoding of a process
	var used syscall.Timespec
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&used)), 0); errno != 0 {
		return 0
	}
	return time.Duration(used.Nano())
}
