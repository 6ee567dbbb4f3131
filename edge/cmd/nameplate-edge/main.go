// Command nameplate-edge is an edge node: Caddy with Nameplate's table in it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"nameplate.io/edge/caddynode"
	"nameplate.io/edge/frontdoor"
	"nameplate.io/edge/pace"
)

// version is set when the program is linked.
var version = "0.1.0"

func main() {
	if err := command(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "nameplate-edge:", err)
		os.Exit(1)
	}
}

const usage = `usage:
  nameplate-edge run --data DIR --name NAME --https-address HOST:PORT --http-address HOST:PORT
                     --control URL [options]
  nameplate-edge join [the same]
  nameplate-edge upgrade --data DIR [--force]
  nameplate-edge stop --data DIR
  nameplate-edge status --data DIR
  nameplate-edge --version

join makes the directory that of a node of the token's cluster, serves nothing, and ends; run needs no
token then. With --join-token-file - it reads the token from its input. Once joined it only says so.
stop makes the node that runs on DIR drain and end, and waits until it has; status says which process
that is, and fails if there is none. upgrade makes the node that runs on DIR start its program anew, which may have been replaced, and hand
over to it without a refused connection; it ends when the new one serves. It asks the control
plane first: a new build comes to one node of a cluster, and to the others once that one stood; --force
does not ask.

options of run:
`

func command(args []string) error {
	name, rest := "", args
	if len(args) > 0 {
		name, rest = args[0], args[1:]
	}
	switch name {
	case "run":
		return withOptions(rest, run)
	case "join":
		return withOptions(rest, join)
	case "upgrade":
		return upgrade(rest)
	case "stop":
		return stop(rest)
	case "status":
		return status(rest)
	case "version", "--version":
		fmt.Println(versionLine())
		return nil
	default:
		fmt.Fprint(os.Stderr, usage)
		flags, _ := runFlags(os.Stderr)
		flags.PrintDefaults()
		return errors.New("expected: run, join, upgrade, stop, status or --version")
	}
}

// withOptions does what takes the options of run.
func withOptions(args []string, do func(*caddynode.Options) error) error {
	flags, options := runFlags(os.Stderr)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := check(flags, options); err != nil {
		return err
	}
	return do(options)
}

func runFlags(out io.Writer) (*flag.FlagSet, *caddynode.Options) {
	options := &caddynode.Options{}
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
	flags.Func("allow-origin", "`CIDR` of origins that may be dialled although not public; may be repeated", prefixes(&node.AllowOrigins))
	flags.StringVar(&node.OriginCA, "origin-ca", "", "PEM `file` of CAs trusted for origins beside the system's")
	flags.IntVar(&node.PublicHTTPSPort, "public-https-port", 0, "`port` visitors use for HTTPS (default: the one of --https-address)")
	limits := &options.Limits
	flags.IntVar(&limits.Connections, "max-connections", frontdoor.ByFiles(), "`number` of visitors' connections open at once; 0: no limit (default: half of the files the process may open)")
	flags.IntVar(&limits.ConnectionsPerSource, "max-connections-per-source", frontdoor.Defaults.ConnectionsPerSource,
		"`number` of them from one IPv4 address or IPv6 /64; 0: no limit, as behind a balancer without PROXY protocol")
	flags.IntVar(&limits.UnknownPerSecond, "max-unknown-per-second", frontdoor.Defaults.UnknownPerSecond,
		"`number` of handshakes for unknown names from one source, beyond which its connections are closed unread; 0: no limit")
	flags.Func("proxy-from", "`CIDR` of balancers that tell the visitor's address by the PROXY protocol; may be repeated", prefixes(&options.ProxyFrom))
	flags.DurationVar(&options.HeaderTimeout, "header-timeout", caddynode.DefaultHeaderTimeout, "how long a handshake, and a request's header, may take")
	flags.DurationVar(&options.Grace, "grace", caddynode.DefaultGrace, "how long requests under way may take after SIGTERM")
	flags.DurationVar(&options.DrainDelay, "drain-delay", caddynode.DefaultDrainDelay, "how long to go on accepting after SIGTERM while /readyz says no")
	node.Version = version
	return flags, options
}

// prefixes adds each value of a flag to a list.
func prefixes(list *[]netip.Prefix) func(string) error {
	return func(text string) error {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return err
		}
		*list = append(*list, prefix.Masked())
		return nil
	}
}

func check(flags *flag.FlagSet, options *caddynode.Options) error {
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
	return nil
}

func run(options *caddynode.Options) error {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)).With("logger", "node", "node_name", options.Node.Name))
	loaded := pace.Loading()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, caddynode.UpgradeSignal)
	if err := caddynode.Run(*options); err != nil {
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
	err := caddynode.Serve(*options, signals)
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
