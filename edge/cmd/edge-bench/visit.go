package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"nameplate.io/edge/bench"
)

// brought are the flags that tell which names a run has.
func brought(flags *flag.FlagSet) *bench.Brought {
	b := &bench.Brought{}
	flags.StringVar(&b.Run, "run", "", "a `word` that tells this run's names from others'")
	flags.IntVar(&b.Pages, "pages", 0, "names with pages")
	flags.IntVar(&b.Sockets, "sockets", 0, "names with WebSockets")
	return b
}

// names writes what `domains import` takes in.
func names(args []string) error {
	flags := flag.NewFlagSet("edge-bench names", flag.ContinueOnError)
	b := brought(flags)
	flags.StringVar(&b.PageOrigin, "page-origin", "", "`URL`")
	flags.StringVar(&b.SocketOrigin, "socket-origin", "", "`URL`")
	lines, root := "", ""
	flags.StringVar(&lines, "lines", "", "the `file` of lines to import")
	flags.StringVar(&root, "root", "", "the `file` of the root that signed the certificates")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return b.Write(lines, root)
}

// visitors visit until stdin ends, say "ready" once each has had an answer, and end with one line of what they saw.
func visitors(args []string) error {
	flags := flag.NewFlagSet("edge-bench visitors", flag.ContinueOnError)
	b := brought(flags)
	v := bench.Visitors{Say: func(text string) { say("%s", text) }}
	nodes, roots, also := "", "", ""
	flags.StringVar(&nodes, "nodes", "", "`host:port` of each node's HTTPS, with commas")
	flags.StringVar(&roots, "roots", "", "PEM `files` of whom to trust, with commas")
	flags.StringVar(&also, "also", "", "a `file` of further names with pages, one a line; every other visit is to one of them")
	flags.IntVar(&v.Each, "each", 4, "visitors of each kind: HTTP/1.1, HTTP/2, HTTP/3, WebSocket")
	flags.DurationVar(&v.Pause, "pause", 5*time.Millisecond, "of a visitor between two requests, on average")
	if err := flags.Parse(args); err != nil {
		return err
	}
	v.Nodes = strings.Split(nodes, ",")
	if b.Pages < 1 || b.Sockets < 1 || v.Each < 1 {
		return errors.New("expected: names of both kinds, and a visitor")
	}
	v.Roots = x509.NewCertPool()
	for path := range strings.SplitSeq(roots, ",") {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		v.Roots.AppendCertsFromPEM(text)
	}
	var changing []string
	if also != "" {
		text, err := os.ReadFile(also)
		if err != nil {
			return err
		}
		changing = strings.Fields(string(text))
	}
	v.Page = func() string {
		if len(changing) > 0 && rand.IntN(2) == 0 {
			return changing[rand.IntN(len(changing))]
		}
		return b.PageOf(rand.IntN(b.Pages))
	}
	v.Socket = func() string { return b.SocketOf(rand.IntN(b.Sockets)) }
	ctx, end := context.WithCancel(context.Background())
	go func() {
		defer end()
		_, _ = io.Copy(io.Discard, bufio.NewReader(os.Stdin)) // its end is what counts
	}()
	seen := v.Run(ctx, func() { fmt.Println("ready") })
	return json.NewEncoder(os.Stdout).Encode(seen)
}
