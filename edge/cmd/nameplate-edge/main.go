// Command nameplate-edge is an edge node: Caddy with Nameplate's table in it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"nameplate.io/edge/caddynode"
	"nameplate.io/edge/pace"
)

// version is set when the program is linked.
var version = "0.1.0"

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "nameplate-edge:", err)
		os.Exit(1)
	}
}

const usage = `usage:
  nameplate-edge run --data DIR --name NAME --https-address HOST:PORT --http-address HOST:PORT
                     --control URL [options]
  nameplate-edge --version

options of run:
`

func command(args []string) error {
	if len(args) == 1 && (args[0] == "--version" || args[0] == "version") {
		fmt.Println(versionLine())
		return nil
	}
	if len(args) == 0 || args[0] != "run" {
		fmt.Fprint(os.Stderr, usage)
		flags, _ := runFlags(os.Stderr)
		flags.PrintDefaults()
		return errors.New("expected: run or --version")
	}
	flags, options := runFlags(os.Stderr)
	if err := flags.Parse(args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if err := check(flags, options); err != nil {
		return err
	}
	return run(options)
}

type runOptions struct {
	caddynode.Options
	drainDelay time.Duration
}

func runFlags(out io.Writer) (*flag.FlagSet, *runOptions) {
	options := &runOptions{}
	node := &options.Node
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&node.DataDir, "data", "", "`directory` of the node's state and keys")
	flags.StringVar(&node.Name, "name", "", "what people call the node")
	flags.StringVar(&node.HTTPSAddress, "https-address", "", "`host:port` for HTTPS, TCP and UDP")
	flags.StringVar(&node.HTTPAddress, "http-address", "", "`host:port` for HTTP")
	flags.StringVar(&options.AdminAddress, "admin-address", "", "`host:port` for health and metrics; keep it on loopback")
	flags.StringVar(&node.Control, "control", "", "`URL` of the control plane's edge listener")
	flags.StringVar(&node.JoinTokenFile, "join-token-file", "", "`file` with a join token; needed once")
	flags.StringVar(&node.Resolver, "resolver", "", "`host:port` of the DNS server that resolves origins (default: the system's)")
	flags.Func("allow-origin", "`CIDR` of origins that may be dialled although not public; may be repeated", func(text string) error {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return err
		}
		node.AllowOrigins = append(node.AllowOrigins, prefix.Masked())
		return nil
	})
	flags.StringVar(&node.OriginCA, "origin-ca", "", "PEM `file` of CAs trusted for origins beside the system's")
	flags.IntVar(&node.PublicHTTPSPort, "public-https-port", 0, "`port` visitors use for HTTPS (default: the one of --https-address)")
	flags.DurationVar(&options.Grace, "grace", caddynode.DefaultGrace, "how long requests under way may take after SIGTERM")
	flags.DurationVar(&options.drainDelay, "drain-delay", 0, "how long to go on accepting after SIGTERM while /readyz says no")
	node.Version = version
	return flags, options
}

func check(flags *flag.FlagSet, options *runOptions) error {
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for name, value := range map[string]string{
		"data": options.Node.DataDir, "name": options.Node.Name, "https-address": options.Node.HTTPSAddress,
		"http-address": options.Node.HTTPAddress, "control": options.Node.Control,
	} {
		if value == "" {
			return fmt.Errorf("--%s is missing", name)
		}
	}
	// Caddy shares ports with other processes of the same user (SO_REUSEPORT) and would not notice.
	for _, address := range []string{options.Node.HTTPSAddress, options.Node.HTTPAddress} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		listener.Close()
	}
	return nil
}

func run(options *runOptions) error {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)).With("logger", "node", "node_name", options.Node.Name))
	loaded := pace.Loading()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	if err := caddynode.Run(options.Options); err != nil {
		return err
	}
	text := func() uint64 {
		if n := caddynode.Running(); n != nil {
			return uint64(n.Replica.Table.SlabBytes())
		}
		return 0
	}
	loaded(text())
	go pace.Keep(context.Background(), text)
	slog.Info("serving", "https", options.Node.HTTPSAddress, "http", options.Node.HTTPAddress, "version", versionLine())
	sig := <-stop
	slog.Info("draining", "signal", sig.String(), "grace", options.Grace.String())
	if n := caddynode.Running(); n != nil {
		n.Drain()
	}
	time.Sleep(options.drainDelay)
	err := caddynode.Stop(options.Grace)
	slog.Info("stopped")
	return err
}

func versionLine() string {
	caddy := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/caddyserver/caddy/v2" {
				caddy = module.Version
			}
		}
	}
	return fmt.Sprintf("nameplate-edge %s (caddy %s, %s)", version, caddy, runtime.Version())
}
