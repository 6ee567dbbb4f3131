package caddynode

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"nameplate.io/edge/handover"
	"nameplate.io/edge/node"
)

// network is Caddy's name for our own sockets. Caddy's own way to listen shares ports with whoever asks
// (SO_REUSEPORT), and loses what waits in a queue when its process ends.
const network = "nameplate"

// UpgradeSignal makes a process start its program anew and hand over to it.
const UpgradeSignal = syscall.SIGUSR2

const (
	// successorServes is how long a successor may take: a million names are read in 20 s.
	successorServes = 2 * time.Minute
	readyAgain      = 20 * time.Millisecond
	// settles is enough for what was accepted last to become a request, and for connections in use to be
	// closed behind an answer: net/http may cut off the last bytes of an HTTP/2 answer when it closes the
	// connection at its own moment.
	settles = time.Second
	// releases is more than enough for Caddy to close its listeners once it was told to stop: it does that
	// beside us, and at once.
	releases = 30 * time.Second
)

// sockets are those of the configuration that runs. Caddy asks for them by network, once for the process.
var sockets atomic.Pointer[handover.Sockets]

func init() {
	caddy.RegisterNetwork(network, func(_ context.Context, _, host, port string, _ uint, _ net.ListenConfig) (any, error) {
		return sockets.Load().Listener(net.JoinHostPort(host, port))
	})
	caddyhttp.RegisterNetworkHTTP3(network, "udp")
}

// Run starts Caddy with the one configuration there is.
func Run(options Options) error {
	if err := node.Check(options.Node); err != nil {
		return err // Caddy would wrap it in the names of all it was doing
	}
	held, err := handover.Inherit()
	if err != nil {
		return err
	}
	addresses := []string{options.Node.HTTPSAddress, options.Node.HTTPAddress}
	if options.AdminAddress != "" {
		addresses = append(addresses, options.AdminAddress)
	}
	if err := held.Open(addresses...); err != nil {
		held.Close()
		return err
	}
	sockets.Store(held)
	config, err := configFor(options)
	if err != nil {
		return err
	}
	text, err := json.Marshal(config)
	if err != nil {
		return err
	}
	if err := caddy.Load(text, false); err != nil {
		held.Close()
		return err
	}
	if held.Succeeds() {
		go announce(Running(), held)
		return nil
	}
	return handover.Notify()
}

// announce tells the predecessor that this process is ready.
func announce(n *node.Node, held *handover.Sockets) {
	for !n.Ready() {
		time.Sleep(readyAgain)
	}
	if err := handover.Notify(); err != nil {
		slog.Warn("systemd could not be told", "error", err)
	}
	if err := held.Ready(); err != nil {
		slog.Warn("the predecessor could not be told", "error", err)
	}
}

// Stop drains: the node says that it is not ready, listeners close, and what is under way may finish
// within the grace period, WebSockets included.
func Stop(grace time.Duration) error {
	n := Running()
	if n == nil {
		return caddy.Stop()
	}
	n.Drain()
	held := sockets.Load()
	held.Close()
	err := runningApp().Stop() // at once; Caddy may ask for it last
	deadline := time.Now().Add(grace)
	err = errors.Join(err, caddy.Stop())
	ctx, cancel := context.WithTimeout(context.Background(), releases)
	defer cancel()
	err = errors.Join(err, held.Released(ctx))
	for n.OpenRequests() > 0 && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// Serve runs until a signal ends it, or until a successor serves after UpgradeSignal. Then it drains.
func Serve(options Options, signals <-chan os.Signal) error {
	handed := make(chan error, 1)
	upgrading := false
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		select {
		case sig := <-signals:
			if sig != UpgradeSignal {
				slog.Info("draining", "signal", sig.String(), "grace", options.Grace.String())
				cancel()
				if upgrading {
					<-handed
				}
				return drain(options, signals)
			}
			if !upgrading {
				upgrading = true
				go func() { handed <- handOver(ctx, Running(), sockets.Load()) }()
			}
		case err := <-handed:
			if err == nil {
				slog.Info("a successor serves; draining", "grace", options.Grace.String())
				Running().Retire()
				if err := runningApp().stopAdmin(); err != nil { // the successor says what is ready
					slog.Warn("the admin listener did not end in time", "error", err)
				}
				sockets.Load().Rest()
				Running().Drain()
				time.Sleep(settles)
				return Stop(options.Grace)
			}
			upgrading = false
			slog.Error("no successor took over; this process goes on", "error", err)
		}
	}
}

// drain says that no traffic should come any more, waits for those who ask to see it, and stops. Another
// signal ends the waiting; requests under way may finish all the same.
func drain(options Options, signals <-chan os.Signal) error {
	if n := Running(); n != nil {
		n.Drain()
	}
	delay := time.NewTimer(options.DrainDelay)
	defer delay.Stop()
	for {
		select {
		case <-delay.C:
			return Stop(options.Grace)
		case sig := <-signals:
			if sig != UpgradeSignal {
				slog.Info("told again to end: listeners close now", "signal", sig.String())
				return Stop(options.Grace)
			}
		}
	}
}

// handOver starts the program anew, from where this one was started, and waits until it serves. After
// an error everything is as before.
func handOver(ctx context.Context, n *node.Node, held *handover.Sockets) error {
	if err := n.CanLend(); err != nil {
		return err
	}
	// Not os.Executable: after an upgrade that would be the file that was replaced.
	program, err := exec.LookPath(os.Args[0])
	if err != nil {
		return err
	}
	if err := n.Lend(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, successorServes)
	defer cancel()
	successor, err := held.Succeed(ctx, program, os.Args[1:])
	if err != nil {
		return n.TakeBack(err)
	}
	slog.Info("handed over", "pid", successor.Pid)
	return nil
}
