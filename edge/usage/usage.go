// Package usage counts the answers given for each domain, by status class.
package usage

import "sync/atomic"

// classes are 1xx to 5xx; what has no class (a visitor who left) is counted at 0.
const classes = 6

// Counter counts one domain's answers. It is safe for concurrent use; the zero value has counted none.
type Counter struct{ by [classes]atomic.Uint64 }

// ByClass returns the counts; the index is the status class, 0 for none.
func (c *Counter) ByClass() [classes]uint64 { return read(&c.by) }

// Meter holds the sums over all domains there have been. They never go down.
type Meter struct{ total [classes]atomic.Uint64 }

// NewMeter makes a Meter in which nothing was counted.
func NewMeter() *Meter { return &Meter{} }

// Count counts an answer with the status, for the domain of the counter and in the sums.
func (m *Meter) Count(domain *Counter, status int) {
	class := status / 100
	if class < 1 || class >= classes {
		class = 0
	}
	domain.by[class].Add(1)
	m.total[class].Add(1)
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
