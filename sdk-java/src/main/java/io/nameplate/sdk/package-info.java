/// The Nameplate client for Java 17 and later.
///
/// Begin at [io.nameplate.sdk.Nameplate]. Everything here is immutable and safe to share between
/// threads; make one client per program. The package `io.nameplate.sdk.generated` comes from the
/// API's description and may change shape in any release: nothing public refers to it.
@NullMarked
package io.nameplate.sdk;

import org.jspecify.annotations.NullMarked;
