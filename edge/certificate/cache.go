package certificate

import (
	"crypto/tls"
	"sync"
	"sync/atomic"
	"unique"
	"weak"

	"nameplate.io/edge/seal"
)

// DefaultCacheSize is how many certificates stay parsed: about 4 KB each, so 80 MB at most.
const DefaultCacheSize = 20_000

// mostChains bounds how many chains are kept taken apart. A CA has a handful.
const mostChains = 256

// Cache bounds how many certificates are kept parsed. A handshake that finds its certificate parsed
// takes no lock. What was not used for a whole round of the clock's hand makes room. The cache keeps no certificate in
// memory that the table has let go.
type Cache struct {
	hits, misses atomic.Uint64

	mu     sync.Mutex
	ring   []place
	hand   int
	chains map[unique.Handle[string]][][]byte
}

// parsed is a certificate that is ready for handshakes.
type parsed struct {
	certificate tls.Certificate
	used        atomic.Bool // since the cache's hand passed by
}

type place struct {
	of   weak.Pointer[Certificate]
	here *parsed // nil while the place is free
}

// NewCache makes a cache for size certificates, at least one.
func NewCache(size int) *Cache {
	return &Cache{ring: make([]place, max(size, 1)), chains: map[unique.Handle[string]][][]byte{}}
}

// Get returns the certificate of the name ready for a handshake.
func (cache *Cache) Get(c *Certificate, hostname string, key *seal.ClusterKey) (*tls.Certificate, error) {
	if p := c.parsed.Load(); p != nil {
		if !p.used.Load() {
			p.used.Store(true)
		}
		cache.hits.Add(1)
		return &p.certificate, nil
	}
	cache.misses.Add(1)
	p, err := c.parse(hostname, key, cache.links(c.Chain))
	if err != nil {
		return nil, err
	}
	p.used.Store(true)
	if c.parsed.CompareAndSwap(nil, p) { // else another handshake was faster and has put it into the ring
		cache.admit(place{weak.Make(c), p})
	}
	return &p.certificate, nil
}

func (cache *Cache) admit(in place) {
	cache.mu.Lock()
	defer cache.mu.Unlock()
	for {
		old := &cache.ring[cache.hand]
		cache.hand = (cache.hand + 1) % len(cache.ring)
		owner := old.of.Value()
		if old.here != nil && owner != nil && old.here.used.Swap(false) {
			continue
		}
		if owner != nil {
			owner.parsed.CompareAndSwap(old.here, nil)
		}
		*old = in
		return
	}
}

// links are the certificates of a chain, the same ones for all that have it.
func (cache *Cache) links(chain unique.Handle[string]) [][]byte {
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if held, ok := cache.chains[chain]; ok {
		return held
	}
	if len(cache.chains) == mostChains {
		clear(cache.chains)
	}
	out := links(chain)
	cache.chains[chain] = out
	return out
}

// Counts returns how many look-ups found their certificate parsed, and how many did not.
func (cache *Cache) Counts() (hits, misses uint64) { return cache.hits.Load(), cache.misses.Load() }
