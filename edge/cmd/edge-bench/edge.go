package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"nameplate.io/edge/bench"
	"nameplate.io/edge/bench/profile"
)

// fillTimeout is how long a node may take to learn of all names.
const fillTimeout = 15 * time.Minute

// comparison is one kind of load under which two servers are compared.
type comparison struct {
	figure string // the ratio's name; the other figures' names begin as it does
	about  string
	plain  bool // to the HTTP port
	load   bench.Load
}

var comparisons = []comparison{
	{figure: "requests", about: "HTTP/1.1 over TLS, kept connections, small answers",
		load: bench.Load{TLS: true, Path: bench.SmallPath, Status: 200, Bytes: bench.SmallBytes}},
	{figure: "requests_h1_1mb", about: "HTTP/1.1 over TLS, kept connections, answers of 1 MB",
		load: bench.Load{TLS: true, Path: bench.LargePath, Status: 200, Bytes: bench.LargeBytes}},
	{figure: "requests_h2_small", about: "HTTP/2, kept connections, small answers",
		load: bench.Load{TLS: true, H2: true, Path: bench.SmallPath, Status: 200, Bytes: bench.SmallBytes}},
	{figure: "requests_h2_1mb", about: "HTTP/2, kept connections, answers of 1 MB",
		load: bench.Load{TLS: true, H2: true, Path: bench.LargePath, Status: 200, Bytes: bench.LargeBytes}},
	{figure: "requests_plain", about: "HTTP/1.1 without TLS, kept connections: redirects to HTTPS", plain: true,
		load: bench.Load{Path: bench.SmallPath, Status: 308}},
	{figure: "handshakes", about: "full TLS handshakes, a new connection for each",
		load: bench.Load{TLS: true, Handshakes: true}},
}

// side is one of two servers that are compared.
type side struct {
	name        string
	https, http string
	host        func() string // of a request
	serverName  func() string // of a connection
	process     *process
}

// random are names of the first so many, each as likely as the other.
func random(names int) func() string { return func() string { return bench.NameOf(rand.IntN(names)) } }

// visitors are the names that the load asks for.
func (s *settings) visitors(names int) func() string {
	if s.visited > 0 {
		names = min(names, s.visited)
	}
	return random(names)
}

func benchEdge(s *settings, f *figures) error {
	explain(s)
	lacking := 0
	var err error
	if len(s.names) > 1 {
		for _, names := range s.names {
			if err = curveAt(s, f, names, &lacking); err != nil {
				return err
			}
		}
	} else if err = edgeAt(s, f, s.names[0], &lacking); err != nil {
		return err
	}
	f.atMost("errors", float64(lacking), 0)
	return nil
}

// curveAt measures the two ratios that have goals, at one of several numbers of names.
func curveAt(s *settings, f *figures, names int, lacking *int) error {
	lab, err := openLab(s, names, labOptions{stock: true})
	if err != nil {
		return err
	}
	defer lab.close()
	lab.warm(s)
	for _, c := range []comparison{comparisons[0], comparisons[len(comparisons)-1]} {
		ours, theirs := c.pairs(s, &lab.node, &lab.stock)
		*lacking += failures(c.about, lab.node.name, ours) + failures(c.about, lab.stock.name, theirs)
		ratio, cpu := ratios(ours, theirs)
		f.put(c.figure+"_ratio_"+short(names), ratio)
		f.put(c.figure+"_cpu_ratio_"+short(names), cpu)
		say("%d names, %s: %.3f × %s (processor time per answer %.3f ×)", names, c.about, ratio, lab.stock.name, cpu)
	}
	return nil
}

func edgeAt(s *settings, f *figures, names int, lacking *int) error {
	lab, err := openLab(s, names, labOptions{stock: true})
	if err != nil {
		return err
	}
	defer lab.close()
	f.put("names", float64(names))
	if s.only == "" {
		lab.coldHandshakes(s, f, names, lacking)
	}
	lab.warm(s)
	for _, c := range comparisons {
		if s.only != "" && !slices.Contains(strings.Split(s.only, ","), c.figure) {
			continue
		}
		if s.profile != "" {
			for _, on := range []*side{&lab.node, &lab.stock} {
				if err := c.profile(s, on); err != nil {
					return err
				}
			}
			continue
		}
		c.measure(s, f, lab.node, lab.stock, lacking)
	}
	if s.only == "" {
		if err := lab.references(s, f, lacking); err != nil {
			return err
		}
	}
	if s.nocount != "" {
		return lab.countingCost(s, f, names, lacking)
	}
	return nil
}

func explain(s *settings) {
	other := "stock Caddy " + caddyVersion() + " with one route and one certificate"
	if s.against != "" {
		other = s.against + " with the same names"
	}
	say("edge: a node with %s names, each with its own certificate, beside %s", strings.Trim(fmt.Sprint(s.names), "[]"), other)
	say("%d pairs of slices of %s for each comparison; a ratio is the median of its pairs' ratios (node / stock)", s.pairs, s.slice)
	say("clients, servers and origin share %s", machine())
}

// lab is a filled node and stock Caddy, both serving.
type lab struct {
	world *world
	edge  *edgeNode
	dir   string // deleted at the end

	node, stock side
	started     []*process
}

type labOptions struct {
	stock    bool     // with stock Caddy, or what stands for it
	nodeArgs []string // further arguments of the node
}

func openLab(s *settings, names int, options labOptions) (*lab, error) {
	material, err := bench.Prepare(s.dir, names, func(text string) { say("%s", text) })
	if err != nil {
		return nil, err
	}
	defer material.Close()
	l := &lab{}
	if l.dir, err = os.MkdirTemp(s.dir, "run-"); err != nil {
		return nil, err
	}
	underway.mu.Lock()
	underway.folders = append(underway.folders, l.dir)
	underway.mu.Unlock()
	if l.world, err = newWorld(s, material.Path(), names); err != nil {
		l.close()
		return nil, err
	}
	if err := l.fill(s, names, options.nodeArgs); err != nil {
		l.close()
		return nil, err
	}
	switch {
	case !options.stock:
	case s.against != "":
		err = l.startOther(s, names)
	default:
		err = l.startStock(s, names)
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// fill has a node read all names from the control plane, and starts it again from its disk.
func (l *lab) fill(s *settings, names int, args []string) error {
	var err error
	if l.edge, err = prepareNode(s.edge, filepath.Join(l.dir, "edge"), s.network+".1", l.world); err != nil {
		return err
	}
	l.edge.args = args
	if err := l.edge.start(); err != nil {
		return err
	}
	l.started = append(l.started, l.edge.process)
	from := time.Now()
	if err := l.edge.ready(names, fillTimeout); err != nil {
		return err
	}
	say("the node joined and read %d names in %.1f s; starting it again from its disk", names, time.Since(from).Seconds())
	l.edge.stop()
	if err := l.edge.start(); err != nil {
		return err
	}
	l.started = append(l.started, l.edge.process)
	if err := l.edge.ready(names, fillTimeout); err != nil {
		return err
	}
	l.node = s.side("node", l.edge, names)
	return nil
}

func (s *settings) side(name string, n *edgeNode, names int) side {
	return side{name, n.https, n.http, s.visitors(names), s.visitors(names), n.process}
}

func (l *lab) startStock(s *settings, names int) error {
	l.stock = side{name: "stock", host: s.visitors(names), serverName: func() string { return stockName }}
	for _, address := range []*string{&l.stock.https, &l.stock.http} {
		var err error
		if *address, err = free(s.network + ".4"); err != nil {
			return err
		}
	}
	var err error
	if l.stock.process, err = self(filepath.Join(l.dir, "stock.log"), "stock", "--https-address", l.stock.https,
		"--http-address", l.stock.http, "--origin", l.world.origin, "--data", filepath.Join(l.dir, "caddy")); err != nil {
		return err
	}
	l.started = append(l.started, l.stock.process)
	_, err = l.stock.process.line()
	return err
}

// log is where a program writes what goes wrong.
func (l *lab) log(name string) string { return filepath.Join(l.dir, name+".log") }

func (l *lab) close() {
	for _, p := range l.started {
		p.stop()
	}
	if l.world != nil {
		l.world.close()
	}
	_ = os.RemoveAll(l.dir) // what is left of it is a temporary folder
}

// slice is what one slice showed.
type slice struct {
	bench.Result
	used time.Duration // of the server's processor time, for all answers
}

// p50 and p99 are in milliseconds.
func (s slice) p50() float64 { return s.P50.Seconds() * 1000 }
func (s slice) p99() float64 { return s.P99.Seconds() * 1000 }

// cpu is the processor time of one answer; 0 where the system does not tell.
func (s *slice) cpu() float64 { return s.used.Seconds() / float64(max(1, s.All)) }

func (c *comparison) slice(s *settings, on *side) slice {
	load := c.load
	load.Connections, load.Address = s.connections, on.https
	load.Host, load.ServerName = on.host, on.serverName
	if c.plain {
		load.Address = on.http
	}
	if load.H2 {
		// As many requests under way as elsewhere: stock Caddy keeps no more than 32 connections to an
		// origin, and would be measured opening new ones.
		load.Connections = max(1, s.connections/bench.Streams)
	}
	if load.Handshakes {
		load.From = s.network
	}
	before := on.process.cpu()
	result := load.Run(s.slice)
	out := slice{Result: result}
	out.used = on.process.cpu() - before
	return out
}

// warm brings both servers where they are after a while in use: with grown heaps, mostly.
func (l *lab) warm(s *settings) {
	one := *s
	one.slice = s.warm
	for _, on := range []*side{&l.node, &l.stock} {
		if on.process != nil {
			comparisons[0].slice(&one, on)
		}
	}
}

// pairs measures a and b in turns, so that what else the machine does weighs on both.
func (c *comparison) pairs(s *settings, a, b *side) (ofA, ofB []slice) {
	for i := range s.pairs {
		if i%2 == 0 {
			ofA = append(ofA, c.slice(s, a))
			ofB = append(ofB, c.slice(s, b))
		} else {
			ofB = append(ofB, c.slice(s, b))
			ofA = append(ofA, c.slice(s, a))
		}
	}
	return ofA, ofB
}

// requestsGoal and handshakesGoal are ratios to stock Caddy.
const requestsGoal, handshakesGoal = 0.98, 0.95

func (c *comparison) measure(s *settings, f *figures, node, stock side, lacking *int) {
	ours, theirs := c.pairs(s, &node, &stock)
	*lacking += failures(c.about, node.name, ours) + failures(c.about, stock.name, theirs)
	ratio, cpu := ratios(ours, theirs)
	goal := requestsGoal
	if c.load.Handshakes {
		goal = handshakesGoal
	}
	f.atLeast(c.figure+"_ratio", ratio, goal)
	perSecond := func(of []slice) float64 { return median(of, func(s slice) float64 { return s.PerSecond }) }
	p50 := func(of []slice) float64 { return median(of, slice.p50) }
	p99 := func(of []slice) float64 { return median(of, slice.p99) }
	f.put(c.figure+"_per_s", perSecond(ours))
	f.put(c.figure+"_per_s_stock", perSecond(theirs))
	f.put(c.figure+"_p50_ms", p50(ours))
	f.put(c.figure+"_p50_ms_stock", p50(theirs))
	f.put(c.figure+"_p99_ms", p99(ours))
	f.put(c.figure+"_p99_ms_stock", p99(theirs))
	if cpu > 0 {
		f.put(c.figure+"_cpu_ratio", cpu)
	}
	low, high := quartiles(ours, theirs)
	say("%s: %.3f × %s, half of the pairs from %.3f to %.3f (%.0f/s beside %.0f/s; p99 %.2f ms beside %.2f ms; processor time per answer %.3f ×)",
		c.about, ratio, stock.name, low, high, perSecond(ours), perSecond(theirs), p99(ours), p99(theirs), cpu)
}

func failures(about, name string, of []slice) int {
	sum := 0
	for _, s := range of {
		if s.Errors > 0 {
			say("%s, %s: %d errors, the first: %v", about, name, s.Errors, s.First)
		}
		sum += s.Errors
	}
	return sum
}

// ratios are the medians over pairs: answers per second, and processor time per answer (0 where the
// system does not tell).
func ratios(a, b []slice) (perSecond, cpu float64) {
	var rates, costs []float64
	for i := range a {
		if b[i].PerSecond > 0 {
			rates = append(rates, a[i].PerSecond/b[i].PerSecond)
		}
		if b[i].used > 0 {
			costs = append(costs, a[i].cpu()/b[i].cpu())
		}
	}
	return middle(rates), middle(costs)
}

// quartiles say between which ratios of answers per second the middle half of the pairs lies.
func quartiles(a, b []slice) (low, high float64) {
	var rates []float64
	for i := range a {
		rates = append(rates, a[i].PerSecond/max(1, b[i].PerSecond))
	}
	slices.Sort(rates)
	return rates[len(rates)/4], rates[(3*len(rates)-1)/4]
}

// pairwise is the median of a figure's ratios over pairs.
func pairwise(a, b []slice, figure func(slice) float64) float64 {
	var ratios []float64
	for i := range a {
		ratios = append(ratios, figure(a[i])/figure(b[i]))
	}
	return middle(ratios)
}

func median(of []slice, figure func(slice) float64) float64 {
	var all []float64
	for _, s := range of {
		all = append(all, figure(s))
	}
	return middle(all)
}

func middle(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	if n := len(of); n%2 == 0 {
		return (of[n/2-1] + of[n/2]) / 2
	}
	return of[len(of)/2]
}

// another prepares a second node of this bench with the same data as the first, and starts both.
func (l *lab) another(s *settings, program, folder string, names int) (*edgeNode, error) {
	other, err := prepareNode(program, filepath.Join(l.dir, folder), s.network+".5", l.world)
	if err != nil {
		return nil, err
	}
	l.edge.stop() // so that its data is at rest
	if err := os.CopyFS(other.data, os.DirFS(l.edge.data)); err != nil {
		return nil, err
	}
	for _, n := range []*edgeNode{l.edge, other} {
		if err := n.start(); err != nil {
			return nil, err
		}
		l.started = append(l.started, n.process)
		if err := n.ready(names, fillTimeout); err != nil {
			return nil, err
		}
	}
	l.node.process = l.edge.process
	return other, nil
}

// startOther has another build of the node stand for stock Caddy.
func (l *lab) startOther(s *settings, names int) error {
	other, err := l.another(s, s.against, "against", names)
	if err != nil {
		return err
	}
	l.stock = s.side("the other build", other, names)
	return nil
}

// countingCost has a node count and not count in turns, which needs a build of its own: two processes of the
// same program differ by more than what counting takes.
func (l *lab) countingCost(s *settings, f *figures, names int, lacking *int) error {
	if l.stock.process != nil {
		l.stock.process.stop()
	}
	l.edge.stop()
	l.edge.program = s.nocount
	if err := l.edge.start(); err != nil {
		return err
	}
	l.started = append(l.started, l.edge.process)
	if err := l.edge.ready(names, fillTimeout); err != nil {
		return err
	}
	on := s.side("node that counts in turns", l.edge, names)
	c := comparisons[0]
	one := *s
	one.slice = s.warm
	c.slice(&one, &on)
	sums := map[bool]float64{}
	var with, without []slice
	counting := true
	for i := range 2 * s.pairs {
		before, err := l.edge.counted()
		if err != nil {
			return err
		}
		of := c.slice(s, &on)
		after, err := l.edge.counted()
		if err != nil {
			return err
		}
		sums[counting] += (after - before) / float64(max(1, of.All))
		if counting {
			with = append(with, of)
		} else {
			without = append(without, of)
		}
		if i%2 == 0 { // with, without, without, with
			if err := l.edge.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
				return err
			}
			counting = !counting
		}
	}
	*lacking += failures("counting", on.name, with) + failures("not counting", on.name, without)
	if sums[true] < 0.9*float64(len(with)) || sums[false] > 0.1*float64(len(without)) {
		say("counting: %.2f of the answers were counted with it, %.2f without (is the program built with -tags nocount?)",
			sums[true]/float64(len(with)), sums[false]/float64(len(without)))
		*lacking++
	}
	ratio, _ := ratios(with, without)
	cost := (pooled(with)/pooled(without) - 1) * 100
	if pooled(without) == 0 {
		cost = (1/ratio - 1) * 100 // the system does not tell
	}
	f.atMost("counter_cost_percent", cost, 3)
	f.put("counter_requests_ratio", ratio)
	say("counting requests by domain: %.2f %% more processor time per answer; %.3f × the requests/s", cost, ratio)
	return nil
}

// counted is how many answers with 200 the node has counted.
func (n *edgeNode) counted() (float64, error) {
	return n.metric(`nameplate_edge_requests_total{class="2xx"}`)
}

// pooled is the processor time per answer over all slices: of collections of garbage, which come once a
// second or less, a slice has one or two, and all slices together have their share.
func pooled(of []slice) float64 {
	var used time.Duration
	all := 0
	for _, s := range of {
		used += s.used
		all += s.All
	}
	return used.Seconds() / float64(max(1, all))
}

// profile has a server write a CPU profile while it is under a load.
func (c *comparison) profile(s *settings, on *side) error {
	say("profiling the %s: %s", on.name, c.about)
	go func() {
		time.Sleep(time.Second) // into the load
		_ = on.process.cmd.Process.Signal(syscall.SIGUSR1)
	}()
	one := *s
	one.slice = 14 * time.Second // the node profiles for ten seconds
	result := c.slice(&one, on)
	say("%.0f/s, %d errors", result.PerSecond, result.Errors)
	written := profile.Path(on.process.cmd.Process.Pid)
	text, err := os.ReadFile(written)
	if err != nil {
		return errors.Join(err, fmt.Errorf("is the %s's program built with -tags profile?", on.name))
	}
	name := fmt.Sprintf("%s-%s-%s.pprof", s.profile, c.figure, on.name)
	return errors.Join(os.WriteFile(name, text, 0o644), os.Remove(written))
}
