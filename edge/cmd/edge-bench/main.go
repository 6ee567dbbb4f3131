// Command edge-bench measures an edge node beside stock Caddy, which is built from the same modules
// by the same compiler with the same options: it is this program's subcommand "stock".
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"nameplate.io/edge/bench"
)

const usage = `usage:
  edge-bench edge --edge PROGRAM [options]       requests and handshakes beside stock Caddy
  edge-bench edge-size --edge PROGRAM [options]  memory and time to start
  edge-bench flood --edge PROGRAM [options]      handshakes beside unknown names and slow clients
  edge-bench resync --edge PROGRAM [options]     comparing all names with the control plane, and requests beside it
Options: edge-bench NAME --help. The figures are the last line of stdout, one JSON object; exit code 0
when every goal is met, 3 when one is not, 1 when it could not be measured.
`

// errUnmet means that a bench ran and missed a goal.
var errUnmet = errors.New("a goal is not met")

func main() {
	switch err := command(os.Args[1:]); {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUnmet):
		os.Exit(3)
	default:
		fmt.Fprintln(os.Stderr, "edge-bench:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return errors.New("expected: a bench's name")
	}
	switch name, rest := args[0], args[1:]; name {
	case "edge", "edge-size", "flood", "resync":
		return measure(name, rest)
	case "names":
		return names(rest)
	case "feed":
		return feed(rest)
	case "visitors":
		return visitors(rest)
	case "control":
		return control(rest)
	case "origin":
		return serve(name, rest, bench.ServeOrigin)
	case "stock":
		return stock(rest)
	case "refuse":
		return serve(name, rest, bench.Refuse)
	case "attack-unknown":
		return attackUnknown(rest)
	case "attack-slow":
		return attackSlow(rest)
	case "help", "--help", "-h":
		fmt.Print(usage)
		return nil
	default:
		fmt.Fprint(os.Stderr, usage)
		return fmt.Errorf("unexpected: %q", name)
	}
}

// settings are what a bench is told.
type settings struct {
	edge, nocount string
	against       string
	quick         bool
	dir           string
	network       string
	names         []int
	pairs         int
	slice         time.Duration
	churn         time.Duration
	warm          time.Duration
	connections   int
	visited       int
	only          string
	profile       string
}

func measure(name string, args []string) error {
	var s settings
	flags := flag.NewFlagSet("edge-bench "+name, flag.ContinueOnError)
	names, curve := "", false
	flags.StringVar(&s.edge, "edge", "", "the `program` to measure: nameplate-edge as it is shipped")
	flags.StringVar(&s.nocount, "nocount", "", "the same `program` built with -tags nocount, which counts in turns, to know what counting costs")
	flags.StringVar(&s.against, "against", "", "edge: another build of the node's `program`, which then stands for stock Caddy; the same one shows the noise")
	flags.StringVar(&s.dir, "dir", filepath.Join(".nameplate", "bench"), "`folder` that keeps what takes long to make")
	flags.StringVar(&s.network, "network", "127.0.70", "first three `bytes` of the loopback addresses in use; ports are free ones")
	flags.StringVar(&names, "names", "", "how many names; several with commas (default 200000; edge-size: 200000,1000000); of several, edge measures two ratios only")
	flags.IntVar(&s.pairs, "pairs", 9, "pairs of slices per comparison")
	flags.DurationVar(&s.slice, "slice", 2*time.Second, "how long a slice of a pair lasts")
	flags.DurationVar(&s.warm, "warm", 10*time.Second, "how long each server is used before it is measured")
	flags.DurationVar(&s.churn, "churn", time.Minute, "how long edge-size shakes hands before it measures memory again")
	flags.IntVar(&s.connections, "connections", 16, "connections of the load")
	flags.StringVar(&s.only, "only", "", "edge: these comparisons alone, with commas")
	flags.IntVar(&s.visited, "visited", 0, "how many of the names are asked for (default: all)")
	flags.StringVar(&s.profile, "profile", "", "edge: instead, write CPU profiles to files that begin so; the programs must be built with -tags profile")
	flags.BoolVar(&curve, "curve", false, "1, 1,000, 10,000, 200,000 and 1,000,000 names: the ratios at each, or with edge-size memory and start")
	flags.BoolVar(&s.quick, "quick", false, "a trial of the bench itself: 1,000 names and one short pair; the figures say nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if s.edge == "" {
		return errors.New("--edge is missing")
	}
	switch {
	case names != "":
	case s.quick && curve:
		names = "1,1000"
	case s.quick:
		names = "1000"
	case curve:
		names = "1,1000,10000,200000,1000000"
	case name == "edge-size":
		names = "200000,1000000"
	default:
		names = "200000"
	}
	for text := range strings.SplitSeq(names, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 9_999_999 {
			return fmt.Errorf("names %q (expected: 1 to 9999999)", text)
		}
		s.names = append(s.names, n)
	}
	if s.quick {
		s.pairs, s.slice, s.churn, s.warm = 1, 300*time.Millisecond, time.Second, 300*time.Millisecond
	}
	var err error
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return err
	}
	endInPeace()
	f := newFigures(name, s.quick)
	switch name {
	case "edge-size":
		err = benchSize(&s, f)
	case "flood":
		err = benchFlood(&s, f)
	case "resync":
		err = benchResync(&s, f)
	default:
		err = benchEdge(&s, f)
	}
	if err != nil {
		return err
	}
	fmt.Println(f.json())
	if !f.met() {
		return errUnmet
	}
	return nil
}

var began = time.Now()

// say tells how far it is, on stderr.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "[%6.1f s] %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
}

// serve listens at an address, says which, and serves until stdin ends.
func serve(name string, args []string, serve func(net.Listener) error) error {
	flags := flag.NewFlagSet("edge-bench "+name, flag.ContinueOnError)
	address := flags.String("address", "", "`host:port` to listen at")
	if err := flags.Parse(args); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		untilParentEnds()
		listener.Close()
	}()
	return serve(listener)
}

// control is a control plane until stdin ends.
func control(args []string) error {
	flags := flag.NewFlagSet("edge-bench control", flag.ContinueOnError)
	address := flags.String("address", "", "`host:port` to listen at")
	path := flags.String("material", "", "`file` of names, certificates and keys")
	names := flags.Int("names", 0, "how many of its names")
	to := flags.String("origin", "", "`host:port` of all names' origin")
	if err := flags.Parse(args); err != nil {
		return err
	}
	material, err := bench.OpenMaterial(*path)
	if err != nil {
		return err
	}
	defer material.Close()
	target, err := net.ResolveTCPAddr("tcp", *to)
	if err != nil {
		return err
	}
	c, err := bench.NewControl(material, *names, *address, target)
	if err != nil {
		return err
	}
	fmt.Println(c.URL, c.Token)
	untilParentEnds()
	return c.Close()
}

// untilParentEnds waits for the end of stdin, which is a pipe that the parent holds open, or for a signal.
func untilParentEnds() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	signal.Ignore(syscall.SIGINT) // a terminal sends it to all; the parent decides
	var once sync.Once
	done := make(chan struct{})
	end := func() { once.Do(func() { close(done) }) }
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); end() }()
	go func() { <-stop; end() }()
	<-done
}
