/// The benches behind `./nameplate bench NAME`: each in a copy of its own, through public ports,
/// with the programs that `up` runs.
@NullMarked
package io.nameplate.e2e.bench;

import org.jspecify.annotations.NullMarked;
