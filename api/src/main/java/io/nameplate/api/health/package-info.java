/// Whether this process lives and is ready, and its metrics.
@NullMarked
package io.nameplate.api.health;

import org.jspecify.annotations.NullMarked;
