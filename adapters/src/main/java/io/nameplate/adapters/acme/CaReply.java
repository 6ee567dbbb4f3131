package io.nameplate.adapters.acme;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.shredzone.acme4j.toolbox.JSON;

/// What came back from one exchange.
///
/// @param location of what was made; empty when there is no such header
/// @param next the next page; empty on the last
record CaReply(
    JSON json, Optional<URI> location, Optional<URI> next, Optional<Instant> retryAfter) {}
