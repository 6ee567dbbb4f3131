package caddynode

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"nameplate.io/edge/frontdoor"
	"nameplate.io/edge/node"
)

// collector shows a node's figures, never by name: names are too many, and some are private.
type collector struct {
	node *node.Node
	door *frontdoor.Door
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("nameplate_edge_"+name, help, labels, nil)
}

var (
	requests     = describe("requests_total", "Answers for names of the table, by status class.", "class")
	openRequests = describe("open_requests", "Requests being answered, WebSockets included.")
	names        = describe("names", "Names held that are not removed.")
	certificates = describe("certificates", "Names held that have a certificate.")
	held         = describe("held_removals", "Removals that wait for a person's word.")
	refused      = describe("refused_entries", "Names whose newest revision is not what is served.")
	revision     = describe("revision", "Revision of the node's position.")
	epoch        = describe("epoch", "Epoch of the node's position.")
	ready        = describe("ready", "1 when traffic should be sent here.")
	stale        = describe("stale_seconds", "Seconds since the control plane was heard of; 0 while it answers.")
	parsed       = describe("parsed_certificates_total", "Look-ups of certificates whose keys are dear to parse (RSA; not P-256), by whether they were found parsed.", "found")
	connections  = describe("connections", "Connections to the public listeners that are open.")
	refusals     = describe("refused_connections_total", "Connections refused before anything was spent on them, by why.", "reason")
	diskFailing  = describe("disk_failing", "1 while changes cannot be made durable.")
	diskFailures = describe("disk_failures_total", "Attempts to write that failed.")
	differences  = describe("digest_differences_total", "Times the table was found to differ from its running digest.")
	textBytes    = describe("text_bytes", "Memory for names, certificates and sealed keys: in use and taken.", "kind")
	panics       = describe("broken_loops_total", "Loops of the node that broke and were started again.")
)

func newRegistry(n *node.Node, door *frontdoor.Door) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{n, door}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

func (c collector) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, to) }

func (c collector) Collect(to chan<- prometheus.Metric) {
	gauge := func(what *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value)
	}
	counter := func(what *prometheus.Desc, value uint64, labels ...string) {
		to <- prometheus.MustNewConstMetric(what, prometheus.CounterValue, float64(value), labels...)
	}
	status := c.node.Status()
	for class, count := range c.node.Meter.Totals() {
		label := "none" // the visitor left before there was an answer
		if class > 0 {
			label = strconv.Itoa(class) + "xx"
		}
		counter(requests, count, label)
	}
	gauge(openRequests, float64(c.node.OpenRequests()))
	gauge(names, float64(status.Names))
	gauge(certificates, float64(status.Certificates))
	gauge(held, float64(status.HeldRemovals))
	gauge(refused, float64(status.Refused))
	gauge(revision, float64(status.Revision))
	gauge(epoch, float64(status.Epoch))
	gauge(stale, float64(status.StaleSeconds))
	isReady := 0.0
	if status.Ready {
		isReady = 1
	}
	gauge(ready, isReady)
	failing := 0.0
	if status.Disk != "" {
		failing = 1
	}
	gauge(diskFailing, failing)
	counter(diskFailures, c.node.Replica.DiskFailures())
	counter(differences, c.node.Replica.Differences())
	to <- prometheus.MustNewConstMetric(textBytes, prometheus.GaugeValue, float64(c.node.Replica.Table.Stats().TextBytes), "used")
	to <- prometheus.MustNewConstMetric(textBytes, prometheus.GaugeValue, float64(c.node.Replica.Table.SlabBytes()), "taken")
	hits, misses := c.node.Cache().Counts()
	counter(parsed, hits, "yes")
	counter(parsed, misses, "no")
	figures := c.door.Figures()
	gauge(connections, float64(figures.Open))
	counter(refusals, figures.Unknown, "unknown-name")
	counter(refusals, figures.FloodSource, "source-floods")
	counter(refusals, figures.FullSource, "source-has-too-many")
	counter(refusals, figures.FullDoor, "too-many")
	counter(panics, c.node.BrokenLoops())
}
