package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"time"

	"nameplate.io/edge/bench"
)

const (
	// resyncRate is how many requests begin in a second beside a re-sync: some tenth of what the machine can do, which
	// leaves the node, its control plane and the clients room.
	resyncRate = 2_000
	// resyncTimeout is how long a re-sync may take before it counts as failed.
	resyncTimeout = 10 * time.Minute
)

// besideResync are requests while the node compares everything with its control plane.
var besideResync = comparison{about: "requests beside a re-sync",
	load: bench.Load{TLS: true, Path: bench.SmallPath, Status: 200, Bytes: bench.SmallBytes, PerSecond: resyncRate}}

// benchResync measures how long a node takes to compare all names with its control plane, and to take all of them anew,
// and what visitors notice of it.
func benchResync(s *settings, f *figures) error {
	names := s.names[0]
	say("resync: a node with %d names compares all of them with its control plane, and takes all of them anew", names)
	say("beside it come %d requests a second with random names, in %d pairs of slices of %s; a ratio is the median of its pairs' (during / not)",
		resyncRate, s.pairs, s.slice)
	say("node, origin and clients share %s; the control plane gets what they leave (nice), as it would have a machine of its own", machine())
	lab, err := openLab(s, names, labOptions{})
	if err != nil {
		return err
	}
	defer lab.close()
	f.put("names", float64(names))
	lab.warm(s)
	lacking := 0
	for _, kind := range []resyncKind{
		{"compare", "comparing, when nothing differs", "/prepare"},
		{"resync", "taking everything anew", "/prepare?replaced=1"},
	} {
		if err := lab.resync(s, f, kind, &lacking); err != nil {
			return err
		}
	}
	f.atMost("errors", float64(lacking), 0)
	return nil
}

type resyncKind struct {
	name, about string
	prepare     string // has the control plane write its answers before they are asked for
}

func (l *lab) resync(s *settings, f *figures, kind resyncKind, lacking *int) error {
	client := &http.Client{Timeout: resyncTimeout, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the bench's own, on loopback
	}}
	defer client.CloseIdleConnections()
	post := func(path string) error {
		response, err := client.Post(l.world.url+path, "", nil)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNoContent {
			return fmt.Errorf("the control plane answered %s", response.Status)
		}
		return nil
	}
	once := func() (seconds float64, err error) {
		from := time.Now()
		err = post("/compare")
		return time.Since(from).Seconds(), err
	}
	// A slice lasts about as long as a re-sync, or has one after the other; the first of them is the one that counts.
	if err := post(kind.prepare); err != nil {
		return err
	}
	length, err := once()
	if err != nil {
		return err
	}
	one := *s
	one.slice = max(s.slice, time.Duration(length*float64(time.Second)))
	var during, alone []slice
	var seconds []float64
	for range s.pairs {
		if err := post(kind.prepare); err != nil {
			return err
		}
		alone = append(alone, besideResync.slice(&one, &l.node))
		stop, ended := make(chan struct{}), make(chan error, 1)
		go func() {
			for first := true; ; first = false {
				took, err := once()
				if first {
					seconds = append(seconds, took)
				}
				if err != nil {
					ended <- err
					return
				}
				select {
				case <-stop:
					ended <- nil
					return
				default:
				}
			}
		}()
		during = append(during, besideResync.slice(&one, &l.node))
		close(stop)
		if err := <-ended; err != nil {
			return err
		}
	}
	*lacking += failures(kind.about, l.node.name, during) + failures("alone", l.node.name, alone)
	rate, _ := ratios(during, alone)
	slower := pairwise(during, alone, slice.p50)
	f.atMost(kind.name+"_s", middle(seconds), 10)
	f.atMost(kind.name+"_p50_ratio", slower, 1.1)
	f.atLeast(kind.name+"_requests_ratio", rate, 0.9)
	f.put(kind.name+"_p99_ms", median(during, slice.p99))
	f.put(kind.name+"_p99_ms_alone", median(alone, slice.p99))
	say("%s: %.2f s; beside it requests take %.3f × (p50 %.2f ms beside %.2f ms, p99 %.2f ms beside %.2f ms), and %.3f × as many are answered",
		kind.about, middle(seconds), slower, median(during, slice.p50), median(alone, slice.p50), median(during, slice.p99), median(alone, slice.p99), rate)
	return nil
}
