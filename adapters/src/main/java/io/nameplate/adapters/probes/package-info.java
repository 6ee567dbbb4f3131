/// Probes: requests to addresses that were checked, over sockets of our own, so that nothing is
/// resolved, redirected or trusted behind our back.
@NullMarked
package io.nameplate.adapters.probes;

import org.jspecify.annotations.NullMarked;
