package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"nameplate.io/edge/caddynode"
	"nameplate.io/edge/node"
)

// signedWithin is how long a node waits to be signed, which a worker does each second.
const signedWithin = time.Minute

// join makes the data directory that of a node, and says which.
func join(options *caddynode.Options) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	ctx, cancelWait := context.WithTimeout(ctx, signedWithin)
	defer cancelWait()
	is, err := node.Join(ctx, options.Node, &tokenFrom{path: options.Node.JoinTokenFile})
	if err != nil {
		return err
	}
	how := "joined"
	if is.Before {
		how = "had joined before"
	}
	fmt.Printf("%s: node %s of cluster %s\n", how, is.NodeID, is.ClusterID)
	return nil
}

// tokenFrom opens the file with the token, or the input, when somebody wants to read it.
type tokenFrom struct {
	path string
	in   io.Reader
}

func (t *tokenFrom) Read(p []byte) (int, error) {
	if t.in == nil {
		switch t.path {
		case "":
			return 0, fmt.Errorf("this node has not joined: --join-token-file is missing")
		case "-":
			if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
				fmt.Fprintln(os.Stderr, "the join token, and Enter:")
				t.in = &line{os.Stdin}
			} else {
				t.in = os.Stdin
			}
		default:
			text, err := os.ReadFile(t.path)
			if err != nil {
				return 0, fmt.Errorf("join token: %w", err)
			}
			t.in = strings.NewReader(string(text))
		}
	}
	return t.in.Read(p)
}

// line reads as far as a terminal's first line.
type line struct{ in io.Reader }

func (l *line) Read(p []byte) (int, error) {
	if l.in == nil {
		return 0, io.EOF
	}
	n, err := l.in.Read(p)
	if n > 0 && p[n-1] == '\n' {
		l.in = nil
	}
	return n, err
}
