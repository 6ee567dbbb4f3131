package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"strconv"
	"time"

	"nameplate.io/edge/bench"
)

const (
	// slowSockets is how many slow clients there are.
	slowSockets = 2000
	// shakes is how many handshakes begin in a second while their times are compared. Well below what the
	// machine can do: full, it would show how it shares its processors, and hide what the node does.
	shakes = 100
)

// benchFlood measures what those who mean no good do to others' handshakes.
func benchFlood(s *settings, f *figures) error {
	names := s.names[0]
	say("flood: a node with %d names; %d full handshakes a second with random ones, alone and beside an attack", names, shakes)
	say("%d pairs of slices of %s; a ratio is the median of its pairs' ratios (attacked / not)", s.pairs, s.slice)
	say("attackers, clients and the node share %s; attackers get what the others leave (nice), as they would have machines of their own", machine())
	// Without limits by source all attackers are looked at; they would be closed unread, which costs less.
	lab, err := openLab(s, names, labOptions{nodeArgs: []string{"--max-unknown-per-second", "0", "--max-connections-per-source", "0"}})
	if err != nil {
		return err
	}
	defer lab.close()
	f.put("names", float64(names))
	lacking := 0
	lab.warm(s)
	if err := lab.unknownNames(s, f, &lacking); err != nil {
		return err
	}
	if err := lab.bareListener(s, f, &lacking); err != nil {
		return err
	}
	if err := lab.slowClients(s, f, &lacking); err != nil {
		return err
	}
	f.atMost("errors", float64(lacking), 0)
	return nil
}

// good are the handshakes whose times are compared.
var good = comparison{about: "full handshakes", load: bench.Load{TLS: true, Handshakes: true, PerSecond: shakes}}

// attack starts another program, which says on a line of its own that it is at work, and another line
// when it ended.
type attack struct {
	begin func() (*process, error)
	end   func(*process) error
}

// beside measures good handshakes with and without an attack, in turns.
func (l *lab) beside(s *settings, a attack) (attacked, alone []slice, err error) {
	with := func() error {
		p, err := a.begin()
		if err != nil {
			return err
		}
		defer p.stop()
		if _, err := p.line(); err != nil {
			return err
		}
		attacked = append(attacked, good.slice(s, &l.node))
		return a.end(p)
	}
	for i := range s.pairs {
		if i%2 == 0 {
			alone = append(alone, good.slice(s, &l.node))
		}
		if err := with(); err != nil {
			return nil, nil, err
		}
		if i%2 == 1 {
			alone = append(alone, good.slice(s, &l.node))
		}
	}
	return attacked, alone, nil
}

// tell notes by how much an attack made good handshakes slower.
func tell(s *settings, f *figures, name string, attacked, alone []slice) {
	p50 := func(of []slice) float64 { return median(of, slice.p50) }
	p99 := func(of []slice) float64 { return median(of, slice.p99) }
	ratio := pairwise(attacked, alone, slice.p99)
	f.atMost(name+"_p99_ratio", ratio, 2)
	f.put(name+"_p99_ms", p99(attacked))
	f.put(name+"_p99_ms_alone", p99(alone))
	f.put(name+"_p50_ms", p50(attacked))
	f.put(name+"_p50_ms_alone", p50(alone))
	say("%s: p99 of good handshakes %.2f × (%.2f ms beside %.2f ms; p50 %.2f ms beside %.2f ms)",
		name, ratio, p99(attacked), p99(alone), p50(attacked), p50(alone))
}

// told is what an attacking program says when it ended.
type told struct {
	PerSecond float64
	Done      int
	Errors    int
	First     string
}

func (p *process) told() (told, error) {
	var out told
	p.hold.Close()
	text, err := p.line()
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal([]byte(text), &out)
}

func (l *lab) unknownNames(s *settings, f *figures, lacking *int) error {
	before, err := l.edge.memory()
	if err != nil {
		return err
	}
	refusedBefore, err := l.edge.metric(`nameplate_edge_refused_connections_total{reason="unknown-name"}`)
	if err != nil {
		return err
	}
	var rates []float64
	asked := 0
	attacked, alone, err := l.beside(s, l.flood(s, l.node.https, func(t told) {
		rates, asked = append(rates, t.PerSecond), asked+t.Done
	}, lacking))
	if err != nil {
		return err
	}
	*lacking += failures("beside unknown names", l.node.name, attacked) + failures("alone", l.node.name, alone)
	refused, err := l.edge.metric(`nameplate_edge_refused_connections_total{reason="unknown-name"}`)
	if err != nil {
		return err
	}
	if int(refused-refusedBefore) < asked {
		say("unknown names: %d asked for, the node counted %.0f", asked, refused-refusedBefore)
		*lacking++
	}
	after, err := l.edge.memory()
	if err != nil {
		return err
	}
	f.put("unknown_per_s", middle(rates))
	f.put("unknown_grown_mb", after-before)
	say("%.0f handshakes a second for unknown names, %d in all; memory grew by %.0f MB", middle(rates), asked, after-before)
	tell(s, f, "unknown", attacked, alone)
	return nil
}

// flood asks an address for unknown names.
func (l *lab) flood(s *settings, address string, heard func(told), lacking *int) attack {
	return attack{
		begin: func() (*process, error) {
			return selfBehind(l.log("attack"), "attack-unknown", "--address", address, "--from", s.network, "--connections", strconv.Itoa(s.connections))
		},
		end: func(p *process) error {
			t, err := p.told()
			heard(t)
			if t.Errors > 0 {
				say("unknown names: %d errors, the first: %s", t.Errors, t.First)
				*lacking += t.Errors
			}
			return err
		},
	}
}

// bareListener floods a program beside the node that does nothing but refuse. What good handshakes notice of it is
// what the attackers and the kernel take, and no server could take away.
func (l *lab) bareListener(s *settings, f *figures, lacking *int) error {
	bare, err := self(l.log("bare"), "refuse", "--address", s.network+".4:0")
	if err != nil {
		return err
	}
	defer bare.stop()
	address, err := bare.line()
	if err != nil {
		return err
	}
	var rates []float64
	attacked, alone, err := l.beside(s, l.flood(s, address, func(t told) { rates = append(rates, t.PerSecond) }, lacking))
	if err != nil {
		return err
	}
	*lacking += failures("beside a bare listener's flood", l.node.name, attacked) + failures("alone", l.node.name, alone)
	ratio := pairwise(attacked, alone, slice.p99)
	f.put("bare_per_s", middle(rates))
	f.put("bare_p99_ratio", ratio)
	f.put("bare_p99_ms", median(attacked, slice.p99))
	say("the same flood at a program that only refuses: %.0f a second; p99 of the node's good handshakes %.2f × (%.2f ms beside %.2f ms)",
		middle(rates), ratio, median(attacked, slice.p99), median(alone, slice.p99))
	return nil
}

func (l *lab) slowClients(s *settings, f *figures, lacking *int) error {
	sockets := slowSockets
	if s.quick {
		sockets = 90
	}
	attacked, alone, err := l.beside(s, attack{
		begin: func() (*process, error) {
			return selfBehind(l.log("attack"), "attack-slow", "--address", l.node.https, "--from", s.network,
				"--sockets", strconv.Itoa(sockets), "--name", bench.NameOf(0))
		},
		end: func(p *process) error {
			t, err := p.told()
			if t.Errors > 0 {
				say("slow clients: %d of %d could not come in, the first: %s", t.Errors, sockets, t.First)
				*lacking += t.Errors
			}
			return err
		},
	})
	if err != nil {
		return err
	}
	*lacking += failures("beside slow clients", l.node.name, attacked) + failures("alone", l.node.name, alone)
	f.put("slow_sockets", float64(sockets))
	tell(s, f, "slow", attacked, alone)
	return nil
}

// attackUnknown is the program that asks for unknown names.
func attackUnknown(args []string) error {
	var flood bench.Flood
	flags := flag.NewFlagSet("edge-bench attack-unknown", flag.ContinueOnError)
	flags.StringVar(&flood.Address, "address", "", "`host:port` of the node")
	flags.StringVar(&flood.From, "from", "", "first three `bytes` of the addresses to come from")
	flags.IntVar(&flood.Connections, "connections", 16, "how many at a time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	fmt.Println("begins")
	result, err := flood.Run(ofParent())
	if err != nil {
		return err
	}
	return tellParent(told{result.PerSecond, result.Done, result.Errors, fmt.Sprint(result.First)})
}

// attackSlow is the program with the slow clients.
func attackSlow(args []string) error {
	slow := bench.Slow{}
	flags := flag.NewFlagSet("edge-bench attack-slow", flag.ContinueOnError)
	flags.StringVar(&slow.Address, "address", "", "`host:port` of the node")
	flags.StringVar(&slow.From, "from", "", "first three `bytes` of the addresses to come from")
	flags.IntVar(&slow.Sockets, "sockets", slowSockets, "how many")
	flags.StringVar(&slow.Name, "name", "", "a `name` that is served")
	if err := flags.Parse(args); err != nil {
		return err
	}
	failed, err := slow.Run(func() { fmt.Println("all are open") }, ofParent())
	return tellParent(told{Errors: failed, First: fmt.Sprint(err)})
}

// ofParent is closed when the parent wants this program to end.
func ofParent() <-chan struct{} {
	stop := make(chan struct{})
	go func() { untilParentEnds(); close(stop) }()
	return stop
}

func tellParent(t told) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(text))
	return err
}

// coldPairs is how many certificates are asked for the first time.
const coldPairs = 500

// coldHandshakes compares the first handshake for a name with the next. The node must have begun just now.
func (l *lab) coldHandshakes(s *settings, f *figures, names int, lacking *int) {
	load := bench.Load{TLS: true, Address: l.node.https, From: s.network}
	var cold, warm, more []float64
	for i := range min(coldPairs, max(1, names/2)) {
		name := bench.NameOf(names - 1 - i)
		var took [2]time.Duration
		for k := range took {
			var err error
			if took[k], err = load.Handshake(name); err != nil {
				say("cold handshakes: %v", err)
				*lacking++
				return
			}
		}
		cold, warm = append(cold, took[0].Seconds()*1000), append(warm, took[1].Seconds()*1000)
		more = append(more, (took[0]-took[1]).Seconds()*1000)
	}
	f.atMost("cold_handshake_more_ms", middle(more), 2)
	f.put("cold_handshake_p50_ms", middle(cold))
	f.put("warm_handshake_p50_ms", middle(warm))
	say("a name's first handshake takes %.3f ms more than its next (medians of %d: %.2f ms and %.2f ms)", middle(more), len(more), middle(cold), middle(warm))
}
