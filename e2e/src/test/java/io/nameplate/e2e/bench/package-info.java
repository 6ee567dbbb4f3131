/// What benches make of what they measured.
@NullMarked
package io.nameplate.e2e.bench;

import org.jspecify.annotations.NullMarked;
