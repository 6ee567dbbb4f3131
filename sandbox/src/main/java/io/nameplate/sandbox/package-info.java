/// A pretend internet on one machine.
@NullMarked
package io.nameplate.sandbox;

import org.jspecify.annotations.NullMarked;
