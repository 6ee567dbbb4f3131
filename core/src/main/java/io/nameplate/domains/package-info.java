/// A team's claim on a hostname: what is wanted of it, what is known about it, and what follows.
@NullMarked
package io.nameplate.domains;

import org.jspecify.annotations.NullMarked;
