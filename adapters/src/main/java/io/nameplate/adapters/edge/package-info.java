/// What the edge listener shows of itself.
@NullMarked
package io.nameplate.adapters.edge;

import org.jspecify.annotations.NullMarked;
