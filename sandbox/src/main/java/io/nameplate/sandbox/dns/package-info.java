/// The pretend internet's DNS: signed zones from the root down, the servers that answer for them,
/// the faults they can be given, and a recursive resolver that validates.
@NullMarked
package io.nameplate.sandbox.dns;

import org.jspecify.annotations.NullMarked;
