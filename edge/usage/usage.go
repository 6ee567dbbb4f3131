// Package usage counts the answers given for each domain, by status class.
package usage

import (
	"sync"
	"sync/atomic"
)

// classes are 1xx to 5xx; what has no class (a visitor who left) is counted at 0.
const classes = 6

// Counter counts one domain's answers. It is safe for concurrent use.
type Counter struct {
	meter *Meter
	by    [classes]atomic.Uint64
}

// Count counts an answer with the status.
func (c *Counter) Count(status int) {
	class := status / 100
	if class < 1 || class >= classes {
		class = 0
	}
	c.by[class].Add(1)
	c.meter.total[class].Add(1)
}

// ByClass returns the counts; the index is the status class, 0 for none.
func (c *Counter) ByClass() [classes]uint64 { return read(&c.by) }

// Meter holds the counters of all domains. Their sums never go down.
type Meter struct {
	mu      sync.Mutex
	domains map[string]*Counter
	total   [classes]atomic.Uint64
}

// NewMeter makes a Meter in which nothing was counted.
func NewMeter() *Meter { return &Meter{domains: map[string]*Counter{}} }

// Of returns the domain's counter, which stays the same until the domain is forgotten.
func (m *Meter) Of(domain string) *Counter {
	m.mu.Lock()
	defer m.mu.Unlock()
	counter, ok := m.domains[domain]
	if !ok {
		counter = &Counter{meter: m}
		m.domains[domain] = counter
	}
	return counter
}

// Forget drops a domain's counter. What it counted stays in the totals.
func (m *Meter) Forget(domain string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.domains, domain)
}

// Totals returns the counts over all domains there have been.
func (m *Meter) Totals() [classes]uint64 { return read(&m.total) }

func read(from *[classes]atomic.Uint64) [classes]uint64 {
	var out [classes]uint64
	for i := range from {
		out[i] = from[i].Load()
	}
	return out
}
