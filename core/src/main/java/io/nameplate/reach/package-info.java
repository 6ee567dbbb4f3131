/// Whether a request to a hostname arrives at the cluster: every address is dialled with a nonce
/// that only the cluster's nodes can answer. This sees what records cannot: a proxy, a stray
/// address, a firewall.
@NullMarked
package io.nameplate.reach;

import org.jspecify.annotations.NullMarked;
