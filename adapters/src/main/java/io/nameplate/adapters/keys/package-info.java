/// Keys: the master key, what it wraps, what is sealed for edges, and the CA of nodes'
/// certificates. Forms are in docs/edge-protocol.md, "Keys".
@NullMarked
package io.nameplate.adapters.keys;

import org.jspecify.annotations.NullMarked;
