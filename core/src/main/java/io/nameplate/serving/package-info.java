/// Whether every node answers for a hostname with the wanted certificate and entry, and whether the
/// origin behind it answers.
@NullMarked
package io.nameplate.serving;

import org.jspecify.annotations.NullMarked;
