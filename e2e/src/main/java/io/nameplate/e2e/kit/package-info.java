/// What scenarios and benches use to act as people outside: a running installation, its pretend
/// internet, and visitors.
@NullMarked
package io.nameplate.e2e.kit;

import org.jspecify.annotations.NullMarked;
