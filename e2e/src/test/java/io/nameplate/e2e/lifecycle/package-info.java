/// One domain's life from outside, with everything real.
@NullMarked
package io.nameplate.e2e.lifecycle;

import org.jspecify.annotations.NullMarked;
