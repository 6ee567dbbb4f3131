package certificate

import (
	"crypto/tls"
	"sync"
	"sync/atomic"

	"nameplate.io/edge/seal"
)

// DefaultCacheSize is how many certificates stay parsed: about 4 KB each, so 80 MB at most.
const DefaultCacheSize = 20_000

// Cache bounds how many certificates are kept parsed. A handshake that finds its certificate parsed
// takes no lock. What was not used for a whole round of the clock's hand makes room.
type Cache struct {
	hits, misses atomic.Uint64

	mu   sync.Mutex
	ring []*Certificate
	hand int
}

// NewCache makes a cache for size certificates, at least one.
func NewCache(size int) *Cache { return &Cache{ring: make([]*Certificate, max(size, 1))} }

// Get returns the certificate ready for a handshake.
func (cache *Cache) Get(c *Certificate, key *seal.ClusterKey) (*tls.Certificate, error) {
	if parsed := c.parsed.Load(); parsed != nil {
		if !c.used.Load() {
			c.used.Store(true)
		}
		cache.hits.Add(1)
		return parsed, nil
	}
	cache.misses.Add(1)
	parsed, err := c.parse(key)
	if err != nil {
		return nil, err
	}
	if !c.parsed.CompareAndSwap(nil, parsed) {
		return parsed, nil // another handshake was faster and has put it into the ring
	}
	c.used.Store(true)
	cache.admit(c)
	return parsed, nil
}

func (cache *Cache) admit(c *Certificate) {
	cache.mu.Lock()
	defer cache.mu.Unlock()
	for {
		old := cache.ring[cache.hand]
		if old == nil || !old.used.Swap(false) {
			if old != nil {
				old.parsed.Store(nil)
			}
			cache.ring[cache.hand] = c
			cache.step()
			return
		}
		cache.step()
	}
}

func (cache *Cache) step() { cache.hand = (cache.hand + 1) % len(cache.ring) }

// Counts returns how many look-ups found their certificate parsed, and how many did not.
func (cache *Cache) Counts() (hits, misses uint64) { return cache.hits.Load(), cache.misses.Load() }
