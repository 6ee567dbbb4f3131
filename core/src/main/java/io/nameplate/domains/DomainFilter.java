package io.nameplate.domains;

import java.util.Optional;

/// Which domains a list shows.
///
/// @param prefix how hostnames begin, in lower case: ASCII is compared with A-labels, anything else
///   with the Unicode form
public record DomainFilter(Optional<DomainStatus> status, Optional<String> prefix) {}
