package certificate

import (
	"crypto/tls"
	"maps"
	"sync"
	"sync/atomic"
	"unique"
	"weak"

	"nameplate.io/edge/seal"
)

// DefaultCacheSize is how many certificates stay parsed: 5.4 KB each with RSA keys of 2,048 bits, so 54 MB at most. Each
// look-up that finds one saves 0.1 ms beside a signature that takes 1 ms.
const DefaultCacheSize = 10_000

// mostChains bounds how many chains are kept taken apart. A CA has a handful.
const mostChains = 256

// Cache bounds how many certificates are kept parsed: those whose keys are dear to parse, RSA's before all. A key on
// P-256, which most have, is made ready in less time than it takes to find out whether it is kept, and is not.
//
// A handshake that finds its certificate parsed takes no lock. What was not used for a whole round of the clock's hand
// makes room. The cache keeps no certificate in memory that the table has let go.
type Cache struct {
	hits, misses atomic.Uint64
	chains       atomic.Pointer[map[unique.Handle[string]][][]byte] // never changed, only replaced

	mu   sync.Mutex
	ring []place
	hand int
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
	cache := &Cache{ring: make([]place, max(size, 1))}
	cache.chains.Store(&map[unique.Handle[string]][][]byte{})
	return cache
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
	ready, err := c.ready(hostname, key, cache.links(c.Chain))
	if err != nil {
		return nil, err
	}
	if _, cheap := ready.PrivateKey.(*p256); cheap {
		return ready, nil
	}
	cache.misses.Add(1)
	p := &parsed{certificate: *ready}
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
	if held, ok := (*cache.chains.Load())[chain]; ok {
		return held
	}
	cache.mu.Lock()
	defer cache.mu.Unlock()
	out := links(chain)
	next := map[unique.Handle[string]][][]byte{chain: out}
	if held := *cache.chains.Load(); len(held) < mostChains {
		maps.Copy(next, held)
	}
	cache.chains.Store(&next)
	return out
}

// Counts returns how many look-ups of such certificates found them parsed, and how many did not.
func (cache *Cache) Counts() (hits, misses uint64) { return cache.hits.Load(), cache.misses.Load() }
