package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"nameplate.io/edge/node"
)

// process is a program that was started, with its standard output.
type process struct {
	cmd  *exec.Cmd
	out  *bufio.Reader
	hold io.Closer // its stdin
	log  string
	done chan struct{} // closed when it has ended
}

// underway is what does not outlive this program when it is asked to end.
var underway struct {
	mu        sync.Mutex
	processes []*process
	folders   []string
}

// endInPeace ends what is under way, and then this program, when it gets SIGTERM or Ctrl-C.
func endInPeace() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-asked
		underway.mu.Lock() // for ever: nothing else is started
		var ends sync.WaitGroup
		for _, p := range underway.processes {
			ends.Go(p.stop)
		}
		ends.Wait()
		for _, folder := range underway.folders {
			_ = os.RemoveAll(folder) // as in close
		}
		say("interrupted")
		os.Exit(1)
	}()
}

// start runs a program whose stderr goes to a log file. It ends with this one.
func start(log, program string, args ...string) (*process, error) {
	cmd := exec.Command(program, args...)
	endWithParent(cmd)
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	cmd.Stderr = file
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	underway.mu.Lock()
	defer underway.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, out: bufio.NewReader(out), hold: hold, log: log, done: make(chan struct{})}
	go func() {
		_, _ = cmd.Process.Wait() // how it ended is read from its log
		close(p.done)
	}()
	underway.processes = append(slices.DeleteFunc(underway.processes, (*process).ended), p)
	return p, nil
}

// self runs another subcommand of this program.
func self(log string, args ...string) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(log, program, args...)
}

// line reads the next line that the process writes.
func (p *process) line() (string, error) {
	text, err := p.out.ReadString('\n')
	if err != nil {
		return "", p.failed("it ended")
	}
	return strings.TrimSpace(text), nil
}

// stop asks the process to end, and sees to it that it does.
func (p *process) stop() {
	p.hold.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// failed is an error that shows the end of the process's log.
func (p *process) failed(why string) error {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %s; the end of %s:\n%s", filepath.Base(p.cmd.Path), why, p.log, text[max(0, len(text)-2000):])
}

// memory is the process's resident set in MB.
func (p *process) memory() (float64, error) {
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)); err == nil {
		return kilobytes(string(text), "VmRSS:")
	}
	text, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(p.cmd.Process.Pid)).Output()
	if err != nil {
		return 0, err
	}
	return kilobytes("rss "+string(text), "rss")
}

// peak is the largest its resident set has been; the present one where the system does not tell.
func (p *process) peak() (float64, error) {
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)); err == nil {
		return kilobytes(string(text), "VmHWM:")
	}
	return p.memory()
}

func kilobytes(text, field string) (float64, error) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			kb, err := strconv.ParseFloat(number, 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no %s in %q", field, text)
}

// given are the addresses that free has returned: a port that was closed again may be chosen anew.
var given sync.Map

// free is an address with a port that nobody listens at, another one each time.
func free(host string) (string, error) {
	for {
		listener, err := net.Listen("tcp", host+":0")
		if err != nil {
			return "", err
		}
		address := listener.Addr().String()
		if err := listener.Close(); err != nil {
			return "", err
		}
		if _, before := given.LoadOrStore(address, true); !before {
			return address, nil
		}
	}
}

// edgeNode is a node's program with its data and addresses, which outlive a run of it.
type edgeNode struct {
	program            string
	data               string
	token              string // a file
	control, origin    string
	https, http, admin string
	args               []string // further ones

	*process
}

// prepareNode gives a node addresses on a host.
func prepareNode(program, folder, host string, w *world) (*edgeNode, error) {
	n := &edgeNode{program: program, data: filepath.Join(folder, "data"), token: filepath.Join(folder, "token"), control: w.url, origin: w.origin}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(n.token, []byte(w.token+"\n"), 0o600); err != nil {
		return nil, err
	}
	for _, address := range []*string{&n.https, &n.http, &n.admin} {
		var err error
		if *address, err = free(host); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (n *edgeNode) start() error {
	host, _, err := net.SplitHostPort(n.origin)
	if err != nil {
		return err
	}
	n.process, err = start(filepath.Join(filepath.Dir(n.data), "log"), n.program, append([]string{"run",
		"--data", n.data, "--name", "bench", "--https-address", n.https, "--http-address", n.http, "--admin-address", n.admin,
		"--control", n.control, "--join-token-file", n.token, "--allow-origin", host + "/32", "--drain-delay", "0s"}, n.args...)...)
	return err
}

// ready waits until the node says that traffic should come, and holds so many names.
func (n *edgeNode) ready(names int, within time.Duration) error {
	var last node.Status
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if n.ended() {
			return n.failed("it ended")
		}
		status, code, err := n.status()
		if err != nil {
			continue // its admin listener opens late
		}
		if last = status; code == http.StatusOK && status.Names == names {
			if status.Refused > 0 {
				return n.failed(fmt.Sprintf("it refused %d names", status.Refused))
			}
			return nil
		}
	}
	return n.failed(fmt.Sprintf("not ready within %s (%+v)", within, last))
}

var admin = &http.Client{Timeout: 5 * time.Second}

func (n *edgeNode) status() (node.Status, int, error) {
	var status node.Status
	response, err := admin.Get("http://" + n.admin + "/readyz")
	if err != nil {
		return status, 0, err
	}
	defer response.Body.Close()
	return status, response.StatusCode, json.NewDecoder(response.Body).Decode(&status)
}

// metric is one of the node's metrics, with its labels.
func (n *edgeNode) metric(name string) (float64, error) {
	response, err := admin.Get("http://" + n.admin + "/metrics")
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

// selfBehind is self for what would have a machine of its own: it gets what the others leave of this one.
func selfBehind(log string, args ...string) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	nice, err := exec.LookPath("nice")
	if err != nil {
		return start(log, program, args...)
	}
	return start(log, nice, append([]string{"-n", "19", program}, args...)...)
}

// world is what a node needs around it: an origin, and a control plane that knows its names.
type world struct {
	url, token, origin string

	origins, control *process
}

// newWorld starts it.
func newWorld(s *settings, material string, names int) (*world, error) {
	w := &world{}
	var err error
	if w.origins, err = self(filepath.Join(s.dir, "origin.log"), "origin", "--address", s.network+".2:0"); err != nil {
		return nil, err
	}
	if w.origin, err = w.origins.line(); err != nil {
		w.close()
		return nil, err
	}
	if w.control, err = selfBehind(filepath.Join(s.dir, "control.log"), "control", "--address", s.network+".3:0",
		"--material", material, "--names", strconv.Itoa(names), "--origin", w.origin); err != nil {
		w.close()
		return nil, err
	}
	hello, err := w.control.line()
	if err != nil {
		w.close()
		return nil, err
	}
	w.url, w.token, _ = strings.Cut(hello, " ")
	return w, nil
}

func (w *world) close() {
	w.origins.stop()
	if w.control != nil {
		w.control.stop()
	}
}

// accepts waits until the process lets connections in.
func (p *process) accepts(address string) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if p.ended() {
			return p.failed("it ended")
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			return conn.Close()
		}
	}
	return p.failed("it lets nobody in")
}
