/// Problem documents (RFC 9457): the closed list of kinds, and everything that goes wrong as one of
/// them.
@NullMarked
package io.nameplate.api.problems;

import org.jspecify.annotations.NullMarked;
